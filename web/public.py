"""The public page: the plan as everybody may see it, without a password, a cookie or a name. It only looks.

Its pages are made once and kept until a fact, a file or the day changes. What goes wrong is told to the administrators, in the
log and on their own pages; here it is only said that there is nothing to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable
from notifications.publication.pages import MEDIA_TYPES, Addresses, Publication, publication
from plan.periods import OutsideCalendar
from plan.phrase import Language, phrase
from plan.public import public
from tasks.workplace import PlanHasProblems, Workplace
from web.answers import refusal
from web.desk import Desk
from web.language import CHOICE, NAMES, chosen_in, language_of

PATH = "/plan"
KEPT_SECONDS = 300
"""How long browsers, and what stands between, may show a page without asking again."""
NOTHING_HERE = phrase("There is nothing under this address.")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A publication, and what it was made from: the files, the day and the ledger's mark."""

    files: Workplace
    made_from: tuple[object, ...]
    published: dict[tuple[Language, bool], Publication]
    """As far as somebody asked for it in a language, and whether the address had chosen that."""


class PublicPages:
    """The pages under the public address."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: _Kept | None = None
        self._making = Lock()

    def overview(self, request: Request) -> Response:
        """Show where the whole plan stands."""
        return self._answer(request, lambda published: published.overview, "text/html")

    def one(self, name: str, request: Request) -> Response:
        """Show one objective, or give a file that the pages need."""
        media_type = MEDIA_TYPES.get(name, "text/html")
        return self._answer(request, lambda said: said.objectives.get(name) or said.files.get(name), media_type)

    def _answer(self, request: Request, choose: Callable[[Publication], bytes | None], media_type: str) -> Response:
        language = language_of(request)
        if not self._desk.settings.public_plan:
            return _none(language)  # like any address under which there is nothing
        try:
            found = choose(self._published(language, is_chosen=chosen_in(request) is not None))
        except (PlanHasProblems, OutsideCalendar, DatabaseUnreachable, DatabaseBehind, DatabaseTooNew):
            sentence = phrase("The plan cannot be shown at the moment. Please come back later.")
            return refusal(503, phrase("Not to be shown now"), sentence, language=language)
        if found is None:
            return _none(language)
        headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}", "Vary": "Accept-Language"}
        return Response(found, media_type=media_type, headers=headers)

    def _published(self, language: Language, *, is_chosen: bool) -> Publication:
        """Return what is published now; of many who ask at once, one has it made and the others wait."""
        with self._making:
            files, day = self._desk.workplace(), self._desk.judged("").day
            with self._desk.ledger() as ledger:
                made_from = (day, ledger.mark(files.plan.id) if ledger else None)
                kept = self._kept
                if kept is None or kept.files is not files or kept.made_from != made_from:
                    kept = self._kept = _Kept(files, made_from, {})
                if (language, is_chosen) not in kept.published:
                    shown = public(self._desk.situation(ledger, as_of=day), as_of=day)
                    to = addresses(language, is_chosen=is_chosen)
                    kept.published[language, is_chosen] = publication(shown, to, language=language)
            return kept.published[language, is_chosen]


def addresses(language: Language, *, is_chosen: bool) -> Addresses:
    """Return how pages in a language name each other, and themselves in the others; a choice goes along from page to page."""
    query = f"?{CHOICE}={language}" if is_chosen else ""
    others = tuple((f"?{CHOICE}={code}", code, name) for code, name in NAMES.items() if code != language)
    return Addresses(overview=f"{PATH}{query}", objectives=f"{PATH}/{{}}{query}", files=f"{PATH}/", languages=others)


def _none(language: Language) -> Response:
    return refusal(404, phrase("Not found"), NOTHING_HERE, language=language)
