"""What time it is here: pages count ages and phones measure their own clocks against it."""

from datetime import datetime

from fastapi import APIRouter

from api.deps import Now
from api.schemas.types import Output

router = APIRouter(tags=["session"])


class ClockOut(Output):
    """The server's present instant, with offset."""

    now: datetime


@router.get("/clock")
def get_clock(now: Now) -> ClockOut:
    """The server's clock, for everyone."""
    return ClockOut(now=now)
