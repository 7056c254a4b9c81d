"""The refusals: every way in which the desk says no, each mapped once per face."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from server.domain.i18n.messages import Joined


class Refusal(Exception):
    """A wish that is not granted. `message` is for a person, `code` is for a program."""

    code = "REFUSED"

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with one field; `path` leads to the field in the caller's input."""

    path: tuple[str, ...]
    message: str

    @property
    def field(self) -> str:
        """The input field's name, as forms know it."""
        return self.path[0] if self.path else ""


class Invalid(Refusal):
    """The input breaks rules; all complaints are collected, none is found one at a time."""

    code = "INVALID"

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__(
            Joined(" ", [complaint.message for complaint in complaints]),
            path=complaints[0].path if complaints else (),
        )
        self.complaints = complaints

    @classmethod
    def one(cls, field_name: str, message: str) -> "Invalid":
        """A refusal with a single complaint about one field."""
        return cls(Complaint((field_name,), message))


class NotFound(Refusal):
    """There is no such object, or it belongs to an account that the actor may not see."""

    code = "NOT_FOUND"


class NotAllowed(Refusal):
    """The actor is known, the object is theirs to see, but not theirs to change."""

    code = "NOT_ALLOWED"


class SignInNeeded(Refusal):
    """Nobody is signed in, or the sign-in was wrong or has ended."""

    code = "SIGN_IN_NEEDED"


class ConfirmPassword(Refusal):
    """The last sign-in is too long ago for this; the person's password is needed again."""

    code = "CONFIRM_PASSWORD"


class IllegalMove(Refusal):
    """The object's state does not allow this step; the message names state and wish."""

    code = "ILLEGAL_STATE"


class Stale(Refusal):
    """Somebody else changed the object since it was read; `current_version` is the newest."""

    code = "STALE"

    def __init__(self, message: str, *, current_version: int) -> None:
        super().__init__(message, path=("version",))
        self.current_version = current_version


class Taken(Refusal):
    """A value that must be unique is in use already."""

    code = "TAKEN"


class Expired(Refusal):
    """The object was there, but its time is over."""

    code = "EXPIRED"


class TooMany(Refusal):
    """Too many attempts; `retry_after` says how long to wait."""

    code = "TOO_MANY"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The desk's own storage does not work now (disk full, read-only, database gone)."""

    code = "UNAVAILABLE"


class ChangesMissed(Refusal):
    """Changes may have been missed: whoever follows them reads everything anew."""

    code = "RESYNC"


class TooSlow(Refusal):
    """Changes came faster than the follower took them, and were not kept any longer."""

    code = "TOO_SLOW"


@dataclass
class Complaints:
    """Collects complaints while input is parsed, and refuses once at the end."""

    found: list[Complaint] = field(default_factory=list)

    def add(self, field_name: str, message: str) -> None:
        """Note one complaint about one field."""
        self.found.append(Complaint((field_name,), message))

    def refuse(self) -> None:
        """Raise `Invalid` with everything collected; do nothing when all was well."""
        if self.found:
            raise Invalid(*self.found)


def by_field(refusal: Invalid) -> Mapping[str, str]:
    """The first complaint of each field, for a form to show beside it."""
    messages: dict[str, str] = {}
    for complaint in refusal.complaints:
        messages.setdefault(complaint.field, complaint.message)
    return messages
