"""Server-sent events that notify open pages of changes made elsewhere."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.errors import DomainError, NotAllowed, SignInNeeded
from server.http.cookies import read_cookie
from server.http.origin import is_own_page
from server.http.sse import EventStream, event
from server.services.sign_in.sessions import SignedIn
from server.services.subscriptions.stream import Authorization, ChangeFilter
from server.web.html.request import desk_from, request_origin

SHOWN: Final = ChangeFilter(about=("token.", "account."))
NOT_SHOWN: Final = frozenset({"token.secret_revealed"})
"""It changes nothing that pages show, not even the page that shows the secret."""
AGAIN_AFTER_MS: Final = 1_000
"""How soon a browser reconnects after its stream was cut."""


async def follow(request: Request) -> Response:
    """Stream events to an `EventSource` for as long as the session lasts.

    The events are `listening` at the start, `changed` with the id of a token or account, and
    `ended` once the session is over. If the stream ends otherwise, the browser reconnects; changes
    in between are not sent, so the page then reloads what it shows.
    """
    desk = desk_from(request)
    if not is_own_page(request.headers, desk.settings.base_url):
        raise NotAllowed("This request came from another site and was refused.")
    if request.method == "HEAD":
        return Response(media_type=EventStream.media_type)
    return EventStream(_events(desk, _Session(desk, request)))


class _Session:
    """The page's session, which is checked without extending it."""

    def __init__(self, desk: Desk, request: Request) -> None:
        self._desk = desk
        self._cookie = read_cookie(request, desk.settings)
        self._origin = request_origin(request)

    async def resumed(self) -> SignedIn | None:
        """Return the current session; None if it has ended."""
        if not self._cookie:
            return None
        return await self._desk.sessions.resume(self._cookie, self._origin, seen=False)

    async def standing(self) -> Authorization | None:
        """Return the session as an authorization for the change feed; None if it has ended."""
        session = await self.resumed()
        return None if session is None else Authorization.of_person(session, self._desk.clock())


async def _events(desk: Desk, session: _Session) -> AsyncGenerator[str, None]:
    try:
        signed_in = await session.resumed()
        if signed_in is None:
            yield event("ended")
            return
        follow = desk.changes.follow(signed_in.actor, session.standing, SHOWN)
        async with follow as following:
            yield event("listening", again_after_ms=AGAIN_AFTER_MS)
            async for news in following:
                if news.event not in NOT_SHOWN:
                    yield event("changed", news.object_id)
    except SignInNeeded:
        yield event("ended")
    except DomainError:
        return
    except STORAGE_FAILURES:
        return
