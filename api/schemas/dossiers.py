"""An agency's list of dossiers."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.schemas.items import ItemOut
from api.schemas.types import Input, Output
from tracking.dossier_list import DossierGroup


class DossierSearchIn(Input):
    """`q`: part of a code; who sees people unmasked may ask for words of a name or phone too."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    group: Annotated[DossierGroup, Field(strict=False)] = DossierGroup.OPEN
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DossierRowOut(Output):
    """`mark`: past its due date, or foreseen to be when it goes out on the next day it can."""

    item: ItemOut
    mark: Literal["overdue", "foreseen"] | None


class GroupCounts(Output):
    """How many of what was searched for stand in each group; one may stand in several."""

    all: int
    open: int
    overdue: int
    foreseen: int
    failed: int
    delivered: int
    back: int


class DossierPageOut(Output):
    rows: list[DossierRowOut]
    next_cursor: str | None
    counts: GroupCounts
