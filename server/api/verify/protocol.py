"""uvicorn's HTTP protocol with a fast path: `/verify` is answered without an ASGI call.

For a cached token, that call with its task and messages costs more than the response itself; for a
lookup, it costs as much. Requests of unusual form take the ASGI route, as all do under other
servers; both give the same bytes.
"""

import asyncio
from typing import Any, Final, cast

from server.api.verify.endpoint import PATH, Headers
from server.api.verify.responses import FAILED, Answer, Header
from server.protocol.bounded_http import BoundedHttp
from server.protocol.patience import BODY
from server.services.usage.counters import Client

_URL: Final = PATH.encode()
_FORWARDED_FOR: Final = b"x-forwarded-for"
_LAST: Final = (b"connection", b"close")


class _Answered:
    """Takes the place of uvicorn's request cycle after a response was sent."""

    response_complete = True
    keep_alive = True
    message_event = asyncio.Event()


_ANSWERED: Any = _Answered()


class _Unanswered:
    """Takes the place of uvicorn's request cycle during a lookup; discards the body."""

    def __init__(self) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True
        self.body = bytearray()
        self.more_body = True
        self.message_event = asyncio.Event()


class VerifyFirstProtocol(BoundedHttp):
    """HTTP protocol for uvicorn's setting `http`; the application must have a `verify`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        application: Any = self.app
        self._verify = (application if self.proxies is None else application.app).verify

    def on_headers_complete(self) -> None:
        """Respond at once, start a lookup, or let uvicorn call the application."""
        if self.url != _URL or not self._is_plain():
            super().on_headers_complete()
            return
        headers, client = self.headers, self._caller()
        self.state, self.body_bytes = BODY, 0
        self.end_head()
        answer = self._verify.at_once(headers, client)
        if answer is not None:
            self.cycle = _ANSWERED
            self._write(answer)
            self.on_response_complete()
            return
        self.cycle = unanswered = cast("Any", _Unanswered())
        task = self.loop.create_task(self._look_up(unanswered, headers, client))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _look_up(self, unanswered: _Unanswered, headers: Headers, client: Client) -> None:
        """Look the token up and respond; the connection's next request waits meanwhile."""
        try:
            answer = await self._verify.look_up(headers, client)
        except Exception:
            # No caller handles this exception, so log it and answer 500.
            self.logger.exception("verification failed")
            answer, unanswered.keep_alive = FAILED, False
        unanswered.response_complete = True
        if self.transport.is_closing() or unanswered.disconnected:
            return
        self._write(answer, *(() if unanswered.keep_alive else (_LAST,)))
        if not unanswered.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _write(self, answer: Answer, *more: Header) -> None:
        written = [answer.head]
        for name, value in (*self.server_state.default_headers, *more):
            written += (name, b": ", value, b"\r\n")
        written += (b"\r\n", answer.body)
        self.transport.write(b"".join(written))

    def _is_plain(self) -> bool:
        """Return whether the fast path may answer.

        Nothing else may be under way, the response must have a body, and the connection must stay
        open.
        """
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.unusual
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and self.parser.get_method() != b"HEAD"
        )

    def _caller(self) -> Client:
        """Return the client's address; behind trusted proxies, as uvicorn's middleware does."""
        client, proxies = self.client, self.proxies
        if proxies is None or client is None or client[0] not in proxies:
            return client
        forwarded = b", ".join(value for name, value in self.headers if name == _FORWARDED_FOR)
        if not forwarded:
            return client
        client_address = proxies.get_trusted_client_address(forwarded.decode("latin-1"))
        return client_address if client_address[0] else client
