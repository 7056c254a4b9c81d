"""The schema put together, and how its errors are told."""

import logging
import re
import secrets
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.errors import HANDLERS
from schema.limits import limits
from schema.mutations import Mutation
from schema.queries import Query
from schema.scalars import SCALARS
from server.database import STORAGE_FAILURES
from server.domain.errors import Refusal, Unavailable

log = logging.getLogger("tokendesk.graphql")

_SUGGESTION: Final = re.compile(r" Did you mean .*\?$")


class DeskSchema(strawberry.Schema):
    """Strawberry's schema, whose errors never tell of the inside."""

    hides_suggestions = False

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Give each error a code; mask crashes under an id that stands in the log."""
        for error in errors:
            code = _told(error)
            error.extensions = {**(error.extensions or {}), "code": code}
            if self.hides_suggestions:
                error.message = _SUGGESTION.sub("", error.message)


def _told(error: GraphQLError) -> str:
    cause = error.original_error
    if isinstance(cause, Refusal):
        return cause.code
    if isinstance(cause, STORAGE_FAILURES):
        log.error("storage failed: %s: %s", type(cause).__name__, cause)
        error.message = "Tokendesk cannot reach its storage right now. Try again in a moment."
        return Unavailable.code
    crashed = cause is not None and not isinstance(cause, GraphQLError)
    if crashed and (error.path is not None or not error.nodes):
        crash_id = secrets.token_hex(6)
        log.error("crash %s in %s", crash_id, error.path, exc_info=cause)
        error.message = f"Internal error {crash_id}."
        return "INTERNAL"
    return "BAD_REQUEST"


def build_schema(*, introspection: bool = True) -> DeskSchema:
    """The schema; without introspection it gives no hints about its names either."""
    schema = DeskSchema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[
            *limits(),
            *([] if introspection else [DisableIntrospection]),
            lambda: ParserCache(maxsize=500),
            lambda: ValidationCache(maxsize=500),
        ],
        exception_handlers=HANDLERS,
    )
    schema.hides_suggestions = not introspection
    return schema
