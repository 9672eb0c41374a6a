"""Changes of hands, ends of rounds and incidents cannot be changed or removed after the fact."""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0034_append_only_hands.sql").read_text().replace("%", "%%"))
