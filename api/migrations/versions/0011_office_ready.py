"""What an office saw in the last weeks, found without reading its whole past."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0011_office_ready.sql").read_text().replace("%", "%%"))
