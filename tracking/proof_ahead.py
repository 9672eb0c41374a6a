"""What would be wrong with a proof, asked before anything changes hands."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import CodedError, Problem, fail
from core.scope import Scope
from tracking import errors, store
from tracking.model import ProofInput
from tracking.procedure_rules import list_rules, problems_of
from tracking.proof import may_prove
from tracking.proof_checks import check_leg, check_proof


def problems_before(
    session: Session, *, scope: Scope, proof: ProofInput, now: datetime, identity_key: bytes | None = None
) -> list[Problem]:
    """Everything at once; nothing is written. Once it has happened the rules of the procedure are flags, and only what
    cannot be a proof at all is refused.

    Raises:
        CodedError: T2102 when the item is not the caller's.
    """
    item = store.find_any_item(session, scope.province_code, proof.item_id)
    if item is None or not may_prove(session, scope, item):
        raise fail(errors.PROOF_FOREIGN_ITEM, pointer="item_id")
    found: list[Problem] = []
    for check in (partial(check_proof, now=aware(now)), partial(check_leg, item=item)):
        try:
            check(proof)
        except CodedError as refused:
            found += refused.problems
    rules = list_rules(session, province_code=scope.province_code)
    return found + problems_of(proof, item, rules, identity_key)
