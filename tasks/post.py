"""Put a day's letters into the outbox, all in one transaction with what they tell."""

from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import Letter
from plan.digests import Post
from plan.ladder import Situation
from tasks.channels import messages_of
from tasks.letters import letters_of
from tasks.settings import Settings


@task(task_run_name="compose letters", cache_policy=NO_CACHE)
def compose_letters(
    post: Post, situation: Situation, settings: Settings, *, as_of: date, made_at: datetime
) -> tuple[Letter, ...]:
    """Write one letter for each digest, and one message to each channel; from here on their bytes do not change."""
    mails = letters_of(post, situation, settings, made_at=made_at)
    return (*mails, *messages_of(post, situation, settings, on=as_of, made_at=made_at))


@task(task_run_name="post letters", cache_policy=NO_CACHE)
def post_letters(ledger: Ledger, letters: tuple[Letter, ...]) -> tuple[str, ...]:
    """Queue letters with what they tell, and return the keys of those that were not queued before."""
    return ledger.post(letters)
