"""The desks at which phones hand in proofs and files: who they are, what they say, what they show.

Whom a desk has met a moment ago is let through to the next; each desk asks for all in its batch once more, inside the
transaction that writes, so nobody who was signed out or blocked meanwhile hands anything in.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.auth import Credential, identify
from api.deps import Permission, admitted, credential_of, known
from api.desk import Desk
from api.identity import Identity
from api.roles import COURIERS
from api.runtime import Runtime
from core.errors import CodedError
from tracking import service
from tracking.model import FileReceipt, ProofInput, Receipt

_MET_S = 60.0
_MET_AT_MOST = 4096

Thing = TypeVar("Thing")
Scoped = TypeVar("Scoped")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Handed(Generic[Thing]):
    """What somebody hands in, and what they show to say who they are."""

    shown: Credential
    thing: Thing


class ProofDesks:
    """The desks of one process, over its runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._met: dict[Credential, tuple[Identity, float]] = {}

        def prove(session: Session, said: Sequence[service.Said]) -> list[Receipt | CodedError]:
            return service.record_proofs(session, said, now=runtime.clock(), identity_key=runtime.identity_key)

        def file(session: Session, sent: Sequence[service.SentFile]) -> list[FileReceipt | CodedError]:
            return service.register_files(session, sent, now=runtime.clock())

        self.callers = Desk[Credential, Identity | None](runtime.database, self._who)
        self.proofs = Desk[Handed[ProofInput], Receipt](runtime.database, self._by_callers(_said, prove))
        self.files = Desk[Handed[service.SentFile], FileReceipt](runtime.database, self._by_callers(_sent, file))

    async def met(self, shown: Credential) -> Identity | None:
        """Who shows this, as of at most a minute ago: good enough to come to a desk, not to write anything."""
        identity, until = self._met.get(shown, (None, 0.0))
        if time.monotonic() < until:
            return identity
        self._met.pop(shown, None)
        identity = await self.callers.hand_in(shown)
        if identity is not None:
            if len(self._met) >= _MET_AT_MOST:
                self._met.clear()
            self._met[shown] = identity, time.monotonic() + _MET_S
        return identity

    def close(self) -> None:
        """Finish what was handed in."""
        for desk in (self.callers, self.proofs, self.files):
            desk.close()

    def _who(self, session: Session, shown: Sequence[Credential]) -> list[Identity | CodedError | None]:
        return [*identify(session, shown, now=self._runtime.clock())]

    def _by_callers(
        self,
        scoped: Callable[[Identity, Thing], Scoped],
        work: Callable[[Session, Sequence[Scoped]], list[Answer | CodedError]],
    ) -> Callable[[Session, Sequence[Handed[Thing]]], list[Answer | CodedError]]:
        """`work` for those who may still hand in, each within their reach of this moment; the others are refused."""

        def together(session: Session, handed: Sequence[Handed[Thing]]) -> list[Answer | CodedError]:
            callers = identify(session, [one.shown for one in handed], now=self._runtime.clock())
            answers: dict[int, Answer | CodedError] = {}
            good: dict[int, Scoped] = {}
            for n, (caller, one) in enumerate(zip(callers, handed, strict=True)):
                try:
                    good[n] = scoped(_ALLOWED.admit(known(caller)), one.thing)
                except CodedError as refused:
                    answers[n] = refused
            answers |= zip(good, work(session, list(good.values())), strict=True)
            return [answers[n] for n in range(len(handed))]

        return together


def _said(caller: Identity, proof: ProofInput) -> service.Said:
    return service.Said(scope=caller.scope, proof=proof)


def _sent(caller: Identity, file: service.SentFile) -> service.SentFile:
    return replace(file, scope=caller.scope)


class AllowSender(Permission):
    """Asked for where no request has a transaction of its own: those who send at the moment are asked for together.

    One dependency, not a tree of them, which took an eighth of the interpreter's time of a proof.
    """

    async def __call__(self, request: Request) -> Identity:
        return self.admit(admitted(request, await desks_of(request).met(credential_of(request))))


def desks_of(request: Request) -> ProofDesks:
    """The process's desks."""
    desks: ProofDesks = request.app.state.desks
    return desks


_ALLOWED = AllowSender(COURIERS)
Sender = Annotated[Identity, Depends(_ALLOWED)]
