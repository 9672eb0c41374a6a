"""The daily roots as anybody may read them, without signing in: hashes only, nothing of any item."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from api.deps import DbSession
from api.presenters.roots import inclusion_told, root_told
from core.errors import NOT_FOUND, fail
from tracking import service

router = APIRouter(prefix="/custody", include_in_schema=False)
Province = Annotated[str, Path(pattern=r"^\d{2}$")]


@router.get("/{province_code}/roots")
def get_roots(province_code: Province, session: DbSession, until: date | None = None) -> list[dict[str, Any]]:
    """The newest 31 roots, newest first; `until` pages back."""
    return [root_told(root) for root in service.published(session, province_code, until=until)]


@router.get("/{province_code}/roots/{day}")
def get_root(province_code: Province, day: date, session: DbSession) -> dict[str, Any]:
    """One day's root. Raises C1000 when it was not made yet."""
    root = next(iter(service.published(session, province_code, until=day, limit=1)), None)
    if root is None or root.day != day:
        raise fail(NOT_FOUND, what="root")
    return root_told(root)


@router.get("/{province_code}/roots/{day}/proof/{item_id}")
def get_inclusion(province_code: Province, day: date, item_id: UUID, session: DbSession) -> dict[str, Any]:
    """That an item's chain stands under a day's root: hashes only. Raises C1000 when it moved on another day."""
    found = service.inclusion_of(session, province_code, item_id, day=day)
    if found is None:
        raise fail(NOT_FOUND, what="root")
    return inclusion_told(found)
