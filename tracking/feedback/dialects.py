"""How an endpoint is spoken to: what is written for a message, and what an answer means."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

import orjson

from tracking.feedback.errors import NO_RECEIPT_CODE
from tracking.feedback.sender import Answer, authorization
from tracking.feedback.webhook import USER_AGENT, Signer
from tracking.store_feedback import DueMessage
from tracking.store_opencps import Told

Letter = tuple[str, dict[str, str]]  # body and headers

SENT_BY_POST, DELIVERED_BY_POST = 3, 4  # `viaPostal` of VietOpenCPS
_SUCCEEDED, _FAILED = "succeed", "failed"


class Dialect(Protocol):
    """One endpoint's language."""

    def letter(self, message: DueMessage, *, now: datetime) -> Letter | Answer:
        """What is posted for the message, or the answer when nothing can be."""
        ...

    def judged(self, answer: Answer) -> Answer:
        """The answer, with what its body says."""
        ...


class SignedEvents:
    """CloudEvents by Standard Webhooks: any 2xx is success."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def letter(self, message: DueMessage, *, now: datetime) -> Letter:
        """The message, signed for this attempt."""
        body = orjson.dumps(message.body).decode()
        return body, self._signer.headers(str(message.id), body, now=now)

    def judged(self, answer: Answer) -> Answer:
        """As it is."""
        return answer


class OpenCps:
    """The form that VietOpenCPS takes at `…/dossiers/vnpost`; it answers 200 whether or not it knew the dossier.

    What is written is how the dossier stands now, not how it stood at the message: `viaPostal` goes from 3 to 4 and
    never back, also when old messages are sent again.
    """

    def __init__(self, *, secret: str, group_id: str | None, told: Mapping[str, Told]) -> None:
        self._told = told
        self._headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
            "authorization": authorization(secret),
            "user-agent": USER_AGENT,
            **({"groupId": group_id} if group_id else {}),
        }

    def letter(self, message: DueMessage, *, now: datetime) -> Letter | Answer:  # noqa: ARG002  nothing is signed
        """The form, or T5007 while the dossier's receipt code is not known."""
        told = self._told.get(message.dossier_code)
        if told is None or told.receipt_code is None:
            return Answer(status=None, error=NO_RECEIPT_CODE.code, refused=True)
        via_postal = DELIVERED_BY_POST if told.is_delivered else SENT_BY_POST
        return urlencode({"ma_bien_nhan": told.receipt_code, "viaPostal": via_postal}), self._headers

    def judged(self, answer: Answer) -> Answer:
        """Success is what says so; `failed` concerns the dossier, anything else (a sign-in page) the whole system."""
        if not answer.accepted:
            return answer
        status = _status_in(answer.body)
        if status == _SUCCEEDED:
            return answer
        if status == _FAILED:
            return replace(answer, error="status failed", refused=True)
        return replace(answer, error=f"HTTP {answer.status} without status")


def _status_in(body: bytes) -> object:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return content.get("status") if isinstance(content, dict) else None
