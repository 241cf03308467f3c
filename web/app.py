"""The application: which page stands under which address, and what is answered when something is wrong."""

from collections.abc import Callable
from datetime import date, datetime

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.ledger import AnsweredMeanwhile, DatabaseBehind, DatabaseTooNew, DatabaseUnreachable, LetterStands, NoSuchLetter
from plan.periods import OutsideCalendar
from plan.phrase import phrase
from tasks.frozen import SealBroken
from tasks.hints import unheard
from tasks.said import MailStands
from tasks.settings import Settings
from tasks.watch import ALARM
from tasks.workplace import PlanHasProblems
from web.answers import html, refusal, said_by
from web.asked import FormTooLong, NotFromItsPage
from web.audit import Audit
from web.desk import Desk, Masthead, NotADay
from web.guard import Guard, is_open, path_of, secured
from web.items import Items
from web.language import language_of
from web.limits import Limits
from web.links import Links
from web.look import Look
from web.outbox import NoSuchState, NotInOutbox, Outbox
from web.owing import NotOwing, Owing
from web.owner import OwnersPages
from web.pages import NoInbox, NotHere, Pages
from web.people import NoSuchLink, NoSuchOffice, NotReferred, People
from web.post import NoSuchSheet
from web.preview import NoSuchMail, Preview
from web.public import NOTHING_HERE, PATH, PublicPages
from web.rollups import NoSuchRollup, Rollups
from web.unsubscribe import Unsubscribing
from web.uploads import FormBroken, LengthMissing
from web.watch import HEALTH, Later, Watchman, besides

# What a page cannot go on from, and what it answers then.
_ANSWERS: dict[type[Exception], tuple[int, str]] = {
    NotADay: (400, phrase("Not a day")),
    OutsideCalendar: (400, phrase("Not a day of the plan")),
    NotHere: (404, phrase("Not found")),
    NoInbox: (404, phrase("No inbox")),
    NoSuchMail: (404, phrase("Not found")),
    NoSuchSheet: (404, phrase("Not found")),
    NoSuchRollup: (404, phrase("Not found")),
    NoSuchState: (404, phrase("Not found")),
    NotInOutbox: (404, phrase("Not found")),
    NotOwing: (404, phrase("Not found")),
    NoSuchLetter: (404, phrase("Not found")),
    NoSuchOffice: (404, phrase("Not found")),
    NotReferred: (409, phrase("It is so already")),
    NoSuchLink: (409, phrase("It is so already")),
    AnsweredMeanwhile: (409, phrase("Answered meanwhile")),
    LetterStands: (409, phrase("Not possible any more")),
    MailStands: (409, phrase("It is so already")),
    FormBroken: (400, phrase("Not whole")),
    LengthMissing: (411, phrase("Without a length")),
    FormTooLong: (413, phrase("Too long")),
    NotFromItsPage: (403, phrase("Not from this page")),
    SealBroken: (500, phrase("A broken seal")),
    DatabaseUnreachable: (503, phrase("No database")),
    DatabaseBehind: (503, phrase("An older database")),
    DatabaseTooNew: (503, phrase("A newer database")),
}

_SAID = {
    404: (phrase("Not found"), NOTHING_HERE),
    405: (phrase("Not possible"), phrase("This page can be looked at, and nothing else.")),
}

_FAULT = phrase("This page could not be made because of a fault in plankeeper; what happened stands in its log.")
_CORRECTED = phrase(
    "The files of the plan are being corrected, so this page cannot be shown just now; open the link again later."
)


def create_app(
    settings: Settings,
    *,
    today: Callable[[], date],
    now: Callable[[], datetime],
    later: Later = besides,
    answered: Callable[[str], object] = unheard,
) -> FastAPI:
    """Return the application.

    Args:      today: gives the day that pages are judged for when none is asked for
               now: gives the instant, in UTC, at which something is decided on a page
               later: has done besides what takes longer than an answer may
               answered: is given the id of the plan after each submission that was recorded, and each decision on evidence
    """
    desk = Desk(settings, today=today)
    app = FastAPI(title="plankeeper", openapi_url=None, redirect_slashes=False)
    app.middleware("http")(Guard(settings, Limits(settings, now, kept=desk.kept)))
    _add_pages(app, Pages(desk))
    _add_items(app, Items(desk, now, answered))
    _add_owing(app, Owing(desk))
    _add_outbox(app, Outbox(desk, now))
    _add_preview(app, Preview(desk, now))
    _add_rollups(app, Rollups(desk, now))
    _add_looking(app, Look(desk, now, answered))
    _add_links(app, Links(OwnersPages(desk, now, answered), Unsubscribing(desk, now)))
    _add_public(app, PublicPages(desk))
    _add_people(app, People(desk, now), Audit(desk))
    _add_watch(app, Watchman(desk, now, later))
    _add_answers(app, desk)
    return app


def _add_pages(app: FastAPI, pages: Pages) -> None:
    routes: tuple[tuple[str, Callable[..., Response]], ...] = (
        ("/", pages.plan),
        ("/inbox", pages.inbox),
        ("/inbox/{id}", pages.mail),
        ("/inbox/{id}/html", pages.mail_html),
        ("/static/{name}", pages.static),
    )
    for path, show in routes:
        app.add_api_route(path, show, methods=["GET", "HEAD"])


