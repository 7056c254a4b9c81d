"""`/verify`: forward-auth for gateways and services, with any method."""

import logging
import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import Origin
from server.domain.ids import IdKind
from server.domain.verdict import Outcome, Verdict
from server.services.token_facts import TokenFacts

log = logging.getLogger("tokendesk")

PATH: Final = "/verify"
INVALID: Final = "The token is invalid."
_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_TOLD: Final = {Outcome.DISABLED, Outcome.EXPIRED, Outcome.ROTATED}


class Verify:
    """Answers in front of everything else: 200 with identity headers, 401, or 403 (RFC 6750).

    A token that was right before and is valid now is answered from memory, with messages that
    were prepared once; so is whatever has not a token's form.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._verifier = desk.verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the request's head alone; a body is not read."""
        credentials, sent, agent = b"", 0, b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                credentials, sent = value, sent + 1
            elif name == b"user-agent":
                agent = value
        if sent == 1 and not scope["query_string"] and credentials[:7] == b"Bearer ":
            text = credentials[7:].decode("latin-1")
            facts = self._verifier.recognise(text, scope["client"], agent)
            if facts is not None:
                start, body = facts.kept or _prepare(facts)
                await send(start)
                await send(body)
                return
            if not self._verifier.is_well_formed(text):
                await send(_INVALID_START)
                await send(_INVALID_BODY)
                return
        await _guarded(await self._answer(Request(scope)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        required = request.query_params.getlist("module")
        malformed = [module for module in required if not IdKind.MODULE.matches(module)]
        if malformed:
            return JSONResponse(
                {"active": False, "error": "?module= takes ids such as MOD-1234."}, 400
            )
        credentials = request.headers.getlist("authorization")
        if not credentials:
            return _challenge("Bearer", "No token was sent.")
        text = bearer(credentials)
        if text is None:
            return _invalid(INVALID)
        host = request.client.host if request.client else ""
        origin = Origin(host, request.headers.get("user-agent", ""))
        try:
            verdict = await self._verifier.verify(text, required, used_from=origin)
        except STORAGE_FAILURES as error:
            return self._without_storage(text, required, origin, error)
        return _from_verdict(verdict)

    def _without_storage(
        self, text: str, required: list[str], origin: Origin, error: Exception
    ) -> Response:
        """503, or for as long as the operator allows what memory says, marked as such."""
        verdict = self._verifier.verify_from_memory(text, required, used_from=origin)
        if verdict is None:
            log.error("storage failed: %s: %s", type(error).__name__, error)
            unavailable = {
                "active": False,
                "error": "Tokendesk cannot reach its storage right now.",
            }
            return JSONResponse(unavailable, 503, {"Retry-After": "1"})
        log.warning("answered from memory while storage fails: %s", type(error).__name__)
        answer = _from_verdict(verdict)
        answer.headers["X-Tokendesk-Outage"] = "answered from memory"
        return answer


def _prepare(facts: TokenFacts) -> tuple[Message, Message]:
    """The two messages that answer 200 for a token, kept with its facts."""
    answer = _from_verdict(Verdict(Outcome.VALID, facts.grant(facts.secrets[0])))
    messages = _messages(_guarded(answer))
    facts.kept = messages
    return messages


def _guarded(answer: Response) -> Response:
    """Never stored, and never taken for anything but JSON."""
    answer.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return answer


def _messages(answer: Response) -> tuple[Message, Message]:
    start = {
        "type": "http.response.start",
        "status": answer.status_code,
        "headers": answer.raw_headers,
    }
    return start, {"type": "http.response.body", "body": answer.body}


def bearer(credentials: list[str]) -> str | None:
    """The token in the one `Authorization: Bearer` header; None for anything else."""
    match = _BEARER.fullmatch(credentials[0]) if len(credentials) == 1 else None
    return match[1] if match else None


def _from_verdict(verdict: Verdict) -> Response:
    grant = verdict.grant
    if grant is None or not (verdict.valid or verdict.outcome is Outcome.INSUFFICIENT_SCOPE):
        told = verdict.outcome in _TOLD
        return _invalid(verdict.reason if told else INVALID)
    if not verdict.valid:
        scope = " ".join(verdict.missing_modules)
        return JSONResponse(
            {"active": False, "error": verdict.reason, "missing": list(verdict.missing_modules)},
            403,
            {
                "WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}", '
                f'error_description="{verdict.reason}"'
            },
        )
    modules = sorted(grant.module_ids)
    facts = {
        "active": True,
        "tokenId": grant.token_id,
        "tokenName": grant.token_name,
        "accountId": grant.account_id,
        "accountType": grant.account_type,
        "modules": modules,
        "expiresAt": grant.expires_at.isoformat() if grant.expires_at else None,
    }
    answer = JSONResponse(facts)
    answer.headers["X-Token-Id"] = grant.token_id
    # Header values are bytes: names go as UTF-8, as gateways pass them on unchanged.
    answer.raw_headers.append((b"x-token-name", grant.token_name.encode()))
    answer.headers["X-Account-Id"] = grant.account_id
    answer.headers["X-Account-Type"] = grant.account_type
    answer.headers["X-Token-Modules"] = ",".join(modules)
    if grant.expires_at:
        answer.headers["X-Token-Expires-At"] = grant.expires_at.isoformat()
    return answer


def _invalid(description: str) -> Response:
    return _challenge(
        f'Bearer error="invalid_token", error_description="{description}"', description
    )


def _challenge(value: str, description: str) -> Response:
    return JSONResponse({"active": False, "error": description}, 401, {"WWW-Authenticate": value})


_INVALID_START, _INVALID_BODY = _messages(_guarded(_invalid(INVALID)))
