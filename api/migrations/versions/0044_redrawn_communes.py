"""What was redrawn last among the communes is found without reading all of them."""

from pathlib import Path

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0044_redrawn_communes.sql").read_text().replace("%", "%%"))
