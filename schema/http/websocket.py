"""One WebSocket of a client: operations by graphql-transport-ws.

The protocol is that of the npm package graphql-ws (its PROTOCOL.md). Beyond what Strawberry does,
every message is validated, an operation's error ends only that operation, and each operation
authenticates again and has its own context. When the caller's session or token has ended, all
operations end, and the socket closes with code 4403.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Final, Protocol, cast

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)
from strawberry.types import ExecutionResult

from schema.base.context import Context
from schema.base.http_error import HTTPError
from schema.base.request_headers import RequestHeaders
from schema.execution.error_masking import UNAVAILABLE
from schema.http.authentication import (
    FOREIGN,
    INVALID_TOKEN,
    Authenticator,
    ForeignPage,
    InvalidToken,
)
from server.database import STORAGE_FAILURES
from server.domain.actor import ActorKind
from server.domain.errors import SignInNeeded, TooMany
from server.services.subscriptions.stream import ENDED

MOST_OPERATIONS: Final = 20
TOO_MANY: Final = f"A socket carries at most {MOST_OPERATIONS} operations at once."
SIGN_IN: Final = "Sign in, or send a token as Authorization: Bearer in connection_init."

TRY_AGAIN: Final = 1013
BAD_MESSAGE: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
TAKEN_ID: Final = 4409
INITIALISED: Final = 4429
CROWDED: Final = 4429
"""Close codes of the protocol; for temporary failures, that of RFC 6455's registry."""

_LONGEST_REASON: Final = 123
"""Bytes (RFC 6455, section 5.5)."""

_NEEDED: Final[dict[str, dict[str, type]]] = {
    "connection_init": {},
    "ping": {},
    "pong": {},
    "subscribe": {"id": str, "payload": dict},
    "complete": {"id": str},
}
"""Required fields of each type of message, and their types."""


class Socket(ASGIWebSocketAdapter):
    """JSON in text frames, parsed and written by orjson."""

    ws: WebSocket

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        """Yield each message until either side closes."""
        while self.ws.application_state is WebSocketState.CONNECTED:
            try:
                text = await self.ws.receive_text()
            except KeyError:
                raise NonTextMessageReceived from None
            except WebSocketDisconnect:
                return
            try:
                message = orjson.loads(text)
            except orjson.JSONDecodeError:
                raise NonJsonMessageReceived from None
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message, waiting until the client accepts it."""
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError):
            # Starlette and uvicorn raise RuntimeError if the socket was closed meanwhile.
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """Close with a reason, truncated to fit; do nothing if the socket is closed already."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            reason_bytes = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
            await super().close(code, reason_bytes)


