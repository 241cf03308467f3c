"""Runs the migrations on the connection that ledger.revisions hands over, within its transaction."""

from alembic import context

from ledger.revisions import VERSION_TABLE
from ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
