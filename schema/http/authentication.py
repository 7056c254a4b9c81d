"""Authentication of requests and sockets by token or session."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import HTTPConnection

from schema.base.context import Context
from schema.base.request_headers import RequestHeaders
from server.desk import Desk
from server.domain.actor import NOBODY, Origin
from server.http.bearer import bearer
from server.http.cookies import read_cookie
from server.http.origin import is_own_page

INVALID_TOKEN: Final = "The token is invalid."  # noqa: S105 - a message, not a credential
FOREIGN: Final = "This request came from another site and was refused."


class InvalidToken(Exception):
    """An invalid token was sent; it never falls back to the cookie or to anonymous access."""


class ForeignPage(Exception):
    """A page of another site sent the request, so its cookie must not count."""


class Authenticator:
    """Finds the caller of a request or socket."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of_request(self, head: RequestHeaders) -> Context:
        """Authenticate by `Authorization: Bearer`, else by session cookie, else as nobody.

        A cookie counts only on our own pages. Raises `InvalidToken` or `ForeignPage`.
        """
        if head.credentials:
            return await self._by_token(bearer(head.credentials), head.origin)
        if not is_own_page(head.headers, self._desk.settings.base_url):
            raise ForeignPage
        return await self._by_cookie(head)

    async def of_socket(self, head: RequestHeaders, payload: object) -> Context:
        """Authenticate by `Authorization` in `connection_init`'s payload, else as a request.

        `payload` may be anything the client sent; the key is case-insensitive. Raises
        `InvalidToken` or `ForeignPage`.
        """
        sent = payload if isinstance(payload, Mapping) else {}
        credentials = [
            value for name, value in sent.items() if str(name).lower() == "authorization"
        ]
        if not credentials:
            return await self.of_request(head)
        if not all(isinstance(each, str) for each in credentials):
            raise InvalidToken
        return await self._by_token(bearer(credentials), head.origin)

    async def _by_token(self, text: str | None, origin: Origin) -> Context:
        actor = await self._desk.verifier.actor(text, origin) if text else None
        if text is None or actor is None:
            raise InvalidToken
        return Context(self._desk, actor, bearer=text)

    async def _by_cookie(self, head: RequestHeaders) -> Context:
        origin = head.origin
        cookie = read_cookie(HTTPConnection(head.scope), self._desk.settings)
        session = await self._desk.sessions.resume(cookie, origin) if cookie else None
        if session is None:
            return Context(self._desk, replace(NOBODY, origin=origin))
        return Context(self._desk, session.actor, session, cookie)
