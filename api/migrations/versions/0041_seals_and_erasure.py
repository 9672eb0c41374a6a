"""Seals of bags are compared at arrival; what is erased by retention is known until its files have followed."""

from pathlib import Path

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the file as it stands; it is never edited once released."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0041_seals_and_erasure.sql").read_text().replace("%", "%%"))
