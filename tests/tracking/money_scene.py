"""A courier's day with money, for the tests of the ledgers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.ids import new_id
from tests.tracking.office_scene import NOW, TODAY, Scene, delivery, failure
from tracking import service
from tracking.model import Receipt
from tracking.money_values import Amounts, CourierDay, Settlement

FEE, POSTAGE = 20_000, 30_000
DUE = FEE + POSTAGE
EVENING = NOW + timedelta(hours=9)


def amounts(fee: int, postage: int) -> Amounts:
    return Amounts(state_fee_vnd=fee, postage_vnd=postage)


@dataclass(frozen=True)
class Purse:
    """What couriers and clerks of a scene do with money."""

    scene: Scene

    def out(self, count: int = 1, courier: int = 0, fee: int = FEE, postage: int = POSTAGE) -> list[UUID]:
        """Papers in a courier's hands that cost money at the door."""
        return self.scene.out(count, courier, state_fee_vnd=fee, postage_vnd=postage)

    def deliver(
        self, item_id: UUID, money_vnd: int = DUE, courier: int = 0, now: datetime = EVENING, **changes: Any
    ) -> Receipt:
        """The courier's proof arrives."""
        proof = delivery(item_id, money_vnd=money_vnd, **{"proof_id": new_id(NOW), **changes})
        with self.scene.database.transaction() as session:
            return service.record_proof(session, scope=self.scene.courier_scope(courier), proof=proof, now=now)

    def fail(
        self, item_id: UUID, money_vnd: int = 0, courier: int = 0, now: datetime = EVENING, **changes: Any
    ) -> Receipt:
        """A failed attempt's proof arrives."""
        proof = failure(item_id, money_vnd=money_vnd, **{"proof_id": new_id(NOW), **changes})
        with self.scene.database.transaction() as session:
            return service.record_proof(session, scope=self.scene.courier_scope(courier), proof=proof, now=now)

    def day(self, courier: int = 0, on: date = TODAY) -> CourierDay:
        """As the office sees it."""
        with self.scene.database.reading() as session:
            courier_id = self.scene.couriers[courier].id
            return service.courier_day(session, scope=self.scene.dispatcher, courier_id=courier_id, on=on)

    def remit(self, counted_vnd: int, courier: int = 0, on: date = TODAY, now: datetime = EVENING) -> Settlement:
        """The clerk counts."""
        with self.scene.database.transaction() as session:
            return self._remit(session, counted_vnd, courier, on, now)

    def _remit(self, session: Session, counted_vnd: int, courier: int, on: date, now: datetime) -> Settlement:
        courier_id = self.scene.couriers[courier].id
        return service.remit(
            session, scope=self.scene.dispatcher, courier_id=courier_id, counted_vnd=counted_vnd, for_on=on, now=now
        )
