"""The tables. Facts, rollups and attempts are append-only, and triggers of the migrations see to it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ledger.columns import ExactDecimal, Instant, NoticesJson, PeriodText, SaidWord
from ledger.records import LetterState, Verdict
from plan.facts import DutyKind, Said
from plan.ladder import Notice
from plan.periods import Period

# The states' own words are stored, so that a person can read the table.
_STATE = Enum(LetterState, native_enum=False, length=20, values_callable=lambda states: [state.value for state in states])


class Base(DeclarativeBase):
    """All tables of the ledger."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pk",
            "fk": "%(table_name)s_%(column_0_name)s_fk",
            "uq": "%(table_name)s_%(column_0_N_name)s_uq",
            "ix": "%(table_name)s_%(column_0_N_name)s_ix",
            "ck": "%(table_name)s_%(constraint_name)s_ck",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String,
        date: Date,
        datetime: Instant,
        Decimal: ExactDecimal,
        LetterState: _STATE,
    }


# --- facts -------------------------------------------------------------------------------------------------------------


class FactRow:
    """What every fact has. It is numbered within its plan, over all kinds of facts, in the order of adding."""

    plan: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    item: Mapped[str]
    by: Mapped[str]
    known_on: Mapped[date]
    recorded_at: Mapped[datetime]
    period: Mapped[Period] = mapped_column(PeriodText)


class NotedRow(FactRow):
    """A fact with a note in its author's words."""

    note: Mapped[str] = mapped_column(Text)


class CheckInRow(NotedRow, Base):
    """A row of plan.facts.CheckIn."""

    __tablename__ = "check_in"
    status: Mapped[Said] = mapped_column(SaidWord)
    obstacles: Mapped[str] = mapped_column(Text, server_default="")


class ReadingRow(NotedRow, Base):
    """A row of plan.facts.Reading; its period is a school year."""

    __tablename__ = "reading"
    value: Mapped[Decimal]
    source: Mapped[str] = mapped_column(Text)


class EvidenceRow(NotedRow, Base):
    """A row of plan.facts.Evidence."""

    __tablename__ = "evidence"
    reference: Mapped[str] = mapped_column(Text)
    dated_on: Mapped[date]
    sha256: Mapped[str] = mapped_column(server_default="")  # so it is of all that was recorded before files were filed


class AcknowledgementRow(NotedRow, Base):
    """A row of plan.facts.Acknowledgement."""

    __tablename__ = "acknowledgement"
    promised_on: Mapped[date]


class ReferralRow(NotedRow, Base):
    """A row of plan.facts.Referral."""

    __tablename__ = "referral"
    asked: Mapped[str]


class WaiverRow(NotedRow, Base):
    """A row of plan.facts.Waiver."""

    __tablename__ = "waiver"


class AcceptanceRow(NotedRow, Base):
    """A row of plan.facts.Acceptance."""

    __tablename__ = "acceptance"


class SentBackRow(NotedRow, Base):
    """A row of plan.facts.SentBack."""

    __tablename__ = "sent_back"
    reference: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]


class CorrectivePlanRow(FactRow, Base):
    """A row of plan.facts.CorrectivePlan."""

    __tablename__ = "corrective_plan"
    cause: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text)
    done_by: Mapped[date]
    effect: Mapped[str] = mapped_column(Text)


class OverrideRow(NotedRow, Base):
    """A row of plan.facts.Override."""

    __tablename__ = "override"
    status: Mapped[str]
    until: Mapped[date]


class WithdrawalRow(Base):
    """A row of ledger.records.Withdrawal: a fact counts up to the day before it was taken back."""

    __tablename__ = "withdrawal"
    plan: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[str]
    known_on: Mapped[date]
    recorded_at: Mapped[datetime]


# --- collected readings that are held -----------------------------------------------------------------------------------


class HeldReadingRow(NotedRow, Base):
    """A reading that a source gave and that is no fact until somebody says so, and why."""

    __tablename__ = "held_reading"
    value: Mapped[Decimal]
    source: Mapped[str] = mapped_column(Text)
    collected_from: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)


class HeldDecisionRow(Base):
    """What was decided of a held reading."""

    __tablename__ = "held_decision"
    __table_args__ = (ForeignKeyConstraint(["plan", "number"], ["held_reading.plan", "held_reading.number"]),)
    plan: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[Verdict] = mapped_column(String)
    by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]


# --- judgements --------------------------------------------------------------------------------------------------------


class JudgementRow(Base):
    """A change of status. Between two rows of an aspect, the earlier one holds; several of one day are ordered by id."""

    __tablename__ = "judgement"
    __table_args__ = (
        Index(None, "plan", "item", "aspect"),
        Index(None, "plan", "day"),
        Index(None, "plan", "aspect", "day"),  # slips are read from few of the rows: those of outcomes
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    item: Mapped[str]
    aspect: Mapped[str]
    day: Mapped[date]
    was: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)