class SocketHost(Protocol):
    """What a socket needs of its view."""

    callers: Authenticator

    async def admit(self, sent: Any, context: Context) -> Any:
        """Charge an operation and look up its document; raise if either is refused."""


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """The operations of one socket."""

    # Strawberry declares its own view type; only these members are used.
    view: SocketHost  # type: ignore[assignment]
    websocket: Socket

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._caller: Context | None = None

    async def handle_message(self, message: Message) -> None:
        """Handle a valid message; close the socket on one that violates the protocol."""
        problem = _problem(message)
        if problem is None:
            await super().handle_message(message)
        else:
            await self.handle_invalid_message(problem)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Authenticate by the payload's Authorization, or by the headers of the handshake."""
        if self.connection_timed_out:
            return
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
        if self.connection_init_received:
            await self.websocket.close(INITIALISED, "Too many initialisation requests")
            return
        self.connection_init_received = True
        refused = await self._find_caller(message.get("payload"))
        if refused is not None:
            await self.websocket.close(*refused)
            return
        self.connection_acknowledged = True
        await self.send_message({"type": "connection_ack"})

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation alongside those that are running."""
        operation_id = message["id"]
        if not self.connection_acknowledged:
            await self.websocket.close(UNAUTHORIZED, "Unauthorized: send connection_init first")
        elif operation_id in self.operations:
            reason = f"Subscriber for {operation_id} already exists"
            await self.websocket.close(TAKEN_ID, reason)
        elif len(self.operations) >= MOST_OPERATIONS:
            await self.send_message(_error_message(operation_id, [_error(TOO_MANY, TooMany.code)]))
        else:
            operation = Operation(self, operation_id, "", None, None)
            task = asyncio.create_task(self._run(operation, dict(message["payload"])))
            task.add_done_callback(self._task_done)
            operation.task = task
            self.operations[operation_id] = operation

    def forget_id(self, id: str) -> None:  # noqa: A002 - the base class's word
        """Release the id of an operation that has ended."""
        self.operations.pop(id, None)

    async def _find_caller(self, payload: object) -> tuple[int, str] | None:
        """Authenticate; return None on success, else the close code and reason."""
        if not isinstance(payload, dict | None):
            return BAD_MESSAGE, "The payload of connection_init must be an object"
        try:
            context = await self.view.callers.of_socket(
                RequestHeaders.of(self.websocket.ws.scope), payload
            )
        except InvalidToken:
            return FORBIDDEN, INVALID_TOKEN
        except ForeignPage:
            return FORBIDDEN, FOREIGN
        except STORAGE_FAILURES:
            return TRY_AGAIN, UNAVAILABLE
        if context.actor.kind is ActorKind.NOBODY:
            return FORBIDDEN, SIGN_IN
        try:
            self.websocket.ws.state.place.take_for(context.actor.account_id)
        except TooMany as refusal:
            return CROWDED, str(refusal)
        self._caller = context
        return None

    async def _run(self, operation: Operation[Context, None], sent: dict[str, Any]) -> None:
        try:
            await self._run_as_caller(operation, sent)
        except WebSocketDisconnected:
            self.forget_id(operation.id)
        except HTTPError as refused:
            await _fail(operation, [refused.error])
        except Exception as error:
            crash = GraphQLError(str(error), original_error=error)
            self.schema.process_errors([crash])
            await _fail(operation, [dict(crash.formatted)])

    async def _run_as_caller(
        self, operation: Operation[Context, None], sent: dict[str, Any]
    ) -> None:
        assert self._caller is not None, "an acknowledged socket has a caller"
        context = await self._caller.recheck()
        if context is None:
            await self._forbid()
            return
        asked = await self.view.admit(sent, context)
        results = await self.schema.stream(
            asked["query"],
            variable_values=asked.get("variables"),
            context_value=context,
            operation_name=asked.get("operationName"),
            operation_extensions=asked.get("extensions"),
        )
        async with aclosing(results):
            await self._send_results(
                operation, cast("AsyncGenerator[ExecutionResult, None]", results)
            )
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _send_results(
        self, operation: Operation[Context, None], results: AsyncGenerator[ExecutionResult, None]
    ) -> None:
        """Send each result as it arrives; an error of the operation as a whole ends it."""
        async for result in results:
            errors = result.errors or []
            if result.data is None and errors and all(each.path is None for each in errors):
                await operation.send_initial_errors(errors)
                if isinstance(errors[0].original_error, SignInNeeded):
                    await self._forbid()
                return
            await operation.send_next(result)

    async def _forbid(self) -> None:
        for operation in list(self.operations.values()):
            await _fail(operation, [_error(ENDED, SignInNeeded.code)])
        await self.websocket.close(FORBIDDEN, ENDED)


def _problem(message: object) -> str | None:
    """Return what violates the protocol in a message; None if it is valid."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return "A message must be an object with a type"
    needed = _NEEDED.get(message["type"])
    if needed is None:
        return f"Unknown message type: {message['type']}"
    for name, kind in needed.items():
        if not isinstance(message.get(name), kind):
            return f"A message of type {message['type']} needs {name}"
    return None


def _error(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


def _error_message(operation_id: str, errors: list[dict[str, Any]]) -> Message:
    return cast(Message, {"id": operation_id, "type": "error", "payload": errors})


async def _fail(operation: Operation[Context, None], errors: list[dict[str, Any]]) -> None:
    try:
        await operation.send_operation_message(_error_message(operation.id, errors))
    except WebSocketDisconnected:
        operation.handler.forget_id(operation.id)
