"""What the head of a request says, read once: a look-up by Starlette goes through all headers."""

from dataclasses import dataclass

from starlette.types import Scope

from server.domain.actor import Origin
from server.http.media_type import read_media_type


@dataclass(slots=True)
class RequestHeaders:
    """The head of a request, or of a socket's handshake."""

    scope: Scope
    headers: dict[str, str]
    """By their names in lower case; of a header that was sent again, the first."""
    accept: str
    """All that `Accept` says."""
    credentials: list[str]
    """Each `Authorization`."""
    body_type: str
    """The media type that the body is said to have, in lower case; empty when unsaid."""

    @classmethod
    def of(cls, scope: Scope) -> "RequestHeaders":
        """Read it."""
        raw = scope["headers"]
        sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
        headers = dict(reversed(sent))
        return cls(
            scope,
            headers,
            accept=",".join([value for name, value in sent if name == "accept"]),
            credentials=[value for name, value in sent if name == "authorization"],
            body_type=read_media_type(headers.get("content-type", "")).name,
        )

    @property
    def origin(self) -> Origin:
        """Where it comes from; behind a trusted proxy uvicorn has put the client in place."""
        client = self.scope.get("client")
        return Origin(client[0] if client else "", self.headers.get("user-agent", ""))
