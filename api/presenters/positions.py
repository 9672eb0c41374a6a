"""A courier's track on its way out."""

from datetime import date
from uuid import UUID

from api.schemas.positions import StayItem, StayOut, TrackFix, TrackOut
from tracking.service import DayTrack


def track_out(courier_id: UUID, day: date, track: DayTrack) -> TrackOut:
    """The day with its stays in seconds."""
    return TrackOut(
        courier_id=courier_id,
        day=day,
        fixes=[
            TrackFix(point=fix.point, occurred_at=fix.occurred_at)  # type: ignore[arg-type]
            for fix in track.fixes
        ],
        stays=[
            StayOut(
                point=stay.point,  # type: ignore[arg-type]
                start_at=stay.start_at,
                end_at=stay.end_at,
                dwell_s=round((stay.end_at - stay.start_at).total_seconds()),
                items=[StayItem(id=key, item_code=code) for key, code in stay.items],
            )
            for stay in track.stays
        ],
        accepted=track.accepted,
        filtered=dict(track.filtered),
    )
