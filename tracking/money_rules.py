"""How one sum of cash is parted between the ledgers, and what lines a step comes to; nothing is read or written."""

from dataclasses import replace
from datetime import datetime

from core.clock import aware
from core.ids import new_id
from tracking.money_values import WAY, Account, Amounts, Entry, Footing, Ledger, Move


def parted(cash_vnd: int, expected: Amounts) -> Amounts:
    """Cash ≥ 0 between the ledgers: the State fee is filled first, the rest is postage, also where it is too much.

    The State's money comes first: what is missing then is missing from the post's own.
    """
    fee = min(cash_vnd, max(0, expected.state_fee_vnd))
    return Amounts(state_fee_vnd=fee, postage_vnd=cash_vnd - fee)


def misplaced(held: Amounts) -> int:
    """How much of what one hand gave on was booked as postage and was State fee; negative the other way, else 0.

    It shows when a late proof explains money that had been counted before: one ledger lacks what the other has too
    much. The cash is right, only its parting was not.
    """
    fee, postage = held.state_fee_vnd, held.postage_vnd
    if fee > 0 > postage:
        return min(fee, -postage)
    if postage > 0 > fee:
        return -min(postage, -fee)
    return 0


def lines_of(footing: Footing, move: Move, sums: Amounts) -> list[Entry]:
    """The lines of a step, one for each ledger that it touches; negative sums take the step back."""
    debit, credit = WAY[move]
    if move is Move.COLLECTED and footing.courier_id is None:
        debit = Account.OFFICE
    shared = {name: getattr(footing, name) for name in Footing.__dataclass_fields__}
    made = []
    for ledger in Ledger:
        amount = sums.of(ledger)
        if amount:
            sides = (debit, credit) if amount > 0 else (credit, debit)
            made.append(
                Entry(
                    **shared,
                    id=new_id(footing.recorded_at),
                    ledger=ledger,
                    move=move,
                    amount_vnd=abs(amount),
                    debit=sides[0],
                    credit=sides[1],
                )
            )
    return made


def taken_back(line: Entry, *, now: datetime, actor: str, reason: str) -> Entry:
    """The line that takes another back, for the same day."""
    return replace(
        line,
        id=new_id(now),
        debit=line.credit,
        credit=line.debit,
        corrects=line.id,
        recorded_at=aware(now),
        actor=actor,
        reason=reason,
    )
