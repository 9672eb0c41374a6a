"""SQL of a province's service standard and calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tracking.tables_feedback import CalendarOverrideRow, StandardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardSetting:
    """A province's own setting."""

    centre_days: int
    outlying_days: int
    beyond_days: int
    saturday_works: bool
    centre_commune_codes: frozenset[str]
    pause_reasons: frozenset[str]


def setting_of(session: Session, province_code: str) -> StandardSetting | None:
    """The province's setting, or None when it has none."""
    row = session.scalar(
        select(StandardRow).where(StandardRow.province_code == province_code).execution_options(populate_existing=True)
    )
    if row is None:
        return None
    return StandardSetting(
        centre_days=row.centre_days,
        outlying_days=row.outlying_days,
        beyond_days=row.beyond_days,
        saturday_works=row.saturday_works,
        centre_commune_codes=frozenset(row.centre_commune_codes),
        pause_reasons=frozenset(row.pause_reasons),
    )


def save_setting(session: Session, province_code: str, setting: StandardSetting) -> None:
    """Write or replace the province's setting."""
    values = {
        "centre_days": setting.centre_days,
        "outlying_days": setting.outlying_days,
        "beyond_days": setting.beyond_days,
        "saturday_works": setting.saturday_works,
        "centre_commune_codes": sorted(setting.centre_commune_codes),
        "pause_reasons": sorted(setting.pause_reasons),
    }
    session.execute(
        insert(StandardRow)
        .values(province_code=province_code, **values)
        .on_conflict_do_update(index_elements=["province_code"], set_=values)
    )


def overrides_of(session: Session, province_code: str) -> dict[date, bool]:
    """Days the province has declared working or closed."""
    rows = session.execute(
        select(CalendarOverrideRow.day, CalendarOverrideRow.works).where(
            CalendarOverrideRow.province_code == province_code
        )
    )
    return {row.day: row.works for row in rows}


def save_overrides(session: Session, province_code: str, overrides: Mapping[date, bool], *, reason: str) -> None:
    """Write or replace days."""
    if not overrides:
        return
    rows = [
        {"province_code": province_code, "day": day, "works": works, "reason": reason}
        for day, works in sorted(overrides.items())
    ]
    statement = insert(CalendarOverrideRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["province_code", "day"],
            set_={"works": statement.excluded.works, "reason": statement.excluded.reason},
        ),
        rows,
    )
