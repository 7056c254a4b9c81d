"""The errors of the domain: every way to refuse a request. Each face maps each of them once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from server.domain.i18n.messages import JoinedMessage


class DomainError(Exception):
    """A refused request. `message` is for people, `code` is for programs."""

    code = "REFUSED"

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True)
class FieldError:
    """One error in one field; `path` leads to the field in the caller's input."""

    path: tuple[str, ...]
    message: str

    @property
    def field(self) -> str:
        """The name of the input field in forms."""
        return self.path[0] if self.path else ""


class Invalid(DomainError):
    """The input is invalid. It carries all field errors at once."""

    code = "INVALID"

    def __init__(self, *field_errors: FieldError) -> None:
        super().__init__(
            JoinedMessage(" ", [field_error.message for field_error in field_errors]),
            path=field_errors[0].path if field_errors else (),
        )
        self.field_errors = field_errors

    @classmethod
    def one(cls, field_name: str, message: str) -> "Invalid":
        """Create an error about a single field."""
        return cls(FieldError((field_name,), message))


class NotFound(DomainError):
    """The object does not exist, or belongs to an account that the actor may not see."""

    code = "NOT_FOUND"


class NotAllowed(DomainError):
    """The actor is known and may see the object, but may not do this."""

    code = "NOT_ALLOWED"


class SignInNeeded(DomainError):
    """Nobody is signed in, or the sign-in failed or has ended."""

    code = "SIGN_IN_NEEDED"


class ConfirmPassword(DomainError):
    """The last sign-in is too long ago for this: the password must be confirmed."""

    code = "CONFIRM_PASSWORD"


class IllegalTransition(DomainError):
    """The object's state does not allow this transition; the message names both."""

    code = "ILLEGAL_STATE"


class Stale(DomainError):
    """The object was changed since it was read; `current_version` is its newest version."""

    code = "STALE"

    def __init__(self, message: str, *, current_version: int) -> None:
        super().__init__(message, path=("version",))
        self.current_version = current_version


class Taken(DomainError):
    """A value that must be unique is already in use."""

    code = "TAKEN"


class Expired(DomainError):
    """The object existed, but has expired."""

    code = "EXPIRED"


class TooMany(DomainError):
    """Too many attempts; `retry_after` is the time to wait."""

    code = "TOO_MANY"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """The desk's storage does not work at present (disk full, read-only, database gone)."""

    code = "UNAVAILABLE"


class ChangesMissed(DomainError):
    """Changes may have been missed: subscribers must read everything again."""

    code = "RESYNC"


class TooSlow(DomainError):
    """Changes came faster than the subscriber took them, and were dropped."""

    code = "TOO_SLOW"


@dataclass
class FieldErrors:
    """Collects field errors while input is validated, then raises once."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, field_name: str, message: str) -> None:
        """Add an error about a field."""
        self.found.append(FieldError((field_name,), message))

    def raise_if_any(self) -> None:
        """Raise `Invalid` with all collected errors, if there are any."""
        if self.found:
            raise Invalid(*self.found)


def by_field(refusal: Invalid) -> Mapping[str, str]:
    """Return the first error of each field, for a form to show beside it."""
    messages: dict[str, str] = {}
    for field_error in refusal.field_errors:
        messages.setdefault(field_error.field, field_error.message)
    return messages
