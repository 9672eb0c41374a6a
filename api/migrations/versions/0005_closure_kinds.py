"""What closes a road (flood, works, …), and who changed a closure last."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0005_closure_kinds.sql").read_text().replace("%", "%%"))
