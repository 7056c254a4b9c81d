"""Who asks: a request's or socket's token or session, as the context that resolvers get."""

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
    """A token was sent that is not valid: it never falls back to the cookie, nor to nobody."""


class ForeignPage(Exception):
    """A page of another site asked, with whatever cookie the browser added by itself."""


class Authenticator:
    """Finds out who asks, and whether they still may."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of_request(self, head: RequestHeaders) -> Context:
        """By `Authorization: Bearer`, else by the session cookie, else nobody.

        A cookie counts for our own pages alone. `InvalidToken`, `ForeignPage`.
        """
        if head.credentials:
            return await self._by_token(bearer(head.credentials), head.origin)
        if not is_own_page(head.headers, self._desk.settings.base_url):
            raise ForeignPage
        return await self._by_cookie(head)

    async def of_socket(self, head: RequestHeaders, payload: object) -> Context:
        """By the `Authorization` in the payload of `connection_init`, else as a request.

        `payload` is whatever the client sent; its key may be written in any case.
        `InvalidToken`, `ForeignPage`.
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
