"""How one sum of cash is parted between the ledgers. Pure."""

from tracking.money_values import Amounts


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
