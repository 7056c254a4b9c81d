"""Session and link rows: their lifetime, their end, and their views."""

from datetime import datetime, timedelta
from typing import Any, Final

from server.domain.actor import Origin
from server.domain.text.validation import normalize_search
from server.models.accounts import Session, SignInLink
from server.services.sign_in.session_views import SessionInfo

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)

_ADDRESS_CHARACTERS: Final = 64
_USER_AGENT_CHARACTERS: Final = 255
_ID_CHARACTERS: Final = 16


def ends_at(session: Session) -> datetime:
    """Return when the session ends if the person does nothing more."""
    return min(session.seen_at + IDLE, session.signed_in_at + LONGEST)


def seen_from(origin: Origin) -> dict[str, Any]:
    """Return the columns that record where a session was seen."""
    return {
        "address": normalize_search(origin.address[:_ADDRESS_CHARACTERS]),
        "user_agent": normalize_search(origin.user_agent[:_USER_AGENT_CHARACTERS]),
    }


def session_id(digest: str) -> str:
    """Return the public id of a session: too short a part of the digest to find it by."""
    return digest[:_ID_CHARACTERS]


def session_info(row: Session, current_digest: str) -> SessionInfo:
    """Return the view of a session for its person."""
    return SessionInfo(
        id=session_id(row.digest),
        begun_at=row.signed_in_at,
        last_seen_at=row.seen_at,
        ends_at=ends_at(row),
        address=row.address or None,
        user_agent=row.user_agent or None,
        is_current=row.digest == current_digest,
    )


async def end_sessions(user_id: str, *, but: str = "") -> int:
    """End a person's sessions, except the one with digest `but`; return how many."""
    return await Session.filter(user_id=user_id).exclude(digest=but).delete()


async def end_links(user_id: str, *, proving: bool | None = None) -> int:
    """Void a person's unused one-time links; return how many.

    A local identity can have links of Operations, which prove the address, and links of its
    account, which do not. `proving` selects one kind; None voids both.
    """
    only = {} if proving is None else {"proves_address": proving}
    return await SignInLink.filter(user_id=user_id, used_at__isnull=True, **only).delete()
