"""Everything of the first release: PostGIS, the jobs' own schema, all tables, append-only events."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FILES = ("0001_jobs.sql", "0001_schema.sql")


def upgrade() -> None:
    """Run the files as they stand; they are never edited once released."""
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    for name in _FILES:
        # The driver reads % as a placeholder.
        connection.exec_driver_sql(Path(__file__).with_name(name).read_text().replace("%", "%%"))
