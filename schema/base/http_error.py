"""An error of GraphQL over HTTP, before anything is executed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_CODES: Final = {
    401: "SIGN_IN_NEEDED",
    403: "NOT_ALLOWED",
    429: "TOO_MANY",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


@dataclass
class HTTPError(Exception):
    """A request that is not run: the status, why, and the headers that belong to it."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    well_formed: bool = False
    """Whether it is GraphQL's own answer, which has status 200 under `application/json`."""

    @property
    def error(self) -> dict[str, Any]:
        """As GraphQL writes an error."""
        code = self.code or _CODES.get(self.status, "BAD_REQUEST")
        return {"message": self.message, "extensions": {"code": code}}
