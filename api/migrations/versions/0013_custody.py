"""Every change of hands, with its incidents, transfers and ends of rounds; the whole life cycle of items."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0013_custody.sql").read_text().replace("%", "%%"))
