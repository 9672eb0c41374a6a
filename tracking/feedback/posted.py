"""What feedback needs to know of an item; `tracking.model.Item` has it all."""

from datetime import date
from typing import Protocol
from uuid import UUID


class Posted(Protocol):
    """An item as far as its agency is told of it."""

    @property
    def item_code(self) -> str: ...

    @property
    def tracking_code(self) -> str: ...

    @property
    def agency_id(self) -> UUID: ...

    @property
    def dossier_codes(self) -> tuple[str, ...]: ...

    @property
    def due_on(self) -> date: ...
