"""The refusals: every way in which the desk says no, each mapped once per face."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from server.domain.i18n.messages import JoinedMessage


class DomainError(Exception):
    """A wish that is not granted. `message` is for a person, `code` is for a program."""

    code = "REFUSED"

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field; `path` leads to the field in the caller's input."""

    path: tuple[str, ...]
    message: str

    @property
    def field(self) -> str:
        """The input field's name, as forms know it."""
        return self.path[0] if self.path else ""


class Invalid(DomainError):
    """The input breaks rules; all complaints are collected, none is found one at a time."""

    code = "INVALID"

    def __init__(self, *field_errors: FieldError) -> None:
        super().__init__(
            JoinedMessage(" ", [field_error.message for field_error in field_errors]),
            path=field_errors[0].path if field_errors else (),
        )
        self.field_errors = field_errors

    @classmethod
    def one(cls, field_name: str, message: str) -> "Invalid":
        """A refusal with a single complaint about one field."""
        return cls(FieldError((field_name,), message))


class NotFound(DomainError):
    """There is no such object, or it belongs to an account that the actor may not see."""

    code = "NOT_FOUND"


class NotAllowed(DomainError):
    """The actor is known, the object is theirs to see, but not theirs to change."""

    code = "NOT_ALLOWED"


class SignInNeeded(DomainError):
    """Nobody is signed in, or the sign-in was wrong or has ended."""

    code = "SIGN_IN_NEEDED"


class ConfirmPassword(DomainError):
    """The last sign-in is too long ago for this; the person's password is needed again."""

    code = "CONFIRM_PASSWORD"


class IllegalTransition(DomainError):
    """The object's state does not allow this step; the message names state and wish."""

    code = "ILLEGAL_STATE"


class Stale(DomainError):
    """Somebody else changed the object since it was read; `current_version` is the newest."""

    code = "STALE"

    def __init__(self, message: str, *, current_version: int) -> None:
        super().__init__(message, path=("version",))
        self.current_version = current_version


class Taken(DomainError):
    """A value that must be unique is in use already."""

    code = "TAKEN"


class Expired(DomainError):
    """The object was there, but its time is over."""

    code = "EXPIRED"


class TooMany(DomainError):
    """Too many attempts; `retry_after` says how long to wait."""

    code = "TOO_MANY"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """The desk's own storage does not work now (disk full, read-only, database gone)."""

    code = "UNAVAILABLE"


class ChangesMissed(DomainError):
    """Changes may have been missed: whoever follows them reads everything anew."""

    code = "RESYNC"


class TooSlow(DomainError):
    """Changes came faster than the follower took them, and were not kept any longer."""

    code = "TOO_SLOW"


@dataclass
class FieldErrors:
    """Collects complaints while input is parsed, and refuses once at the end."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, field_name: str, message: str) -> None:
        """Note one complaint about one field."""
        self.found.append(FieldError((field_name,), message))

    def raise_if_any(self) -> None:
        """Raise `Invalid` with everything collected; do nothing when all was well."""
        if self.found:
            raise Invalid(*self.found)


def by_field(refusal: Invalid) -> Mapping[str, str]:
    """The first complaint of each field, for a form to show beside it."""
    messages: dict[str, str] = {}
    for field_error in refusal.field_errors:
        messages.setdefault(field_error.field, field_error.message)
    return messages
