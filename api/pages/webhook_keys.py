"""The public keys of webhook endpoints, for anybody: whoever gets our messages checks them by what stands here."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.deps import DbSession, Now
from api.encoding import JwkSet, json_bytes
from api.presenters.webhook_keys import KEYS_PATH, key_set
from api.schemas.feedback import WebhookKeySet
from tracking.feedback import endpoints

router = APIRouter(prefix=KEYS_PATH, tags=["feedback"])
# Shorter than a rotation's overlap by far, so nobody keeps a key that signs no more.
_FRESH_S = 300


@router.get("/{province_code}/{endpoint_id}", response_class=JwkSet, response_model=WebhookKeySet)
def get_webhook_keys(
    province_code: Annotated[str, Path(pattern=r"^\d{2}$")], endpoint_id: UUID, session: DbSession, now: Now
) -> Response:
    """The keys that verify what the endpoint is sent now, newest first. Raises C1000 when there is no such endpoint."""
    keys = endpoints.public_keys(session, province_code, endpoint_id, now=now)
    headers = {"Cache-Control": f"public, max-age={_FRESH_S}"}
    return JwkSet(json_bytes(key_set(keys)), headers=headers)
