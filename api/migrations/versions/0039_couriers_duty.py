"""What couriers may and must do on the road, and the skill that a procedure asks of them."""

from pathlib import Path

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0039_couriers_duty.sql").read_text().replace("%", "%%"))
