"""Learned doors: lessons from deliveries and corrections, and the doors they come to."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0003_doors.sql").read_text().replace("%", "%%"))
