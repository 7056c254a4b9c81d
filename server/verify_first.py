"""uvicorn's HTTP protocol, with `/verify` answered before a request becomes an ASGI call.

For a remembered token that call, its task and its messages cost more than the answer. Whatever
cannot be answered at once, and every other server, takes the way through ASGI; both give the same
bytes.
"""

import asyncio
from typing import Any, Final

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.api.verify import PATH
from server.services.usage_counter import Client

_URL: Final = PATH.encode()
_FORWARDED_FOR: Final = b"x-forwarded-for"


class _Answered:
    """Stands where uvicorn keeps the cycle of the last request: it is over."""

    response_complete = True
    message_event = asyncio.Event()


_ANSWERED: Any = _Answered()


class VerifyFirst(HttpToolsProtocol):
    """To be named as uvicorn's `http`; the application has a `verify`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Behind trusted proxies, uvicorn wraps the application in what knows them.
        application: Any = self.app
        wrapped = isinstance(application, ProxyHeadersMiddleware)
        self._proxies = application.trusted_hosts if wrapped else None
        self._verify = (application.app if wrapped else application).verify

    def on_headers_complete(self) -> None:
        """Answer at once, or let uvicorn call the application."""
        if self.url != _URL or not self._is_plain():
            super().on_headers_complete()
            return
        answer = self._verify.at_once(self.headers, self._caller())
        if answer is None:
            super().on_headers_complete()
            return
        written = [answer.head]
        for name, value in self.server_state.default_headers:
            written += (name, b": ", value, b"\r\n")
        written += (b"\r\n", answer.body)
        self.transport.write(b"".join(written))
        self.cycle = _ANSWERED
        self.on_response_complete()

    def _is_plain(self) -> bool:
        """Nothing else is going on, and the answer has a body and leaves the connection open."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.expect_100_continue
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and self.parser.get_method() != b"HEAD"
        )

    def _caller(self) -> Client:
        """Who asks, as uvicorn's own middleware tells it behind trusted proxies."""
        client, proxies = self.client, self._proxies
        if proxies is None or client is None or client[0] not in proxies:
            return client
        forwarded = b", ".join(value for name, value in self.headers if name == _FORWARDED_FOR)
        if not forwarded:
            return client
        told = proxies.get_trusted_client_address(forwarded.decode("latin-1"))
        return told if told[0] else client
