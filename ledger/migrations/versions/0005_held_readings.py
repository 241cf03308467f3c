"""Collected readings that were held because they jump, and what was decided of them. Both are append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = ("held_reading", "held_decision")


def upgrade() -> None:
    """Make the tables, then what keeps them append-only."""
    op.create_table(
        "held_reading",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("collected_from", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "number", name="held_reading_pk"),
    )
    op.create_table(
        "held_decision",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "number", name="held_decision_pk"),
        sa.ForeignKeyConstraint(["plan", "number"], ["held_reading.plan", "held_reading.number"], name="held_decision_plan_fk"),
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
