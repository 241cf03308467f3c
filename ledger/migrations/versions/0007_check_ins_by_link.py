"""What check-ins on pages need: two kinds of facts, what was taken back, drafts, counted visits, an audit log, files."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPEND_ONLY = ("referral", "sent_back", "withdrawal", "audit", "evidence_file")
"""Drafts are written over, and visits are counted on."""


def upgrade() -> None:
    """Make the tables, then what keeps them append-only."""
    op.add_column("check_in", sa.Column("obstacles", sa.Text, nullable=False, server_default=""))
    make_fact_table("referral", sa.Column("asked", sa.String, nullable=False))
    make_fact_table(
        "sent_back", sa.Column("reference", sa.Text, nullable=False), sa.Column("sha256", sa.String, nullable=False)
    )
    op.create_table(
        "withdrawal",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "number", name="withdrawal_pk"),
    )
    make_what_pages_remember()
    for table in APPEND_ONLY:
        if op.get_context().dialect.name == "postgresql":
            guard_postgresql(table)
        else:
            guard_sqlite(table)


def make_fact_table(name: str, *columns: sa.Column[Any]) -> None:
    """Make a table of facts with a note: what all of them have, and what this kind adds."""
    op.create_table(
        name,
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("plan", "number", name=f"{name}_pk"),
    )


def make_what_pages_remember() -> None:
    """Make the tables of drafts, visits, the audit log and files."""
    op.create_table(
        "draft",
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "address", "item", "period", name="draft_pk"),
    )
    op.create_table(
        "visit",
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("visitor", "since", name="visit_pk"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("did", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("came_from", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_pk"),
    )
    op.create_index("audit_plan_id_ix", "audit", ["plan", "id"])
    op.create_table(
        "evidence_file",
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="evidence_file_pk"),
    )


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
