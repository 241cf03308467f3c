"""What `rehearse` prints as JSON: the days with their mails."""

from collections.abc import Iterable, Iterator
from typing import Any

from flows.forms import rehearsed_form
from notifications.digest import subject
from notifications.kinds import kind_of
from notifications.message import Sender, message_id
from plan.digests import Digest
from plan.ladder import Situation
from plan.rehearsal import RehearsedDay
from tasks.letters import sender_for
from tasks.settings import Settings


def day_forms(days: Iterable[RehearsedDay], situation: Situation, settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the days with their mails; of a mail only what identifies it is written."""
    sender = sender_for(settings, situation.roster)
    for day in days:
        mails = [_mail(digest, situation, sender) for digest in day.post.digests]
        yield {"day": day.day.isoformat(), "mails": mails}


def _mail(digest: Digest, situation: Situation, sender: Sender) -> dict[str, Any]:
    kind = kind_of(digest, situation)
    return rehearsed_form(
        digest,
        kind=kind,
        subject=subject(digest, kind=kind, situation=situation),
        message_id=message_id(sender.key, digest.key, sender.domain),
    )
