"""What a courier owes at the end of a round."""

from collections.abc import Iterable

from tracking.store_handovers import Unbalanced


def cash_due(proofs: Iterable[Unbalanced]) -> int:
    """VND that the courier says to have collected in these proofs: the one place that reckons it."""
    return sum(proof.money_vnd for proof in proofs)
