"""Daily signed roots, and what binds the rows of proofs and files to the chain."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0016_roots.sql").read_text().replace("%", "%%"))