# --- the outbox --------------------------------------------------------------------------------------------------------


class LetterRow(Base):
    """A letter and where it is on its way."""

    __tablename__ = "letter"
    __table_args__ = (
        # A queued letter without an instant would never be claimed: the database refuses to lose one.
        CheckConstraint("(state = 'queued') = (next_attempt_at IS NOT NULL)", name="queued_is_due"),
        Index(None, "plan", "state", "made_at", "key"),  # the next letter of a plan, however many other plans wait
        Index(None, "state"),
        Index(None, "plan", "day"),  # these two, so that what went out on a day is found however many years are kept
        Index(None, "plan", "sent_at"),
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    office: Mapped[str]
    day: Mapped[date]
    subject: Mapped[str]
    message_id: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    notices: Mapped[tuple[Notice, ...]] = mapped_column(NoticesJson)
    state: Mapped[LetterState]
    reason: Mapped[str] = mapped_column(Text)
    attempt: Mapped[int]
    put_off: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    claimant: Mapped[str | None]
    claimed_on: Mapped[date | None]
    lease_until: Mapped[datetime | None]
    data_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    caught: Mapped[bool]
    asked_for: Mapped[bool] = mapped_column(server_default=false())  # somebody wants this very letter to go out


class AttemptRow(Base):
    """One try to hand a letter over: written with the claim, closed once."""

    __tablename__ = "attempt"
    letter: Mapped[str] = mapped_column(ForeignKey("letter.key"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claimant: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[LetterState | None]
    said: Mapped[str | None] = mapped_column(Text)


class TellingRow(Base):
    """A row of plan.told.Telling, as long as its letter stands; when it was delivered, the letter knows."""

    __tablename__ = "telling"
    __table_args__ = (Index(None, "plan"), Index(None, "letter"))
    key: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str]
    letter: Mapped[str] = mapped_column(ForeignKey("letter.key"))
    item: Mapped[str]
    kind: Mapped[DutyKind] = mapped_column(String)
    period: Mapped[str]
    ladder: Mapped[str]
    step: Mapped[str]
    due: Mapped[date]
    address: Mapped[str]
    told_on: Mapped[date]
    skipped: Mapped[bool]


class WordRow(Base):
    """A row of ledger.records.Word: the last one about a subject holds."""

    __tablename__ = "word"
    __table_args__ = (Index(None, "plan", "about", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    about: Mapped[str]
    subject: Mapped[str]
    word: Mapped[str]
    by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]


class BeatRow(Base):
    """A row of ledger.records.Beat."""

    __tablename__ = "beat"
    __table_args__ = (Index(None, "plan", "flow", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    flow: Mapped[str]
    day: Mapped[date]
    ended_at: Mapped[datetime]
    said: Mapped[str] = mapped_column(Text)


class GrantRow(Base):
    """A row of ledger.records.Grant."""

    __tablename__ = "grant"
    id: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str]
    scope: Mapped[str]
    item: Mapped[str | None]
    office: Mapped[str]
    address: Mapped[str]
    version: Mapped[int]
    made_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


# --- what the pages remember ---------------------------------------------------------------------------------------------


class DraftRow(Base):
    """A row of ledger.records.Draft; the next one takes its place, and it goes when the answer is given."""

    __tablename__ = "draft"
    plan: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class VisitRow(Base):
    """How often somebody, or a link, came within a span that began at an instant."""

    __tablename__ = "visit"
    visitor: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class AuditRow(Base):
    """A row of ledger.records.AuditEntry."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "plan", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    at: Mapped[datetime]
    who: Mapped[str]
    did: Mapped[str]
    subject: Mapped[str]
    came_from: Mapped[str]


class EvidenceFileRow(Base):
    """A row of ledger.records.EvidenceFile; what is in the file stands in the store, under its SHA-256."""

    __tablename__ = "evidence_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    size: Mapped[int]
    stored_at: Mapped[datetime]


# --- rollups -----------------------------------------------------------------------------------------------------------


class RollupRow(Base):
    """A rollup as it was frozen."""

    __tablename__ = "rollup"
    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    frozen_on: Mapped[date]
    frozen_at: Mapped[datetime]
    seal: Mapped[str]
    text: Mapped[str] = mapped_column(Text)


class RollupFileRow(Base):
    """A file of a rollup, made when it was frozen."""

    __tablename__ = "rollup_file"
    __table_args__ = (ForeignKeyConstraint(["plan", "period"], ["rollup.plan", "rollup.period"]),)
    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    ending: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseRow(Base):
    """The word that released the board's copy of a rollup."""

    __tablename__ = "release"
    __table_args__ = (ForeignKeyConstraint(["plan", "period"], ["rollup.plan", "rollup.period"]),)
    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime]
