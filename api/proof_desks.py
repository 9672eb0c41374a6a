"""The desks at which phones hand in proofs and files: who they are, what they say, what they show."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.auth import Credential, identify
from api.deps import Allow, RuntimeDep, admitted, credential_of
from api.desk import Desk
from api.identity import Identity
from api.roles import COURIERS
from api.runtime import Runtime
from core.errors import CodedError
from tracking import service
from tracking.model import FileReceipt, Receipt


class ProofDesks:
    """The desks of one process, over its runtime."""

    def __init__(self, runtime: Runtime) -> None:
        def who(session: Session, shown: Sequence[Credential]) -> list[Identity | CodedError | None]:
            return [*identify(session, shown, now=runtime.clock())]

        def prove(session: Session, said: Sequence[service.Said]) -> list[Receipt | CodedError]:
            return service.record_proofs(session, said, now=runtime.clock(), identity_key=runtime.identity_key)

        def file(session: Session, sent: Sequence[service.SentFile]) -> list[FileReceipt | CodedError]:
            return service.register_files(session, sent, now=runtime.clock())

        self.callers = Desk[Credential, Identity | None](runtime.database, who)
        self.proofs = Desk[service.Said, Receipt](runtime.database, prove)
        self.files = Desk[service.SentFile, FileReceipt](runtime.database, file)

    def close(self) -> None:
        """Finish what was handed in."""
        for desk in (self.callers, self.proofs, self.files):
            desk.close()


async def get_desks(request: Request, _: RuntimeDep) -> ProofDesks:
    """The process's desks."""
    desks: ProofDesks = request.app.state.desks
    return desks


DesksDep = Annotated[ProofDesks, Depends(get_desks)]


async def get_sender(request: Request, desks: DesksDep) -> Identity:
    """The caller as `get_identity` finds one, asked for together with all who send at the moment."""
    return admitted(request, await desks.callers.hand_in(credential_of(request)))


class AllowSender(Allow):
    """The same permission where no request has a transaction of its own."""

    async def __call__(self, identity: Annotated[Identity, Depends(get_sender)]) -> Identity:
        return self.admit(identity)


Sender = Annotated[Identity, Depends(AllowSender(COURIERS))]
