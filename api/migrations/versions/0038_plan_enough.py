"""A plan says its best cost by term while it is made, and may be ended with what it has."""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0038_plan_enough.sql").read_text().replace("%", "%%"))
