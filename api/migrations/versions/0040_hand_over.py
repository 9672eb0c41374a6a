"""Since when the post has each paper, and the days of a delivery to another province."""

from alembic import op

from api.migrations.hand_overs import fill

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both columns need the tables for an instant; what stands in the chains is then read while the office works."""
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS handed_over_at timestamptz")
    op.execute("ALTER TABLE service_standards ADD COLUMN IF NOT EXISTS beyond_days integer NOT NULL DEFAULT 6")
    fill()
