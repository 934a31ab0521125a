"""Run by Alembic with a connection that `storage.migrate` has prepared."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # off by default for SQLite
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
