"""Views of a person's profile and sessions."""

from dataclasses import dataclass
from datetime import datetime

from server.services.people.views import UserView


@dataclass(frozen=True)
class SessionInfo:
    """A session: a browser in which a person is signed in."""

    id: str
    begun_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    """When the session ends if the person does nothing more."""
    address: str | None
    """None for a session from an earlier release, as is `user_agent`."""
    user_agent: str | None
    is_current: bool


@dataclass(frozen=True)
class ProfileInfo:
    """A person's own profile."""

    user: UserView
    has_password: bool
    may_choose_password: bool
    """Whether they may choose their first password in this session, without another link."""
    sessions: tuple[SessionInfo, ...]
    """This session first, then by last activity."""


@dataclass(frozen=True)
class PasswordReset:
    """The result of a password reset by Operations; `link` is None if the password is set."""

    user: UserView
    link: str | None = None
    expires_at: datetime | None = None
    """When the link expires; None if there is no link."""
    ended_sessions: int = 0
    """0 with a link, because nothing ends before the link is used."""
