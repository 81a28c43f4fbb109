"""What Alembic runs: our connection, inside the transaction that it is in."""

from alembic import context

from scorewire.journal.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Both databases can take DDL back; Alembic assumes that SQLite cannot, for the sake of old drivers.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
