"""Refusals that a client really receives, after the responses it is still owed."""

from functools import partial
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.protocol.framing import Fault, answer_to
from server.protocol.patience import BODY, DEAF, IDLE

MOST_LINGERING: Final = 1024 * 1024
"""Bytes that are read and discarded after a refusal, so that the client gets to see it."""


class RefusingHttp(HttpToolsProtocol):
    """uvicorn's HTTP protocol that can refuse a request at any point."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.state = IDLE
        self._dropped = 0

    @property
    def is_answering(self) -> bool:
        """Whether a request is waiting for its response or for the rest of it."""
        return self.cycle is not None and not self.cycle.response_complete

    def refuse(self, fault: Fault) -> None:
        """Send the refusal after the responses that are due, and stop reading requests.

        Nothing is sent for a request whose response has already begun.
        """
        if self.transport.is_closing():
            return
        amid_body = self.state == BODY
        self.hear_no_more()
        cycle = self.cycle
        if not self.is_answering:
            self._say_last(b"" if amid_body else self.answer_to(fault))
        elif not amid_body or self.pipeline:
            # The fault comes after complete requests: answer those first.
            cycle.keep_alive = False
            if amid_body:
                self.pipeline[0] = (cycle, partial(_send_fault, fault))
            self.flow.pause_reading()
        else:
            started = getattr(cycle, "response_started", False)
            cycle.disconnected = True
            cycle.message_event.set()
            self._say_last(b"" if started else self.answer_to(fault))

    def answer_to(self, fault: Fault) -> bytes:
        """Return the refusal as the bytes of an HTTP response."""
        return answer_to(fault, self.server_state.default_headers)

    def _say_last(self, answer: bytes) -> None:
        """Write the last bytes and half-close the connection.

        Closing it with unread input would send a reset, and the client would not see the response.
        """
        self.transport.write(answer)
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def hear_no_more(self) -> None:
        """Discard all input from now on."""
        self.state, self._dropped = DEAF, 0

    def drop(self, size: int) -> None:
        """Count discarded bytes, and abort the connection beyond `MOST_LINGERING`."""
        self._dropped += size
        if self._dropped > MOST_LINGERING:
            self.transport.abort()


async def _send_fault(fault: Fault, scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that responds with the refusal."""
    body = fault.text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