def _add_items(app: FastAPI, items: Items) -> None:
    app.add_api_route("/items/{code}", items.item, methods=["GET", "HEAD"])
    app.add_api_route("/items/{code}/evidence", items.look, methods=["POST"])
    app.add_api_route("/evidence/{sha256}", items.file, methods=["GET", "HEAD"])


def _add_owing(app: FastAPI, owing: Owing) -> None:
    app.add_api_route("/owing", owing.all, methods=["GET", "HEAD"])


def _add_outbox(app: FastAPI, outbox: Outbox) -> None:
    for path, show in (
        ("/outbox", outbox.all),
        ("/outbox/letters/{key:path}", outbox.one),
        ("/outbox/looks/{key:path}", outbox.looks),
        ("/held-back", outbox.held_back),
    ):
        app.add_api_route(path, show, methods=["GET", "HEAD"])
    app.add_api_route("/outbox/word", outbox.say, methods=["POST"])
    app.add_api_route("/outbox/word/{key:path}", outbox.say, methods=["POST"])


def _add_preview(app: FastAPI, preview: Preview) -> None:
    for path, show in (
        ("/preview", preview.all),
        ("/preview/looks/{day}/{address:path}", preview.looks),
        ("/preview/{day}/{address:path}", preview.one),
    ):
        app.add_api_route(path, show, methods=["GET", "HEAD"])


def _add_rollups(app: FastAPI, rollups: Rollups) -> None:
    for path, show in (
        ("/rollups", rollups.all),
        ("/rollups/{period}", rollups.one),
        ("/rollups/{period}/{name}", rollups.file),
    ):
        app.add_api_route(path, show, methods=["GET", "HEAD"])
    app.add_api_route("/rollups/{period}/release", rollups.let_go, methods=["POST"])


def _add_looking(app: FastAPI, look: Look) -> None:
    app.add_api_route("/u/{token}/look/{code}", look.one, methods=["GET", "HEAD"])
    app.add_api_route("/u/{token}/look/{code}", look.decide, methods=["POST"])
    app.add_api_route("/u/{token}/evidence/{sha256}", look.file, methods=["GET", "HEAD"])


def _add_links(app: FastAPI, links: Links) -> None:
    app.add_api_route("/u/{token}/{code}", links.owners.one, methods=["GET", "HEAD"])
    app.add_api_route("/u/{token}/{code}", links.owners.answer_one, methods=["POST"])
    app.add_api_route("/u/{token}/{code}/undo", links.owners.undo, methods=["POST"])
    app.add_api_route("/u/{token:path}", links.look, methods=["GET", "HEAD"])
    app.add_api_route("/u/{token:path}", links.answer, methods=["POST"])


def _add_people(app: FastAPI, people: People, audit: Audit) -> None:
    app.add_api_route("/people", people.all, methods=["GET", "HEAD"])
    app.add_api_route("/people/referrals", people.ask_back, methods=["POST"])
    app.add_api_route("/people/{office}", people.one, methods=["GET", "HEAD"])
    app.add_api_route("/people/{office}/links", people.take_back, methods=["POST"])
    app.add_api_route("/audit", audit.all, methods=["GET", "HEAD"])


def _add_public(app: FastAPI, pages: PublicPages) -> None:
    app.add_api_route(PATH, pages.overview, methods=["GET", "HEAD"])
    app.add_api_route(f"{PATH}/{{name}}", pages.one, methods=["GET", "HEAD"])


def _add_watch(app: FastAPI, watchman: Watchman) -> None:
    app.add_api_route(HEALTH, watchman.health, methods=["GET", "HEAD"])
    app.add_api_route(ALARM, watchman.alarm, methods=["POST"])


def _add_answers(app: FastAPI, desk: Desk) -> None:
    def head(request: Request) -> Masthead | None:
        return None if is_open(path_of(request)) else desk.masthead()

    def named(request: Request, error: Exception) -> Response:
        status, title = _ANSWERS[type(error)]
        return refusal(status, title, said_by(error), head(request), language=language_of(request))

    def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # registered for these only
        unsaid = phrase("The request cannot be answered: {why}.", why=error.detail)
        title, sentence = _SAID.get(error.status_code, (phrase("Not possible"), unsaid))
        answer = refusal(error.status_code, title, sentence, head(request), language=language_of(request))
        answer.headers.update(error.headers or {})
        return answer

    def problems(request: Request, error: Exception) -> Response:
        assert isinstance(error, PlanHasProblems)
        if is_open(path_of(request)):
            return refusal(503, phrase("Being corrected"), _CORRECTED, language=language_of(request))
        return html("problems", desk.masthead(), language=language_of(request), status=503, problems=error.problems)

    def unforeseen(request: Request, _error: Exception) -> Response:
        # Made outside the guard, which has been passed; the error goes on to the server's log.
        return secured(refusal(500, phrase("A fault"), _FAULT, language=language_of(request)))

    for kind in _ANSWERS:
        app.add_exception_handler(kind, named)
    app.add_exception_handler(HTTPException, unknown)
    app.add_exception_handler(PlanHasProblems, problems)
    app.add_exception_handler(Exception, unforeseen)
