"""Errors as clients see them on every transport: each with a code, none with internal details."""

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
_SUGGESTION: Final = re.compile(r" Did you mean (?:(?! Did you mean )[^?])*+\?")
"""Matches it at the end of a message, or before the value that the message is about."""
LONGEST_MESSAGE: Final = 1_000
"""Characters; GraphQL's own messages quote the input, however long it is."""
_CALLERS_FAULT: Final = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
"""Raised by Strawberry for requests that name no operation that may run."""


def mask(errors: Iterable[GraphQLError], *, hide_suggestions: bool) -> None:
    """Add a code to each error in place, and replace crashes by an id that is in the log.

    An error that already has a code keeps it. `hide_suggestions` removes "Did you mean", which
    would reveal names that the caller did not send.
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
    """Log a crash under a random id, and return the client's message, which holds only the id."""
    crash_id = secrets.token_hex(6)
    log.error("crash %s in %s", crash_id, where, exc_info=cause)
    return f"Internal error {crash_id}."


def _crashed(error: GraphQLError, cause: Exception | None) -> bool:
    """Return whether the error is a crash: an unexpected exception.

    Errors of scalars about literals have a cause as well, but nodes and no path.
    """
    if cause is None or isinstance(cause, (GraphQLError, *_CALLERS_FAULT)):
        return False
    return error.path is not None or not error.nodes
