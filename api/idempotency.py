"""Idempotency-Key: the same call twice gives the same answer and one effect; other content under the key is 409."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy.orm import Session

from api import store_calls
from api.deps import DbSession, Now, get_identity
from api.errors import KEY_REUSED
from api.identity import Identity
from core.errors import fail

Answer = TypeVar("Answer", bound=BaseModel)


async def content_hash(request: Request) -> str:
    """SHA-256 over method, path, query and body."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return digest.hexdigest()


IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Runs a call's work at most once for a caller's key."""

    session: Session
    actor: str
    key: str | None
    content: str
    now: datetime
    response: Response

    def run(self, model: type[Answer], work: Callable[[], Answer]) -> Answer:
        """The work's answer, or the one kept from the first time. Raises A1110 when the content is another."""
        if self.key is None:
            return work()
        if not store_calls.claim_repeat(
            self.session, actor=self.actor, key=self.key, content_hash=self.content, now=self.now
        ):
            return self._kept(model, self.key)
        answer = work()
        store_calls.keep_answer(self.session, actor=self.actor, key=self.key, answer=answer.model_dump_json())
        return answer

    def _kept(self, model: type[Answer], key: str) -> Answer:
        content, answer = store_calls.find_repeat(self.session, actor=self.actor, key=key)
        if content != self.content:
            raise fail(KEY_REUSED)
        self.response.headers["Idempotent-Replay"] = "true"
        return model.model_validate_json(answer)


def once(
    session: DbSession,
    identity: Annotated[Identity, Depends(get_identity)],
    now: Now,
    content: Annotated[str, Depends(content_hash)],
    response: Response,
    idempotency_key: Annotated[IdempotencyKey | None, Header()] = None,
) -> Once:
    """The guard of one call."""
    return Once(session=session, actor=identity.actor, key=idempotency_key, content=content, now=now, response=response)


OnceDep = Annotated[Once, Depends(once)]
