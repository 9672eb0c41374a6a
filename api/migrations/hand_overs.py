"""When the post first had each paper, filled in from the chains: a part of the items at a time, each its own commit."""

from alembic import op

_PART = 5_000
# As `tracking.hand_over` read events when this was written.
_SHOWN_BY = [
    *("item_received", "item_forwarded", "item_bagged", "item_arrived", "item_held", "invitation_sent", "item_damaged"),
    *("item_found", "item_out", "item_transferred", "item_handed_back", "attempt_failed", "item_delivered"),
]
_NEXT = """
    SELECT province_code, id FROM items WHERE (province_code, id) > (%s, %s) ORDER BY province_code, id
    OFFSET %s LIMIT 1
"""
_LAST = "SELECT province_code, id FROM items ORDER BY province_code DESC, id DESC LIMIT 1"
_FILL = """
    UPDATE items SET handed_over_at = first.occurred_at
    FROM items AS one CROSS JOIN LATERAL (
        SELECT occurred_at FROM events
        WHERE events.province_code = one.province_code AND events.item_id = one.id AND NOT data ? 'superseded'
          AND CASE one.leg WHEN 'collect' THEN kind = 'dossier_collected' ELSE kind = ANY(%s) END
        ORDER BY seq LIMIT 1
    ) AS first
    WHERE (one.province_code, one.id) > (%s, %s) AND (one.province_code, one.id) <= (%s, %s)
      AND one.handed_over_at IS NULL AND items.province_code = one.province_code AND items.id = one.id
"""


def fill() -> None:
    """What broke off half-way goes on where nothing stands yet; what the office writes meanwhile stays."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        after = ("", "00000000-0000-0000-0000-000000000000")
        last = connection.exec_driver_sql(_LAST).one_or_none()
        while last is not None and after != tuple(last):
            until = connection.exec_driver_sql(_NEXT, (*after, _PART - 1)).one_or_none() or last
            connection.exec_driver_sql(_FILL, (_SHOWN_BY, *after, *until))
            after = tuple(until)
