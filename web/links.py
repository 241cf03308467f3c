"""Which page a link from a mail opens, by what it gives leave to do."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from web.owner import OwnersPages
from web.unsubscribe import Unsubscribing


@dataclass(frozen=True)
class Links:
    """All that links from mails open; what none of them opens is answered like a link that turns the overview off."""

    owners: OwnersPages
    unsubscribing: Unsubscribing

    def look(self, token: str, request: Request) -> Response:
        """Show the page of a link."""
        return self.owners.all(token, request) if self.owners.knows(token) else self.unsubscribing.one(token, request)

    async def answer(self, token: str, request: Request) -> Response:
        """Take what is sent to the page of a link."""
        if self.owners.knows(token):
            return await self.owners.answer_all(token, request)
        return await self.unsubscribing.turn(token, request)
