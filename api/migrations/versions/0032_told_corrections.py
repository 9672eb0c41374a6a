"""Citizens are told of corrections and of dossiers fetched at home."""

from pathlib import Path

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0032_told_corrections.sql").read_text().replace("%", "%%"))
