"""The first tables: eight kinds of facts, judgements, letters with their attempts, tellings.

Facts are append-only, and so are attempts but for their end, which is written once: triggers refuse everything else.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NOTED_FACTS = ("check_in", "reading", "evidence", "acknowledgement", "waiver", "acceptance", "override")
FACTS = (*NOTED_FACTS, "corrective_plan")


def upgrade() -> None:
    """Make the tables, then what keeps them append-only."""
    make_facts()
    make_judgements()
    make_outbox()
    if op.get_context().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def make_facts() -> None:
    """Make a table for each kind of fact; the number counts all kinds of one plan."""
    make_fact_table("check_in", sa.Column("status", sa.String, nullable=False))
    make_fact_table("reading", sa.Column("value", sa.Text, nullable=False), sa.Column("source", sa.Text, nullable=False))
    make_fact_table("evidence", sa.Column("reference", sa.Text, nullable=False), sa.Column("dated_on", sa.Date, nullable=False))
    make_fact_table("acknowledgement", sa.Column("promised_on", sa.Date, nullable=False))
    make_fact_table("waiver")
    make_fact_table("acceptance")
    make_fact_table("override", sa.Column("status", sa.String, nullable=False), sa.Column("until", sa.Date, nullable=False))
    make_fact_table(
        "corrective_plan",
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("done_by", sa.Date, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
    )


def make_fact_table(name: str, *columns: sa.Column[Any]) -> None:
    """Make a table of facts: what all of them have, and what this kind adds."""
    note = [sa.Column("note", sa.Text, nullable=False)] if name in NOTED_FACTS else []
    op.create_table(
        name,
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period", sa.String, nullable=False),
        *note,
        *columns,
        sa.PrimaryKeyConstraint("plan", "number", name=f"{name}_pk"),
    )


def make_judgements() -> None:
    """Make the table of changes of status."""
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("aspect", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("was", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="judgement_pk"),
        sa.UniqueConstraint("plan", "item", "aspect", "day", name="judgement_plan_item_aspect_day_uq"),
    )
    op.create_index("judgement_plan_day_ix", "judgement", ["plan", "day"])
    op.create_index("judgement_plan_aspect_day_ix", "judgement", ["plan", "aspect", "day"])


def make_outbox() -> None:
    """Make the tables of letters, of the attempts to send them, and of what they tell."""
    op.create_table(
        "letter",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notices", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("put_off", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("claimant", sa.String),
        sa.Column("claimed_on", sa.Date),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("data_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("caught", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="letter_pk"),
        sa.CheckConstraint("(state = 'queued') = (next_attempt_at IS NOT NULL)", name=op.f("letter_queued_is_due_ck")),
    )
    op.create_index("letter_plan_state_made_at_key_ix", "letter", ["plan", "state", "made_at", "key"])
    op.create_index("letter_state_ix", "letter", ["state"])
    op.create_table(
        "attempt",
        sa.Column("letter", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("claimant", sa.String, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_as", sa.String(20)),
        sa.Column("said", sa.Text),
        sa.PrimaryKeyConstraint("letter", "number", name="attempt_pk"),
        sa.ForeignKeyConstraint(["letter"], ["letter.key"], name="attempt_letter_fk"),
    )
    op.create_table(
        "telling",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("letter", sa.String, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("ladder", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("told_on", sa.Date, nullable=False),
        sa.Column("skipped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="telling_pk"),
        sa.ForeignKeyConstraint(["letter"], ["letter.key"], name="telling_letter_fk"),
    )
    op.create_index("telling_plan_ix", "telling", ["plan"])
    op.create_index("telling_letter_ix", "telling", ["letter"])


ONLY_THE_END_IS_NEW = """OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.letter = OLD.letter
    AND NEW.number = OLD.number AND NEW.claimant = OLD.claimant AND NEW.began_at = OLD.began_at"""


def guard_sqlite() -> None:
    """Refuse every change of a fact, and of an attempt all but its end."""
    for table in (*FACTS, "attempt"):
        refuse_in_sqlite(table, "DELETE", when="1")
    for table in FACTS:
        refuse_in_sqlite(table, "UPDATE", when="1")
    refuse_in_sqlite("attempt", "UPDATE", when=f"NOT ({ONLY_THE_END_IS_NEW})")


def refuse_in_sqlite(table: str, change: str, *, when: str) -> None:
    """Make a trigger that refuses a kind of change."""
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} WHEN {when}\n"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def guard_postgresql() -> None:
    """Refuse every change of a fact, and of an attempt all but its end."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in (*FACTS, "attempt"):
        refuse_in_postgresql(table, "TRUNCATE", each="STATEMENT")
        refuse_in_postgresql(table, "DELETE")
    for table in FACTS:
        refuse_in_postgresql(table, "UPDATE")
    refuse_in_postgresql("attempt", "UPDATE", when=f"WHEN (NOT ({ONLY_THE_END_IS_NEW}))")


def refuse_in_postgresql(table: str, change: str, *, each: str = "ROW", when: str = "") -> None:
    """Make a trigger that refuses a kind of change."""
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table}\n"
        f"FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()"
    )
