"""uvicorn's HTTP protocol, with `/verify` answered before a request becomes an ASGI call.

For a remembered token that call, its task and its messages cost more than the answer, and where
one is looked up they cost as much. Requests of unusual forms, and every other server, take the
way through ASGI; both give the same bytes.
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
    """Stands where uvicorn keeps the cycle of the last request: it is over."""

    response_complete = True
    keep_alive = True
    message_event = asyncio.Event()


_ANSWERED: Any = _Answered()


class _Unanswered:
    """Stands there while the answer is looked up; a body is read and thrown away."""

    def __init__(self) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True
        self.body = bytearray()
        self.more_body = True
        self.message_event = asyncio.Event()


class VerifyFirstProtocol(BoundedHttp):
    """To be named as uvicorn's `http`; the application has a `verify`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        application: Any = self.app
        self._verify = (application if self.proxies is None else application.app).verify

    def on_headers_complete(self) -> None:
        """Answer at once, or begin a look-up, or let uvicorn call the application."""
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
        """The next request of the connection waits meanwhile, as uvicorn lets it."""
        try:
            answer = await self._verify.look_up(headers, client)
        except Exception:
            # Nobody above would answer the request; what happened is for the log alone.
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
        """Nothing else is going on, and the answer has a body and leaves the connection open."""
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
        """Who asks, as uvicorn's own middleware tells it behind trusted proxies."""
        client, proxies = self.client, self.proxies
        if proxies is None or client is None or client[0] not in proxies:
            return client
        forwarded = b", ".join(value for name, value in self.headers if name == _FORWARDED_FOR)
        if not forwarded:
            return client
        client_address = proxies.get_trusted_client_address(forwarded.decode("latin-1"))
        return client_address if client_address[0] else client
