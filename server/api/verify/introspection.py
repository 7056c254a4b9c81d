"""`/oauth/introspect`: token introspection (RFC 7662), and its metadata (RFC 8414)."""

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from server.api.verify.bearer_auth import INVALID, INVALID_TOKEN, OUTAGE, caller_of
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import Actor
from server.domain.errors import Unavailable
from server.domain.verification.verdict import Grant
from server.http.media_type import read_media_type

log = logging.getLogger("tokendesk")

PATH: Final = "/oauth/introspect"
METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
LARGEST_FORM: Final = 16 * 1024
"""Bytes of the form; a token has 83 characters."""

_MOST_FIELDS: Final = 20
_FORM: Final = "application/x-www-form-urlencoded"
_INACTIVE: Final = {"active": False}


class Introspect:
    """ASGI endpoint that describes a token to a caller that authenticates with its own token."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond in JSON, also if the request is wrong or the database is unavailable."""
        answer: Response
        try:
            answer = await self._answer(Request(scope, receive))
        except Unavailable as refusal:
            answer = _said(503, refusal.message, {"Retry-After": "5"})
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return _refusal(405, "Introspection takes POST alone.", {"Allow": "POST"})
        if "authorization" not in request.headers:
            # RFC 6750, section 3.1: a challenge to a request without credentials has no error code.
            return _said(401, "No token was sent.", {"WWW-Authenticate": "Bearer"})
        caller = await caller_of(request, self._desk)
        if caller.actor is None:
            return _error(401, "invalid_token", INVALID, INVALID_TOKEN)
        if read_media_type(request.headers.get("content-type", "")).name != _FORM:
            return _refusal(415, f"Send the form as {_FORM}.")
        form = await _body(request)
        if form is None:
            return _refusal(413, "The form is too large.")
        token = _token(form)
        if token is None:
            return _refusal(400, "Send the form field token, once.")
        grant, from_memory = await self._about(caller.actor, token)
        answer = JSONResponse(_INACTIVE if grant is None else _facts(grant))
        if from_memory or caller.from_memory:
            answer.headers.update(OUTAGE)
        return answer

    async def _about(self, caller: Actor, token: str) -> tuple[Grant | None, bool]:
        """Return what the caller may know, and whether it comes from the cache in an outage."""
        introspection = self._desk.introspection
        try:
            return await introspection.about(caller, token), False
        except STORAGE_FAILURES as error:
            try:
                grant = introspection.about_from_memory(caller, token)
            except Unavailable:
                log.error("storage failed: %s: %s", type(error).__name__, error)
                raise
            log.warning("answered from memory while storage fails: %s", type(error).__name__)
            return grant, True


async def metadata(request: Request) -> Response:
    """Serve the authorization server metadata (RFC 8414): introspection is supported, no grant is.

    `Bearer` is the registered name of the endpoint's authentication method. Both empty lists are on
    purpose: `response_types_supported` is required, and without `grant_types_supported` clients
    would assume the authorization code and implicit grants.
    """
    desk: Desk = request.app.state.desk
    origin = desk.settings.origin
    return JSONResponse(
        {
            "issuer": origin,
            "response_types_supported": [],
            "grant_types_supported": [],
            "introspection_endpoint": origin + PATH,
            "introspection_endpoint_auth_methods_supported": ["Bearer"],
        }
    )


async def _body(request: Request) -> bytes | None:
    """Read the body; return None, and stop reading, if it is larger than `LARGEST_FORM`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return bytes(body)


def _token(body: bytes) -> str | None:
    """Return the form's token; None if it is missing, empty or repeated, or the body is no form."""
    try:
        fields = parse_qsl(body.decode("latin-1"), errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    tokens = [text for name, text in fields if name == "token"]
    return tokens[0] if len(tokens) == 1 else None


def _facts(grant: Grant) -> dict[str, Any]:
    """Return the claims of RFC 7662, section 2.2; a rotated-out secret may expire earlier."""
    facts: dict[str, Any] = {
        "active": True,
        "sub": grant.token_id,
        "client_id": grant.account_id,
        "iat": int(grant.created_at.timestamp()),
        "token_type": "Bearer",
        "username": grant.token_name,
    }
    if grant.module_ids:
        facts["scope"] = " ".join(sorted(grant.module_ids))
    ends = [each for each in (grant.expires_at, grant.secret_accepted_until) if each is not None]
    if ends:
        facts["exp"] = int(min(ends).timestamp())
    return facts


def _refusal(status: int, description: str, headers: Mapping[str, str] | None = None) -> Response:
    return _error(status, "invalid_request", description, headers)


def _error(
    status: int, code: str, description: str, headers: Mapping[str, str] | None = None
) -> Response:
    return JSONResponse({"error": code, "error_description": description}, status, headers)


def _said(status: int, description: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error_description": description}, status, headers)
