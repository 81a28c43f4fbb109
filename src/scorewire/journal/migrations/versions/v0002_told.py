"""What providers told that are not followed lies in the ledger, whole."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; entries of before have nothing in it."""
    op.add_column("ledger", sa.Column("body", sa.LargeBinary, nullable=True))
