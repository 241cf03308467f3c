"""Evidence that is a file has the file's digest, so that the same file is known again wherever it lies."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the digest, empty for all that was recorded before.

    The column is added and the table not made anew, so that its rows and the triggers that keep them stay as they are.
    """
    op.add_column("evidence", sa.Column("sha256", sa.String, nullable=False, server_default=""))
