"""The order interface that dossier systems speak with the post today: they change one address, and nothing else.

The paths below are what the systems keep as `apiGetToken`, `apiPostOrder`, `apiCancelOrder` and `apiGetOrderTracking`.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from api.deps import DbSession, Now, RuntimeDep
from api.openapi_security import BASIC, KEY
from api.opencps import (
    System,
    acting_in,
    check_key,
    credential_in,
    fields_in,
    page_out,
    result_of_cancel,
    result_of_order,
)
from api.schemas.opencps import (
    CANCEL,
    ORDER,
    TRACKING,
    OrderResult,
    TokenOut,
    TrackingOut,
    asked_by_query,
    sent_in_body,
)
from tracking.opencps import orders

router = APIRouter(prefix="/opencps", tags=["opencps"])
Fields = Annotated[dict[str, Any], Depends(fields_in)]


@router.post("/token", openapi_extra={"security": [{BASIC: []}, {KEY: []}]})
def post_opencps_token(request: Request, session: DbSession, now: Now) -> TokenOut:
    """A bearer token for an agency's key, given as the secret of Basic or as the token of Bearer."""
    secret = credential_in(request)
    check_key(session, secret, now=now)
    return TokenOut(access_token=secret, token_type="Bearer", expires_in=3600)  # noqa: S106  the scheme's name


@router.post("/orders", openapi_extra=sent_in_body(ORDER))
def post_opencps_order(
    content: Fields, session: DbSession, caller: System, runtime: RuntimeDep, now: Now
) -> OrderResult:
    """Take an order in: "100" accepted, "101" already there, else our code. The same order again has no effect."""
    acting, agency_id = acting_in(session, caller, content)
    answer = orders.accept_order(
        session,
        scope=acting.scope,
        agency_id=agency_id,
        content=content,
        resolver=runtime.resolver,
        now=now,
    )
    return result_of_order(answer)


@router.get("/orders/cancel", openapi_extra=asked_by_query(CANCEL))
def get_opencps_cancel(content: Fields, session: DbSession, caller: System, now: Now) -> OrderResult:
    """Cancel an order by `OrderNumber`. The systems ask with GET; keys alone may, so no page can have it done."""
    acting, agency_id = acting_in(session, caller, content)
    answer = orders.cancel_order(session, scope=acting.scope, agency_id=agency_id, content=content, now=now)
    return result_of_cancel(answer)


@router.get("/tracking", openapi_extra=asked_by_query(TRACKING))
def get_opencps_tracking(content: Fields, session: DbSession, caller: System) -> TrackingOut:
    """Orders as they stand, after `lastId`, at most `pagesize` ≤ 1000; with `orderNumber` that one alone."""
    return page_out(session, caller, content)


@router.post("/orders/cancel", openapi_extra=sent_in_body(CANCEL))
def post_opencps_cancel(content: Fields, session: DbSession, caller: System, now: Now) -> OrderResult:
    """The same with a body."""
    return get_opencps_cancel(content, session, caller, now)


@router.post("/tracking", openapi_extra=sent_in_body(TRACKING))
def post_opencps_tracking(content: Fields, session: DbSession, caller: System) -> TrackingOut:
    """The same with a body."""
    return get_opencps_tracking(content, session, caller)
