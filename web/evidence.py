"""Evidence on pages: each piece with what was decided of it, and the files themselves, which browsers save and never show."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from ledger.ledger import Ledger
from ledger.records import EvidenceFile
from plan.facts import Acceptance, Evidence, Facts, Piece, SentBack
from plan.implementation import ends_on
from plan.ladder import Situation
from plan.looking import BACK, needs_acceptance
from plan.phrase import phrase
from plan.wording import in_words
from tasks.evidence_kinds import MEDIA_TYPES
from tasks.evidence_store import file_name, path_of
from tasks.settings import Settings
from web.wording import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceShown:
    """A piece of evidence."""

    name: str
    address: str
    """Where it is, if it is an address; else empty."""
    sha256: str
    """Of a file that is in the store; else empty."""
    size: str
    """Kind and size of that file, as in "PDF, 1.2 MB"."""
    dated: str
    valid_until: str
    given: str
    note: str
    state: str
    tone: Tone
    decision: str
    """What was decided of it, with who did and why; empty while nobody has."""
    choice: str
    """What a form carries to send it back; empty where it was sent back already."""


def pieces_shown(code: str, situation: Situation, file_of: Callable[[str], EvidenceFile | None]) -> tuple[PieceShown, ...]:
    """Return the evidence of an item, the latest first.

    Args:      file_of: returns what is known of a file in the store, by its digest
    """
    pieces = enumerate(situation.facts.pieces(code), 1)
    shown = (_shown(piece, f"{BACK}{number}", situation, file_of) for number, piece in pieces)
    return tuple(shown)[::-1]


def _shown(piece: Piece, choice: str, situation: Situation, file_of: Callable[[str], EvidenceFile | None]) -> PieceShown:
    evidence, plan = piece.evidence, situation.plan
    file = file_of(evidence.sha256) if evidence.sha256 else None
    state, tone, decision = _stands(piece, is_needed=needs_acceptance(plan.items[evidence.item], plan))
    return PieceShown(
        name=evidence.reference,
        address=evidence.reference if evidence.reference.casefold().startswith(("https://", "http://")) else "",
        sha256=file.sha256 if file else "",
        size=f"{file.kind.upper()}, {size_in_words(file.size)}" if file else "",
        dated=in_words(evidence.dated_on),
        valid_until=in_words(ends_on(evidence, plan.settings.evidence_valid_months)),
        given=phrase("{by}, {day}", by=evidence.by, day=in_words(evidence.known_on)),
        note=evidence.note,
        state=state,
        tone=tone,
        decision=decision,
        choice=choice if piece.counts else "",
    )


def _stands(piece: Piece, *, is_needed: bool) -> tuple[str, Tone, str]:
    match piece.decision:
        case Acceptance() as accepted:
            return phrase("accepted"), "done", _decision(accepted)
        case SentBack() as sent_back:
            return phrase("sent back"), "late", _decision(sent_back)
    if is_needed:
        return phrase("waits to be accepted"), "soon", ""
    return phrase("given"), "quiet", ""


def _decision(decision: Acceptance | SentBack) -> str:
    day = in_words(decision.known_on)
    if not decision.note:
        return phrase("{by}, {day}", by=decision.by, day=day)
    return phrase("{by}, {day}: {note}", by=decision.by, day=day, note=decision.note)


def size_in_words(size: int) -> str:
    """Return a number of bytes as people write it, as in "1.2 MB"; never less than 1 KB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 999_500 else f"{max(1, round(size / 1000))} KB"


# --- files -------------------------------------------------------------------------------------------------------------


def is_named(sha256: str, facts: Facts) -> bool:
    """Return whether a file is evidence among these facts."""
    return any(one.sha256 == sha256 for one in facts.every if isinstance(one, Evidence))


def given_back(sha256: str, facts: Facts, settings: Settings, ledger: Ledger | None) -> Response | None:
    """Return a file of the store as what a browser saves under the name that it came with; None if it is not there.

    Args:      facts: those in which its name is looked for
    """
    path = path_of(sha256, settings)
    file = ledger.pages.file(sha256) if ledger and path else None
    if file is None or path is None:
        return None
    named = (one.reference for one in facts.every if isinstance(one, Evidence) and one.sha256 == sha256)
    return _attached(path, file, file_name(next(named, f"{sha256[:12]}.{file.kind}")))


def _attached(path: Path, file: EvidenceFile, name: str) -> Response:
    headers = {
        "Content-Disposition": attachment(name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return FileResponse(path, media_type=MEDIA_TYPES[file.kind], headers=headers)


def attachment(name: str) -> str:
    """Return the header by which a browser saves a file under a name, whatever characters it has.

    Source:    RFC 6266, 4.3 and appendix D; RFC 8187, 3.2
    """
    plain = "".join(letter if letter.isalnum() or letter in "._- ()" else "_" for letter in _ascii(name)).strip()
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


def _ascii(text: str) -> str:
    return normalize("NFKD", text).encode("ascii", "ignore").decode()
