"""A loss is an incident of its own kind; citizens are told of invitations; a checked code leaves its trace."""

from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0035_lost_and_invited.sql").read_text().replace("%", "%%"))
