"""Which kind of mail a day's digest becomes, by what it has to say."""

from ledger.records import CABINET, DIGEST, ESCALATION, RECOVERY, WELCOME
from notifications.footing import footing
from plan.digests import Digest
from plan.ladder import Situation
from plan.model import Role
from plan.slip_ladder import RECOVERED

_CABINET: tuple[Role, ...] = ("cabinet_lead", "plan_administrator")


def kind_of(digest: Digest, situation: Situation) -> str:
    """Return the kind of a person's mail of a day, the first that fits.

    welcome:    an answer is asked for, and nothing was told to this address before the day
    digest:     an answer is asked for
    recovery:   nothing but measures that are back on track
    cabinet:    nothing but last steps, told to the cabinet lead or to the office that keeps the plan
    escalation: nothing but what others owe, told to one who stands above them
    digest:     everything else
    """
    if is_asked(digest, situation):
        return DIGEST if _was_told_before(digest, situation) else WELCOME
    footings = [footing(notice, situation, as_of=digest.day) for notice in digest.notices]
    if all(on.step == RECOVERED for on in footings):
        return RECOVERY
    if all(on.last for on in footings) and _is_of_the_cabinet(digest, situation):
        return CABINET
    return ESCALATION if all(on.told_as for on in footings) else DIGEST


def is_asked(digest: Digest, situation: Situation) -> bool:
    """Return whether the reader may answer any of it, as owner or as stand-in."""
    return any(footing(notice, situation, as_of=digest.day).answers for notice in digest.notices)


def _was_told_before(digest: Digest, situation: Situation) -> bool:
    """Return whether something was told before the day; a rehearsal has told what is of the day itself, and later."""
    return any(day < digest.day for day in situation.told.digest_days(digest.to.address))


def _is_of_the_cabinet(digest: Digest, situation: Situation) -> bool:
    """Return whether the reader is the cabinet lead or the office that keeps the plan, also where either supervises as well."""
    people = situation.roster.people_in(_CABINET, digest.notices[0].item, as_of=digest.day)
    return digest.to.address in {person.address for person in people}
