"""Which endpoints of an agency lack news of a dossier."""

from pathlib import Path

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0036_lagging_endpoints.sql").read_text().replace("%", "%%"))
