"""An index of what nobody could be told of, for the counts by day."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_NAME = "ix_notification_items_dropped"


def upgrade() -> None:
    """Built while the office works; what broke off half-way is begun again."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_NAME} ON notification_items (province_code, happened_at) "
            "WHERE dropped IS NOT NULL"
        )
