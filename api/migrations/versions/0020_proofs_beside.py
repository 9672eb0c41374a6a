"""Proofs beside each other: by courier and time, and by photo."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0020_proofs_beside.sql").read_text().replace("%", "%%"))
