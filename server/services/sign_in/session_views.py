"""What services answer of a person's own sign-ins."""

from dataclasses import dataclass
from datetime import datetime

from server.services.people.views import UserView


@dataclass(frozen=True)
class SessionInfo:
    """A browser in which a person is signed in."""

    id: str
    begun_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    """When it ends by itself, if the person is not heard of any more."""
    address: str | None
    """None for a session of an earlier release; so is `user_agent`."""
    user_agent: str | None
    is_current: bool


@dataclass(frozen=True)
class ProfileInfo:
    """A person as they see themselves."""

    user: UserView
    has_password: bool
    may_choose_password: bool
    """Whether they may choose their first password in this session, without a further link."""
    sessions: tuple[SessionInfo, ...]
    """This one first, then the one seen last."""


@dataclass(frozen=True)
class PasswordReset:
    """A person whose password Operations has reset; None for `link` where it is set already."""

    user: UserView
    link: str | None = None
    expires_at: datetime | None = None
    """When the link ends; None where there is none."""
    ended_sessions: int = 0
    """With a link nothing ends before it is used."""
