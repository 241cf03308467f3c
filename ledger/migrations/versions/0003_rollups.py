"""Rollups as they were frozen, with their files, and whose word released the board's copy. All are append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = ("rollup", "rollup_file", "release")


def upgrade() -> None:
    """Make the tables, then what keeps them append-only."""
    op.create_table(
        "rollup",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("frozen_on", sa.Date, nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("plan", "period", name="rollup_pk"),
    )
    op.create_table(
        "rollup_file",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("ending", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("plan", "period", "ending", name="rollup_file_pk"),
        sa.ForeignKeyConstraint(["plan", "period"], ["rollup.plan", "rollup.period"], name="rollup_file_plan_fk"),
    )
    op.create_table(
        "release",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "period", name="release_pk"),
        sa.ForeignKeyConstraint(["plan", "period"], ["rollup.plan", "rollup.period"], name="release_plan_fk"),
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
