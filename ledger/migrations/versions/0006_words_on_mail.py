"""What people and servers said about mail, which runs came to an end, and the grants that links in mails carry."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = ("word", "beat")
"""What is append-only; a grant can be revoked."""


def upgrade() -> None:
    """Add the mark of letters that somebody asked for, make the tables, then what keeps them append-only."""
    op.add_column("letter", sa.Column("asked_for", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("letter_plan_day_ix", "letter", ["plan", "day"])
    op.create_index("letter_plan_sent_at_ix", "letter", ["plan", "sent_at"])
    op.create_table(
        "word",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("word", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="word_pk"),
    )
    op.create_index("word_plan_about_subject_ix", "word", ["plan", "about", "subject"])
    op.create_table(
        "beat",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="beat_pk"),
    )
    op.create_index("beat_plan_flow_ended_at_ix", "beat", ["plan", "flow", "ended_at"])
    op.create_table(
        "grant",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=True),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date, nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="grant_pk"),
    )
    for table in TABLES:
        if op.get_context().dialect.name == "postgresql":
            guard_postgresql(table)
        else:
            guard_sqlite(table)


def guard_sqlite(table: str) -> None:
    """Refuse every change of what was written."""
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table}\n"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def guard_postgresql(table: str) -> None:
    """Refuse every change of what was written; the function is that of the first revision."""
    for change, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table}\n"
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
