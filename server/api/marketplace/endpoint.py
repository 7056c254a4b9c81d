"""`/public/v1`: the Marketplace's REST interface, for programs that were written for it."""

import logging
import sys
from typing import Final
from urllib.parse import unquote

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from server.api.marketplace.openapi import reference
from server.api.marketplace.openapi.document import document
from server.api.marketplace.problems import RETRY_SECONDS, ProblemError, problem, trace_id
from server.api.marketplace.request_bodies import bounded
from server.api.marketplace.resources import accounts, api_tokens, audit, modules
from server.api.marketplace.routes import Operation, OperationCall, pattern_of
from server.api.verify.bearer_auth import INVALID, INVALID_TOKEN, caller_of
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import Actor
from server.domain.errors import DomainError, TooMany
from server.http.bearer import bearer
from server.services.audit.commit_state import track_commits

log = logging.getLogger("tokendesk")

PREFIX: Final = "/public/v1"
OPERATIONS: Final = (
    *api_tokens.OPERATIONS,
    *modules.OPERATIONS,
    *accounts.OPERATIONS,
    *audit.OPERATIONS,
)
DOCUMENTS: Final = ("/openapi.json", "/accounts/openapi.json")
PAGES: Final = ("", "/", "/reference")

_AWAY: Final = "Tokendesk cannot reach its storage right now."
_UNKNOWN: Final = "Tokendesk's storage failed while this was done. Look whether it was done."
_CRASHED: Final = "This is Tokendesk's fault. Its log tells more under this trace."


class UnderPrefix(BaseRoute):
    """Route for every path under the prefix, also for paths with line breaks.

    It disables Starlette's body limit: the endpoint enforces its own, with a problem document.
    """

    def __init__(self, desk: Desk) -> None:
        self._app = RequestBodyLimitMiddleware(Marketplace(desk), max_body_size=sys.maxsize)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the prefix itself and every path below it."""
        within = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{PREFIX}/")
        return (Match.FULL if within else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the endpoint."""
        await self._app(scope, receive, send)


class Marketplace:
    """ASGI endpoint that authenticates a request before it looks for the operation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._document = document(OPERATIONS)
        paths = dict.fromkeys(operation.path for operation in OPERATIONS)
        self._paths = [
            (pattern_of(path), {each.method: each for each in OPERATIONS if each.path == path})
            for path in paths
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every error becomes a problem document."""
        request = Request(scope, bounded(Request(scope), receive))
        try:
            answer = await self._answer(request)
        except ProblemError as refused:
            answer = problem(request, refused)
        except DomainError as refusal:
            answer = problem(request, ProblemError.by(refusal))
        except ClientDisconnect:
            return
        except STORAGE_FAILURES as error:
            log.error("storage failed: %s: %s", type(error).__name__, error)
            headers = {"Retry-After": str(RETRY_SECONDS)}
            answer = problem(request, ProblemError(503, _AWAY, headers=headers))
        except Exception:
            trace = trace_id(request)
            log.exception("crash %s", trace)
            answer = problem(request, ProblemError(500, _CRASHED), trace)
        finally:
            await request.close()
        answer.headers.setdefault("Cache-Control", "no-store")
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        # The raw path: a percent-encoded slash in an id must not separate segments.
        path = request.scope["raw_path"].decode("latin-1").removeprefix(PREFIX)
        reading = request.method in {"GET", "HEAD"}
        if reading and path in DOCUMENTS:
            return JSONResponse(self._document, headers={"Cache-Control": "no-cache"})
        if reading and path in PAGES:
            return reference.page(self._document)
        operations, ids = self._match(path)
        method = "GET" if request.method == "HEAD" else request.method
        operation = operations.get(method)
        if operation is not None and operation.open:
            return await operation.handle(OperationCall(self._desk, request, ids))
        actor, value = await self._caller(request)
        await self._admit(actor)
        if operation is None:
            raise _unknown(operations, path)
        call = OperationCall(self._desk, request, ids, actor, value)
        return await (operation.handle(call) if reading else _write(operation, call))

    def _match(self, path: str) -> tuple[dict[str, Operation], dict[str, str]]:
        """Return the operations at a path by method, and the ids in the path."""
        for pattern, operations in self._paths:
            match = pattern.fullmatch(path)
            if match is not None:
                ids = {name: unquote(text) for name, text in match.groupdict().items()}
                return operations, ids
        return {}, {}

    async def _caller(self, request: Request) -> tuple[Actor, str]:
        """Authenticate by bearer token; return the actor and the token. Cookies are ignored."""
        value = bearer(request.headers.getlist("authorization"))
        caller = await caller_of(request, self._desk)
        if value is None or caller.actor is None:
            if "authorization" in request.headers:
                raise ProblemError(401, INVALID, headers=INVALID_TOKEN)
            message = "Send a token as Authorization: Bearer."
            raise ProblemError(401, message, headers={"WWW-Authenticate": "Bearer"})
        return caller.actor, value

    async def _admit(self, actor: Actor) -> None:
        """Count the request against the caller's rate limit before anything is done."""
        rate_limit = await self._desk.quotas.take(actor, 1)
        if rate_limit is not None and not rate_limit.granted:
            message = "Too much was asked within a minute."
            raise TooMany(message, retry_after=rate_limit.retry_after)


async def _write(operation: Operation, call: OperationCall) -> Response:
    """Run an operation that changes something.

    Clients retry after 503, so once a change may have been committed, a storage failure is answered
    with 500, which they do not retry.
    """
    with track_commits() as effects:
        try:
            return await operation.handle(call)
        except STORAGE_FAILURES as error:
            if not effects.possible:
                raise
            log.error("storage failed after a change: %s: %s", type(error).__name__, error)
            raise ProblemError(500, _UNKNOWN) from None


def _unknown(operations: dict[str, Operation], path: str) -> ProblemError:
    if operations or path in (*DOCUMENTS, *PAGES):
        methods = list(operations) or ["GET"]
        methods += ["HEAD"] if "GET" in methods else []
        return ProblemError(
            405, f"Here go {', '.join(methods)}.", headers={"Allow": ", ".join(methods)}
        )
    return ProblemError(404, "There is nothing at this address.")
