"""Editions of the list of units, keyed changes with shares, redrawn polygons, zones."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0004_units.sql").read_text().replace("%", "%%"))
