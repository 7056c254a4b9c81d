"""How errors are told: each with a code, none with the inside, on every transport."""

import logging
import re
import secrets
from collections.abc import Iterable
from typing import Final

from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from server.database import STORAGE_FAILURES
from server.domain.errors import DomainError, Unavailable

log = logging.getLogger("tokendesk.graphql")

UNAVAILABLE: Final = "Tokendesk cannot reach its storage right now. Try again in a moment."
_SUGGESTION: Final = re.compile(r" Did you mean [^?]*\?")
"""At the end of a message, or before the value that it is about."""
LONGEST_MESSAGE: Final = 1_000
"""Characters. GraphQL's own rules repeat what was sent, however long it is."""
_CALLERS_FAULT: Final = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
"""What Strawberry raises itself for requests that name no operation which may run."""


def mask(errors: Iterable[GraphQLError], *, hide_suggestions: bool) -> None:
    """Give each error its code, in place; mask crashes under an id that stands in the log.

    An error that was given a code when it was raised keeps it. Without suggestions no message
    tells the name of anything that the caller did not name.
    """
    for error in errors:
        code = _reported(error)
        error.extensions = {**(error.extensions or {}), "code": code}
        if hide_suggestions:
            error.message = _SUGGESTION.sub("", error.message)
        if len(error.message) > LONGEST_MESSAGE:
            error.message = error.message[:LONGEST_MESSAGE] + "…"


def _reported(error: GraphQLError) -> str:
    cause = error.original_error
    given = (error.extensions or {}).get("code")
    if given is not None:
        return str(given)
    if isinstance(cause, DomainError):
        return cause.code
    if isinstance(cause, STORAGE_FAILURES):
        log.error("storage failed: %s: %s", type(cause).__name__, cause)
        error.message = UNAVAILABLE
        return Unavailable.code
    if _crashed(error, cause):
        error.message = tell_crash(cause, error.path)
        return "INTERNAL"
    return "BAD_REQUEST"


def tell_crash(cause: Exception | None, where: object) -> str:
    """Log a crash under an id; the message for the client, which has nothing but the id."""
    crash_id = secrets.token_hex(6)
    log.error("crash %s in %s", crash_id, where, exc_info=cause)
    return f"Internal error {crash_id}."


def _crashed(error: GraphQLError, cause: Exception | None) -> bool:
    """A scalar's complaint about a literal has a cause as well, but a place and no path."""
    if cause is None or isinstance(cause, (GraphQLError, *_CALLERS_FAULT)):
        return False
    return error.path is not None or not error.nodes
