"""Couriers lent to other offices."""

from pathlib import Path

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0042_courier_loans.sql").read_text().replace("%", "%%"))
