"""What the tariff says of the postage of a result that is handed in. Pure.

A figure that the agency names stands, and what the tariff would have asked is told beside it. Where it names none, the
tariff decides; where the address waits for a person, it decides when they have.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from core.errors import Problem, problem
from tracking import errors_money as errors
from tracking import fields
from tracking.intake_checks import CheckedRow
from tracking.model import Item, Status
from tracking.tariff import Quote, Reduction, Tariff, Zone, quote, reduced
from tracking.zoning import nearest

# What the circular prices: results on their way back.
_LEG = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A tariff, and where the papers start: at an office with its communes. No communes: nobody knows."""

    tariff: Tariff
    province_code: str
    office_id: UUID | None = None
    origins: Collection[str] = ()
    _zones: dict[str, Zone] = field(default_factory=dict)

    def quote(self, commune_code: str, weight_g: int, reduction: str | None) -> Quote:
        """The postage to a commune; a commune that comes many times is measured once."""
        zone = self._zones.get(commune_code)
        if zone is None:
            zone = nearest(self.tariff, self.province_code, self.origins, commune_code)
            self._zones[commune_code] = zone
        return quote(self.tariff, zone=zone, weight_g=weight_g, reduction=reduction)


def priced(checked: CheckedRow, commune_code: str | None, rates: Rates | None) -> CheckedRow | Problem:
    """The row with its postage and where that comes from; T7103 for a reduction that the tariff does not have.

    Without a tariff the row stays as it is.
    """
    row = checked.row
    if rates is None or row.leg != _LEG:
        return checked
    reduction = _reduction(rates.tariff, row.reduction)
    if row.reduction and reduction is None:
        known = ", ".join(one.code for one in rates.tariff.reductions)
        return problem(errors.REDUCTION_UNKNOWN, pointer="reduction", value=row.reduction, known=known)
    code = reduction.code if reduction else None
    asked = rates.quote(commune_code, row.weight_g, code) if commune_code else None
    if row.postage_vnd is not None:
        return _compared(checked, row.postage_vnd, asked)
    if asked is None:
        office = rates.office_id and str(rates.office_id)
        told = {"by": "open", "from_office": office, "percent_off": reduction.percent if reduction else 0}
        return replace(checked, row=replace(row, postage_vnd=0), postage=told)
    return replace(checked, row=replace(row, postage_vnd=asked.postage_vnd), postage=told_of(asked))


def standing(checked: CheckedRow, item: Item, rates: Rates | None) -> CheckedRow:
    """A changed row as far as its postage needs no new look: what it does not name stays what it was."""
    if rates is None or checked.row.leg != _LEG or checked.row.postage_vnd is not None:
        return checked
    return replace(checked, row=replace(checked.row, postage_vnd=item.postage_vnd))


def asks_anew(checked: CheckedRow, item: Item, *, moved: bool) -> bool:
    """Whether a change may cost the addressee something else: another place, weight or reduction, or all anew."""
    row = checked.row
    is_other = moved or row.weight_g != item.weight_g or item.status is Status.WITHDRAWN
    return row.postage_vnd is not None or row.reduction is not None or is_other


def told_of(asked: Quote, by: str = "tariff") -> dict[str, Any]:
    """How the figure came about, for the item's chain: who pays less is not told, only how much."""
    return {
        "by": by,
        "zone": asked.zone.value,
        "full_vnd": asked.full_vnd,
        "percent_off": asked.percent_off,
        "tariff_vnd": asked.postage_vnd,
        "source": asked.source,
        "valid_from": asked.valid_from.isoformat(),
    }


def decided_late(
    told: Mapping[str, Any], *, weight_g: int, commune_code: str, rates: Rates
) -> tuple[int, dict[str, Any]]:
    """The postage of an item whose address was open when it was handed in, and how it came about."""
    full = rates.quote(commune_code, weight_g, None)
    percent = int(told["percent_off"])
    asked = replace(full, percent_off=percent, postage_vnd=reduced(full.full_vnd, percent))
    return asked.postage_vnd, told_of(asked)


def _compared(checked: CheckedRow, named_vnd: int, asked: Quote | None) -> CheckedRow:
    if asked is None:
        return replace(checked, postage={"by": "agency"})
    told, warnings = told_of(asked, "agency"), checked.warnings
    if named_vnd != asked.postage_vnd:
        values = {"value": named_vnd, "expected": asked.postage_vnd, "source": asked.source}
        warnings = (*warnings, problem(errors.POSTAGE_DIFFERS, pointer="postage_vnd", **values))
    return replace(checked, warnings=warnings, postage=told)


def _reduction(tariff: Tariff, named: str | None) -> Reduction | None:
    """The reduction that was meant: by its code, or by its name as a list has it."""
    if not named:
        return None
    wanted = fields.folded(named)
    return next((one for one in tariff.reductions if wanted in map(fields.folded, (one.code, one.vi, one.en))), None)
