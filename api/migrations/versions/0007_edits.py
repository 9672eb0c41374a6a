"""Plans edited by hand: frozen problems, versions, the dispatcher's word."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0007_edits.sql").read_text().replace("%", "%%"))
