"""One-time sign-in links: who may use one, once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from server.domain.errors import Expired
from server.domain.i18n.messages import Message
from server.models.accounts import SignInLink
from server.services.people.identities import enter_by
from server.services.people.users import digest_of

USED: Final = Message("This sign-in link was used already. Ask for a new one.")


async def usable_link(link: str, now: datetime) -> SignInLink:
    """Return the link with its person. Raise `Expired` if it was used, or is too old or unknown."""
    found = await SignInLink.get_or_none(digest=digest_of(link)).select_related("user")
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise Expired(
            Message("This sign-in link was used already or is too old. Ask for a new one.")
        )
    if not found.user.active:
        raise Expired(Message("This person may no longer sign in."))
    return found


async def use_up(link: SignInLink, now: datetime) -> Mapping[str, str] | None:
    """Mark the link as used, and return what else that changed, for the audit record."""
    unused = SignInLink.filter(id=link.id, used_at__isnull=True)
    if not await unused.update(used_at=now):
        raise Expired(USED)
    return await enter_by(link, now)


def may_choose_password(link: SignInLink) -> bool:
    """Return whether the link may set a password.

    An account's link also replaces a lost password, but not that of a proved person.
    """
    user = link.user
    return link.resets_password or user.password_hash is None or not user.proved
