"""`/verify`: forward-auth for gateways and services, with any method."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from server.desk import Desk
from server.domain.actor import Origin
from server.domain.ids import IdKind
from server.domain.verdict import Outcome, Verdict

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_TOLD: Final = {Outcome.DISABLED, Outcome.EXPIRED, Outcome.ROTATED}


class Verify:
    """An ASGI endpoint: 200 with identity headers, 401, or 403 (RFC 6750, section 3)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the request's head alone; a body is not read."""
        answer = await self._answer(Request(scope))
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)

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
            return _invalid("The token is invalid.")
        host = request.client.host if request.client else ""
        origin = Origin(host, request.headers.get("user-agent", ""))
        verdict = await self._desk.verifier.verify(text, required, used_from=origin)
        return _from_verdict(verdict)


def bearer(credentials: list[str]) -> str | None:
    """The token in the one `Authorization: Bearer` header; None for anything else."""
    match = _BEARER.fullmatch(credentials[0]) if len(credentials) == 1 else None
    return match[1] if match else None


def _from_verdict(verdict: Verdict) -> Response:
    grant = verdict.grant
    if grant is None or not (verdict.valid or verdict.outcome is Outcome.INSUFFICIENT_SCOPE):
        told = verdict.outcome in _TOLD
        return _invalid(verdict.reason if told else "The token is invalid.")
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
