"""Reconciliation of dossiers: agencies' lists, runs, differences."""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0029_reconcile.sql").read_text().replace("%", "%%"))
