"""An order of the dialect read into a row of results. Pure.

Systems write the same names in different ways (`OrderNumber`, `orderNumber`, `Receiver: {Name}`), numbers as text, and
fields nobody else has: names are compared without case, what is unknown is passed over.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import Problem, problem
from tracking.errors import CELL_NOT_NUMBER, TEXT_NOT_PRINTABLE
from tracking.fields import folded, is_printable
from tracking.model import Person, ResultRow
from tracking.opencps.errors import FLAG_PASSED_OVER

_NESTED = ("sender", "receiver")
# A collection is asked for under the dossier's code with a random number behind it, a new one at every try.
_COLLECTION_MARK = "__"
# `FlagConfig`: 1 the sender brings the paper to the post, 2 the post fetches it; many systems send none.
_FETCHED = {"", "2"}
PROCEDURE = "Trả kết quả giải quyết thủ tục hành chính"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an order asks for: `leg` return brings a result to the receiver, collect fetches a dossier at the sender."""

    number: str
    dossier_code: str
    leg: str
    person: Person
    address: str
    procedure: str
    cod_vnd: int
    item_code: str | None
    receipt_code: str | None
    email: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def flat(content: Mapping[str, object]) -> dict[str, str]:
    """Fields by their name in lower case; what stands inside `Sender` and `Receiver` gets their name in front."""
    return dict(_flat(content))


def dossier_of(number: str) -> tuple[str, str]:
    """Dossier code and leg that an order's number stands for; no code for one that no database could keep."""
    if not is_printable(number):
        return "", "return"
    code, mark, _ = number.partition(_COLLECTION_MARK)
    return code, "collect" if mark else "return"


def order_of(content: Mapping[str, object]) -> Order:
    """The order; what cannot be read is a problem of it."""
    fields = flat(content)
    number = fields.get("ordernumber", "").strip()
    code, leg = dossier_of(number)
    side = "sender" if leg == "collect" else "receiver"
    cod_vnd, problems = _money(fields.get("codamount", ""))
    if not is_printable(number):
        problems += (problem(TEXT_NOT_PRINTABLE, pointer="OrderNumber", field="OrderNumber"),)
    return Order(
        number=number,
        dossier_code=code,
        leg=leg,
        person=Person(name=fields.get(f"{side}name", ""), phone=fields.get(f"{side}tel", "")),
        address=_address(fields, side),
        procedure=fields.get("description", "").strip() or PROCEDURE,
        cod_vnd=cod_vnd,
        item_code=fields.get("itemcode", "").strip() or None,
        receipt_code=(fields.get("ma_bien_nhan") or fields.get("receiptcode") or "").strip() or None,
        email=fields.get(f"{side}email", ""),
        problems=problems,
        warnings=_warnings(fields),
    )


def row_of(order: Order, *, due_on: date, ready_at: datetime) -> ResultRow:
    """The row of results; the dialect has no dates."""
    return ResultRow(
        dossier_code=order.dossier_code,
        procedure=order.procedure,
        addressee=order.person,
        address=order.address,
        due_on=due_on,
        ready_at=ready_at,
        leg=order.leg,
        item_code=order.item_code,
        state_fee_vnd=order.cod_vnd,
        postage_vnd=0,  # the dialect's CODAmount is all that is asked at the door
        receipt_code=order.receipt_code,
        email=order.email,
    )


def _flat(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        key = name.lower()
        if key in _NESTED and isinstance(value, Mapping):
            yield from ((f"{key}{inner}", text) for inner, text in _flat(value))
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield key, str(value)


def _address(fields: Mapping[str, str], side: str) -> str:
    """The address, and behind it district and province where they are names the address lacks: most send codes."""
    parts = [fields.get(f"{side}address", "").strip()]
    for field in ("district", "province"):
        name = fields.get(f"{side}{field}", "").strip()
        is_code = name.replace(".", "").isdigit()
        if name and not is_code and folded(name) not in folded(" ".join(parts)):
            parts.append(name)
    return ", ".join(part for part in parts if part)


def _warnings(fields: Mapping[str, str]) -> tuple[Problem, ...]:
    """A wish about who brings the paper that is not what is done: the post fetches every one."""
    flag = fields.get("flagconfig", "").strip()
    is_kept = flag.removesuffix(".0") in _FETCHED
    return () if is_kept else (problem(FLAG_PASSED_OVER, pointer="FlagConfig", value=flag[:60]),)


def _money(text: str) -> tuple[int, tuple[Problem, ...]]:
    """Whole dong: `0.0` is what a missing amount looks like."""
    try:
        amount = float(text or 0)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount != int(amount):
        return 0, (problem(CELL_NOT_NUMBER, pointer="CODAmount", field="CODAmount", value=text[:60]),)
    return int(amount), ()
