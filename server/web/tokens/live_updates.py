"""What an open page is told of changes made elsewhere: that there was one, and of what."""

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
"""It changes nothing that a page shows, least of all the one that shows the secret."""
AGAIN_AFTER_MS: Final = 1_000
"""How soon a page comes again whose stream was cut."""


async def follow(request: Request) -> Response:
    """Events for `EventSource`, for as long as the session lasts.

    `listening` when it has begun, `changed` with the id of a token or account, and `ended` when
    there is no session any more. Where the stream ends without that, the browser comes again, and
    what happened between is not told: the page reads anew what it shows.
    """
    desk = desk_from(request)
    if not is_own_page(request.headers, desk.settings.base_url):
        raise NotAllowed("This request came from another site and was refused.")
    if request.method == "HEAD":
        return Response(media_type=EventStream.media_type)
    return EventStream(_events(desk, _Session(desk, request)))


class _Session:
    """The page's session. Being told of changes is no sign of life of the person."""

    def __init__(self, desk: Desk, request: Request) -> None:
        self._desk = desk
        self._cookie = read_cookie(request, desk.settings)
        self._origin = request_origin(request)

    async def resumed(self) -> SignedIn | None:
        """Who is signed in, if the session has not ended."""
        if not self._cookie:
            return None
        return await self._desk.sessions.resume(self._cookie, self._origin, seen=False)

    async def standing(self) -> Authorization | None:
        """The same for the feed."""
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
