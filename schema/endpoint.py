"""`/graphql`: GraphQL over HTTP for people's sessions and programs' tokens."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from schema.build import build_schema
from schema.context import Context
from schema.printed import SDL_FILE
from server.api.verify import bearer
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.actor import NOBODY, Actor, Origin
from server.services.sessions import SignedIn
from server.web.cookies import read_cookie

Resume = Callable[[Request], Awaitable[SignedIn | None]]
Explorer = Callable[[Request], Awaitable[Response]]

PREFLIGHT: Final = "GraphQL-Require-Preflight"
_MALFORMED: Final = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)


def graphql_routes(
    desk: Desk, resume: Resume, explorer: Explorer, *, max_body_size: int
) -> list[BaseRoute]:
    """The endpoint, and the schema as text. `resume` reads the session cookie."""
    endpoint = Endpoint(desk, resume, explorer)
    return [
        Route("/graphql", endpoint, methods=None, max_body_size=max_body_size),
        Route("/schema.graphql", _sdl),
    ]


def _sdl(_: Request) -> Response:
    return PlainTextResponse(SDL_FILE.read_text())


class Endpoint(GraphQL[Context, None]):
    """Strawberry's view, with our callers, and with an answer for every malformed request."""

    def __init__(self, desk: Desk, resume: Resume, explorer: Explorer) -> None:
        super().__init__(
            build_schema(introspection=desk.settings.introspection),
            graphql_ide="graphiql" if desk.settings.graphiql else None,
            multipart_uploads_enabled=True,
            subscription_protocols=(),
        )
        self._desk = desk
        self._resume = resume
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Know the caller, then run the operation."""
        request = Request(scope, receive)
        answer: Response
        try:
            context = await self._context(request)
            if context is None:
                answer = _error(401, "The token is invalid.")
                answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            else:
                scope["tokendesk.context"] = context
                answer = await self.run(request)
        except HTTPException as error:
            answer = _error(error.status_code, error.reason)
            if error.status_code == 405:
                answer.headers["Allow"] = "GET, POST"
        except STORAGE_FAILURES:
            answer = _error(503, "Tokendesk cannot reach its storage right now.")
        finally:
            await request.close()  # an uploaded file lies in a temporary one until then
        answer.headers.setdefault("Cache-Control", "no-store")
        await answer(scope, receive, send)

    async def _context(self, request: Request) -> Context | None:
        """None when a token was sent that is not valid: it never falls back to the cookie."""
        credentials = request.headers.getlist("authorization")
        if credentials:
            text = bearer(credentials)
            actor = await self._desk.verifier.actor(text, _origin(request)) if text else None
            return None if actor is None else Context(self._desk, actor)
        session = await self._resume(request)
        actor = session.actor if session else _nobody(request)
        return Context(self._desk, actor, session, read_cookie(request, self._desk.settings))

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """The context that `__call__` found."""
        context: Context = request.scope["tokendesk.context"]
        return context

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL from our own assets."""
        return await self._explorer(request)

    def decode_json(self, data: str | bytes) -> object:
        """JSON by orjson: strict UTF-8, bounded nesting."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str | bytes:
        """JSON by orjson."""
        return orjson.dumps(data)

    async def parse_http_body(self, request: Any) -> Any:
        """The request's parameters; whatever is wrong with their form is a 400."""
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/") and PREFLIGHT not in request.headers:
            # A page of another site can send multipart without asking first, but no such header.
            raise HTTPException(400, f"A multipart request needs the header {PREFLIGHT}: 1.")
        try:
            return await super().parse_http_body(request)
        except _MALFORMED:
            raise HTTPException(400, "The request is not a well-formed GraphQL request.") from None

    async def parse_multipart(self, request: Any) -> Any:
        """A multipart request, whose operations and map must be text, not files."""
        form = (await request.get_form_data()).form
        if not all(isinstance(form.get(name), str) for name in ("operations", "map")):
            raise HTTPException(400, "A multipart request needs the fields operations and map.")
        return await super().parse_multipart(request)


def _origin(request: Request) -> Origin:
    host = request.client.host if request.client else ""
    return Origin(host, request.headers.get("user-agent", ""))


def _nobody(request: Request) -> Actor:
    return Actor(NOBODY.kind, NOBODY.id, NOBODY.name, origin=_origin(request))


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message}]}, status)
