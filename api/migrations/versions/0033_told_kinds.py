"""Who tells citizens of deliveries also tells of their corrections and of dossiers fetched at home."""

from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0033_told_kinds.sql").read_text().replace("%", "%%"))
