"""What was told of papers and how the channels do, to the edge."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from api.schemas.notifications import (
    ChannelStandingOut,
    NotificationOut,
    StandingOut,
    ToldItemList,
    ToldItemOut,
    ToldOut,
)
from tracking.model import Item
from tracking.notifications.desk import Standing
from tracking.store_notification_desk import ToldOfItem
from tracking.store_notification_figures import ChannelDoing
from tracking.store_notification_settings import Channel


def standing_out(standing: Standing) -> StandingOut:
    """Channels without what they are set to."""
    return StandingOut(
        channels=[_channel(channel, doing) for channel, doing in standing.channels],
        waiting=standing.waiting.count,
        next_at=standing.waiting.next_at,
        opted_out=standing.opted_out,
    )


def told_items_out(items: Sequence[Item], told: Sequence[ToldOfItem], total: int) -> ToldItemList:
    """Papers by their codes; of the people who were told, nothing."""
    by_item: dict[UUID, list[ToldOut]] = defaultdict(list)
    for one in told:
        by_item[one.item_id].append(_told(one))
    return ToldItemList(
        items=[
            ToldItemOut(
                item_id=item.id,
                item_code=item.item_code,
                dossier_codes=item.dossier_codes,
                status=item.status.value,
                told=by_item[item.id],
            )
            for item in items
        ],
        total=total,
    )


def _channel(channel: Channel, doing: ChannelDoing | None) -> ChannelStandingOut:
    return ChannelStandingOut(
        name=channel.name,
        kind="smtp" if channel.kind == "smtp" else "http",
        active=channel.active,
        last_sent_at=doing.last_sent_at if doing else None,
        last_error=doing.last_error if doing else None,
        last_error_at=doing.last_error_at if doing else None,
    )


def _told(one: ToldOfItem) -> ToldOut:
    return ToldOut(
        kind=one.kind,
        happened_at=one.happened_at,
        due_at=one.due_at,
        dropped=one.dropped,
        message=NotificationOut(**asdict(one.message)) if one.message else None,
    )
