"""`/graphql`: GraphQL over HTTP for people's sessions and programs' tokens."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from schema.base.context import Context
from schema.base.http_error import HTTPError
from schema.base.request import GraphQLRequest
from schema.base.request_headers import RequestHeaders
from schema.execution.error_masking import UNAVAILABLE, tell_crash
from schema.execution.quota import consume_base, headers, wants_cost
from schema.http.authentication import FOREIGN, INVALID_TOKEN, ForeignPage, InvalidToken
from schema.http.negotiation import (
    BODIES,
    EVENTS,
    HTML,
    JSON,
    error_response,
    json_response,
    negotiate,
    status_of,
)
from schema.http.request import bounded, read_parameters, require_readable
from schema.http.sse import NEEDS_STREAM, Streams
from schema.persisted.documents import Registry, TrustedDocuments
from schema.root.schema import build_schema
from schema.root.sdl import SDL_FILE
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.http.origin import SAFE_METHODS, is_own_page

Explorer = Callable[[Request], Awaitable[Response]]

PATH: Final = "/graphql"
METHODS: Final = "GET, POST"

_CONTEXT: Final = "tokendesk.context"
_HEAD: Final = "tokendesk.head"
_MEDIA_TYPE: Final = "tokendesk.media_type"
_OFFERED: Final = (*BODIES, EVENTS)
_BY_INPUT: Final = {"BAD_REQUEST", "INVALID"}
_READING: Final = frozenset({OperationType.QUERY})
_WRITING: Final = frozenset({OperationType.QUERY, OperationType.MUTATION})


def graphql_routes(endpoint: "Endpoint") -> list[BaseRoute]:
    """Return the routes of the endpoint and of the schema as text."""
    return [
        # The endpoint limits the body itself, so that it can report the limit in JSON.
        Route(PATH, endpoint, methods=None, max_body_size=sys.maxsize),
        WebSocketRoute(PATH, endpoint),
        Route("/schema.graphql", _sdl),
    ]


def _sdl(_: Request) -> Response:
    return PlainTextResponse(SDL_FILE.read_text())


class Endpoint(Streams):
    """Strawberry's view with our authentication, and a GraphQL response to every malformed request.

    `largest_upload` is the size limit of a multipart body in bytes.
    """

    def __init__(self, desk: Desk, explorer: Explorer, *, largest_upload: int) -> None:
        super().__init__(desk, build_schema(introspection=desk.settings.introspection))
        self._explorer = explorer if desk.settings.graphiql else None
        self._largest_upload = largest_upload
        self._documents = TrustedDocuments(
            Registry(desk.settings.document_dir),
            only_registered=desk.settings.trusted_documents == "only",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, always with a GraphQL response body."""
        if scope["type"] == "websocket":
            await self.run_socket(scope, receive, send)
            return
        head = RequestHeaders.of(scope)
        request = Request(scope, bounded(head, receive, self._largest_upload))
        try:
            answer = await self._answer(request, head)
        except HTTPError as refused:
            answer = error_response(request, refused)
        except ClientDisconnect:
            return
        except STORAGE_FAILURES:
            answer = error_response(request, HTTPError(503, UNAVAILABLE, {"Retry-After": "5"}))
        except Exception as crash:
            answer = error_response(request, HTTPError(500, tell_crash(crash, PATH)))
        finally:
            await request.close()  # deletes the temporary files of uploads
        context: Context | None = scope.get(_CONTEXT)
        if context is not None:
            answer.raw_headers += headers(context.rate_limit)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, head: RequestHeaders) -> Response:
        if request.method not in SAFE_METHODS and not is_own_page(head.headers, self._base_url):
            raise HTTPError(403, FOREIGN)
        if request.method not in {"GET", "POST"}:
            raise HTTPError(405, "GraphQL takes GET and POST.", {"Allow": METHODS})
        if _asks_for_explorer(request, head):
            if self._explorer is None:
                raise HTTPError(404, "There is no explorer here: it is switched off.")
            return await self._explorer(request)
        media_type = negotiate(head.accept, _OFFERED)
        if media_type is None:
            raise HTTPError(406, f"Answers are {' or '.join(_OFFERED)}.")
        request.scope[_HEAD], request.scope[_MEDIA_TYPE] = head, media_type
        if request.method == "POST":
            require_readable(head)
        request.scope[_CONTEXT] = context = await self._context(head)
        context.reports_cost = wants_cost(head)
        await consume_base(context)
        if media_type == EVENTS:
            answer = await self.run(request)
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer
        return await self._run_once(request, head, context, media_type)

    async def _context(self, head: RequestHeaders) -> Context:
        try:
            return await self.callers.of_request(head)
        except InvalidToken:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HTTPError(401, INVALID_TOKEN, challenge) from None
        except ForeignPage:
            raise HTTPError(403, FOREIGN) from None

    def should_render_graphql_ide(self, request: object) -> bool:
        """Return False: the view would show the explorer to programs as well."""
        return False

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """Return the context that `_answer` stored in the scope."""
        context: Context = request.scope[_CONTEXT]
        return context

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the response to take headers from, here with the negotiated media type."""
        begun = await super().get_sub_response(request)
        begun.media_type = request.scope[_MEDIA_TYPE]
        return begun

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Read a streamed operation; raise `HTTPError` if the request names none that may run."""
        asked = await read_parameters(request._request, request._request.scope[_HEAD])
        return GraphQLRequestData(
            query=self._documents.text(asked),
            variables=asked.variables,
            operation_name=asked.operation_name,
            extensions=asked.extensions,
            protocol="sse",
        )

    async def admit(self, parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Charge a socket's operation; return its parameters, with the text as `query`."""
        await consume_base(context)
        asked = GraphQLRequest.of(dict(parameters))
        return {**parameters, "query": self._documents.text(asked)}

    async def _run_once(
        self, request: Request, head: RequestHeaders, context: Context, media_type: str
    ) -> Response:
        """Execute one operation for one response, without the view, which does more than that."""
        asked = await read_parameters(request, head)
        reading = request.method == "GET"
        try:
            result = await self.schema.execute(
                self._documents.text(asked),
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_READING if reading else _WRITING,
                operation_extensions=asked.extensions,
            )
        except CannotGetOperationTypeError as unknown:
            raise HTTPError(400, unknown.as_http_error_reason()) from None
        except InvalidOperationTypeError as wrong:
            raise _wrong_kind(wrong.operation_type) from None
        answer = _as_json(result)
        status = status_of(answer, media_type)
        if media_type != JSON and _is_bad_query(result, context):
            status = 400
        if context.rate_limit is not None and not context.rate_limit.granted:
            status = 429
        return json_response(answer, media_type, status)

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """Return the result as a JSON object."""
        return _as_json(result)

    def encode_json(self, data: object) -> bytes:
        """Encode by orjson."""
        return orjson.dumps(data)


def _as_json(result: ExecutionResult) -> GraphQLHTTPResponse:
    """Return the result as a JSON object, without `data` if nothing was executed."""
    errors = result.errors or ()
    answer: GraphQLHTTPResponse = {"data": result.data}
    if result.data is None and all(each.path is None for each in errors):
        del answer["data"]
    if errors:
        answer["errors"] = [each.formatted for each in errors]
    if result.extensions:
        answer["extensions"] = result.extensions
    return answer


def _asks_for_explorer(request: Request, head: RequestHeaders) -> bool:
    """Return whether a browser asks for the explorer's page rather than for an operation."""
    return (
        request.method == "GET"
        and not request.query_params.keys() & {"query", "documentId", "extensions"}
        and negotiate(head.accept, (*BODIES, HTML)) == HTML
    )


def _wrong_kind(kind: OperationType) -> HTTPError:
    if kind is OperationType.SUBSCRIPTION:
        return HTTPError(400, NEEDS_STREAM)
    return HTTPError(405, "Send mutations by POST.", {"Allow": "POST"})


def _is_bad_query(result: ExecutionResult, context: Context) -> bool:
    """Return whether a query failed as a whole because of its input, such as a cursor.

    False for mutations: some of their fields may have taken effect, so they are never a bad
    request.
    """
    codes = {(each.extensions or {}).get("code") for each in result.errors or ()}
    return result.data is None and context.kind is OperationType.QUERY and codes <= _BY_INPUT
