"""Streaming transports: WebSockets (graphql-transport-ws) and server-sent events (graphql-sse)."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import ExitStack, aclosing
from datetime import timedelta
from typing import Any, Final, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http.streaming import AsyncTextStream, HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import SubscriptionExecutionResult

from schema.base.context import Context
from schema.http.authentication import Authenticator
from schema.http.negotiation import EVENTS
from schema.http.websocket import Socket, SocketHandler
from schema.http.websocket_room import SocketRoom
from schema.root.schema import DeskSchema
from server.desk import Desk
from server.domain.address_block import address_block
from server.domain.errors import TooMany
from server.http.origin import is_own_page
from server.http.sse import EventStream, event

NEEDS_STREAM: Final = f"A subscription needs a WebSocket, or Accept: {EVENTS}."
INIT_WITHIN: Final = timedelta(seconds=10)


class Streams(GraphQL[Context, None]):
    """Strawberry's view for sockets and event streams; `Endpoint` adds single responses."""

    websocket_adapter_class = Socket
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, desk: Desk, schema: DeskSchema) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=INIT_WITHIN,
        )
        self.callers = Authenticator(desk)
        self._base_url = desk.settings.base_url
        self._room = SocketRoom()

    @abstractmethod
    async def admit(self, parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Charge a socket's operation; return its parameters, with the text as `query`."""

    async def run_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes; refuse it if there are too many, or by its origin."""
        socket = WebSocket(scope, receive, send)
        with ExitStack() as held:
            try:
                place = held.enter_context(self._room.place(_block_of(socket)))
            except TooMany as refusal:
                await socket.send_denial_response(_denial(refusal))
                return
            socket.state.place = place
            # A socket has no context itself: each of its operations gets its own.
            await self.run(socket, context=cast(Context, None))

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Return an event stream that ends when its reader disconnects."""
        return EventStream(
            cast("AsyncGenerator[str, None]", stream()),
            headers={**sub_response.headers},
        )

    def _check_websocket_origin(self, request: WebSocket) -> bool:
        """Refuse the handshake to pages of another site; programs send no Origin."""
        return is_own_page(request.headers, self._base_url)

    def _stream_result(
        self,
        request: Request,
        result: SubscriptionExecutionResult,
        transport: HTTPStreamTransport,
    ) -> AsyncTextStream:
        """Yield results as events; the operation is closed with the stream."""

        async def stream() -> AsyncGenerator[str, None]:
            async with aclosing(cast("AsyncGenerator[Any, None]", result)) as results:
                async for value in results:
                    answer, _ = await self._process_stream_result(request, value, [])
                    yield event("next", self.encode_json_string(answer))
            yield event("complete")

        return stream


def _denial(refusal: TooMany) -> Response:
    errors = [{"message": str(refusal), "extensions": {"code": refusal.code}}]
    return JSONResponse({"errors": errors}, 503, {"Retry-After": "30"})


def _block_of(socket: WebSocket) -> str:
    return address_block(socket.client.host) if socket.client else ""
