"""Alembic's environment: our metadata, on the connection that `api.migrate` gives."""

from alembic import context
from geoalchemy2 import alembic_helpers

import api.tables
import geodata.tables
import routing.tables
import tracking.tables
from api.migrations.ours import is_ours
from core.db import Base

# Naming the modules keeps the imports: they register every table.
TABLES = (api.tables, geodata.tables, routing.tables, tracking.tables)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=is_ours,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
