"""The name of who signed at a change of hands may be erased."""

from pathlib import Path

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0043_counterpart_goes.sql").read_text().replace("%", "%%"))
