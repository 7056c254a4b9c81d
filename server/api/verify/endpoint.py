"""`/verify`: forward-auth for gateways and services, with any method."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from server.api.verify.responses import (
    AWAY,
    FROM_MEMORY,
    INVALID,
    MALFORMED_MODULE,
    NOTHING_SENT,
    UNKNOWN_PARAMETER,
    Answer,
    ResponseTemplate,
    from_verdict,
    response_template,
)
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import Origin
from server.domain.ids import IdKind
from server.domain.tokens.secret import Secret
from server.domain.verification.verdict import Outcome
from server.http.bearer import bearer
from server.services.usage.counters import Client
from server.services.verification.facts import TokenFacts

log = logging.getLogger("tokendesk")


PATH: Final = "/verify"


MOST_MODULES: Final = 100


_MODULE: Final = "module"


_APPENDED: Final = "path"


Headers = Iterable[tuple[bytes, bytes]]


class Verify:
    """ASGI endpoint that verifies a bearer: 200 with identity headers, 401, 403 (RFC 6750)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._verifier = desk.verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond from the request's head alone; the body is not read."""
        headers, client, query = scope["headers"], scope["client"], scope["query_string"]
        answer = None if query else self.at_once(headers, client)
        answer = answer or await self.look_up(headers, client, query)
        await send(answer.start)
        await send({"type": "http.response.body", "body": answer.body})

    def at_once(self, headers: Headers, client: Client) -> Answer | None:
        """Return the response to a request without parameters if it needs no lookup, else None.

        That is the case for a cached token with the right secret that is valid now, and for a
        bearer that does not have the form of a secret.
        """
        credentials, sent, agent = b"", 0, b""
        for name, value in headers:
            if name == b"authorization":
                credentials, sent = value, sent + 1
            elif name == b"user-agent":
                agent = value
        if sent != 1 or credentials[:7] != b"Bearer ":
            return None
        text = credentials[7:]
        facts = self._verifier.verify_cached(text, client, agent)
        if facts is not None:
            way = facts.kept or _prepare(facts)
            return way.answer(facts.token_id, facts.name, facts.expires_at)
        if Secret.is_well_formed(text):
            return None
        self._desk.verification_metrics.malformed += 1
        return INVALID

    async def look_up(self, headers: Headers, client: Client, query: bytes = b"") -> Answer:
        """Return the response to any request, from the cache or the database."""
        required = _modules(query)
        if isinstance(required, Answer):
            return required
        credentials = [value for name, value in headers if name == b"authorization"]
        text = bearer([each.decode("latin-1") for each in credentials])
        if text is None:
            self._desk.verification_metrics.missing += 1
            return INVALID if credentials else NOTHING_SENT
        origin = Origin(_address(client), _agent(headers))
        try:
            verdict = await self._verifier.verify(text, required, used_from=origin)
        except STORAGE_FAILURES as error:
            return self._without_storage(text, required, origin, error)
        return INVALID if verdict.outcome is Outcome.UNKNOWN else from_verdict(verdict)

    def _without_storage(
        self, text: str, required: Sequence[str], origin: Origin, error: Exception
    ) -> Answer:
        """Respond from the cache, marked as such, while the operator allows it; then with 503."""
        verdict = self._verifier.verify_from_memory(text, required, used_from=origin)
        if verdict is None:
            log.error("storage failed: %s: %s", type(error).__name__, error)
            return AWAY
        log.warning("answered from memory while storage fails: %s", type(error).__name__)
        return from_verdict(verdict, FROM_MEMORY)


def _prepare(facts: TokenFacts) -> ResponseTemplate:
    """Build the response template of a token, and store it with its facts."""
    account = facts.account
    facts.kept = way = response_template(account.id, account.type, facts.module_ids)
    return way


def _modules(query: bytes) -> list[str] | Answer:
    """Return the modules that a query requires, or the error response to an invalid query.

    Unknown parameters are errors: ignoring a misspelt `module` would let every token pass. Only
    what follows `path` is ignored, as gateways append the URL of their client's request there.
    """
    if not query:
        return []
    modules, appended = [], False
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name == _MODULE:
            modules.append(value)
        elif name == _APPENDED:
            appended = True
        elif not appended:
            return UNKNOWN_PARAMETER
    fine = len(modules) <= MOST_MODULES and all(map(IdKind.MODULE.matches, modules))
    return modules if fine else MALFORMED_MODULE


def _address(client: Client) -> str:
    return str(client[0]) if client else ""


def _agent(headers: Headers) -> str:
    agents = [value for name, value in headers if name == b"user-agent"]
    return agents[0].decode("latin-1") if agents else ""
