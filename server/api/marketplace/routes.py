"""The definition of an operation, and the context of a call to it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.api.marketplace.query_string import parse_list_query
from server.api.marketplace.wire.inputs import Sent
from server.api.marketplace.wire.models import Shape
from server.desk import Desk
from server.domain.actor import NOBODY, Actor
from server.services.search.list_query import ListQuery


@dataclass(frozen=True)
class OperationCall:
    """A request to an operation; `value` is the bearer token that was sent."""

    desk: Desk
    request: Request
    ids: Mapping[str, str]
    actor: Actor = NOBODY
    value: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.ids["id"]

    @cached_property
    def list_query(self) -> ListQuery:
        """The parsed query string; raises `Invalid`."""
        return parse_list_query(self.request.scope["query_string"])


Handler = Callable[[OperationCall], Awaitable[Response]]


class Reads(Enum):
    """The part of the query string that an operation reads."""

    NOTHING = "nothing"
    SELECTION = "selection"
    LIST = "list"


@dataclass(frozen=True)
class Operation:
    """A method at a path, both as it is served and as the OpenAPI document describes it.

    `name` is the operation id for generated clients; `refusals` are its error statuses beyond those
    that every operation has.
    """

    method: str
    path: str
    name: str
    summary: str
    handle: Handler
    answers: type[Shape] | None
    status: int = 200
    description: str = ""
    reads: Reads = Reads.NOTHING
    body: type[Sent] | None = None
    form: bool = False
    refusals: tuple[int, ...] = ()
    open: bool = False

    @property
    def tag(self) -> str:
        """The resource that the operation belongs to."""
        return self.path.split("/")[2]


_PLACE: Final = re.compile(r"\{(\w+)\}")


def pattern_of(path: str) -> re.Pattern[str]:
    """Compile a path template: `{id}` matches any text without a slash; a slash may follow."""
    return re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", path) + "/?")
