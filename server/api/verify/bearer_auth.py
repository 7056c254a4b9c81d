"""Authentication of programs by bearer token, which can go on while the database is unavailable."""

import logging
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import Actor, Origin
from server.domain.errors import Unavailable
from server.http.bearer import bearer
from server.services.verification.actors import token_actor

INVALID: Final = "The token is invalid."
INVALID_TOKEN: Final = {
    "WWW-Authenticate": f'Bearer error="invalid_token", error_description="{INVALID}"'
}
"""Header of a 401 response to an invalid token (RFC 6750, section 3)."""

OUTAGE: Final = {"X-Tokendesk-Outage": "answered from memory"}
"""Header of every response that relies on cached data because the database is unavailable."""

log = logging.getLogger("tokendesk")


@dataclass(frozen=True)
class Caller:
    """The result of authenticating a request; `actor` is None if there is no valid token."""

    actor: Actor | None
    from_memory: bool


async def caller_of(request: Request, desk: Desk) -> Caller:
    """Authenticate a request by its one `Authorization: Bearer` header.

    While the database is unavailable, cached facts decide for as long as the operator allows; after
    that it raises `Unavailable`.
    """
    text = bearer(request.headers.getlist("authorization"))
    if text is None:
        return Caller(None, from_memory=False)
    address = request.client.host if request.client else ""
    origin = Origin(address, request.headers.get("user-agent", ""))
    try:
        verdict = await desk.verifier.verify(text, used_from=origin)
    except STORAGE_FAILURES as error:
        remembered = desk.verifier.verify_from_memory(text, used_from=origin)
        if remembered is None:
            log.error("storage failed: %s: %s", type(error).__name__, error)
            raise Unavailable("Tokendesk cannot reach its storage right now.") from None
        log.warning("answered from memory while storage fails: %s", type(error).__name__)
        return Caller(token_actor(remembered, origin), from_memory=True)
    return Caller(token_actor(verdict, origin), from_memory=False)
