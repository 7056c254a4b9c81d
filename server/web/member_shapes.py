"""People made ready for templates: each with what can be done with them, and where."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from server.domain.actor import Actor, Role
from server.domain.phrases import Phrase
from server.services.answers import MemberInfo
from server.web.language import gettext as _
from server.web.language import ngettext
from server.web.shapes import Shape, thing

USERS: Final = "/settings/users"
ADMINISTRATION: Final = "/administration/accounts"


def members(infos: Sequence[MemberInfo], actor: Actor, *, account_id: str | None = None) -> Shape:
    """The people of an account; `account_id` where it is not the actor's own page."""
    return {
        "rows": [_member(info, actor, account_id) for info in infos],
        "invite_url": address("invite", account_id) if actor.may_manage_tokens else None,
        "total_label": ngettext("%(num)s person", "%(num)s people", len(infos)),
    }


def address(path: str, account_id: str | None) -> str:
    """Where something is done with a person, in the own account or in a named one."""
    query = f"?{urlencode({'account': account_id})}" if account_id else ""
    return f"{USERS}/{path}{query}"


def page_of(account_id: str | None) -> str:
    """The page that lists an account's people."""
    return f"{ADMINISTRATION}/{account_id}" if account_id else USERS


def _member(info: MemberInfo, actor: Actor, account_id: str | None) -> Shape:
    active = {"label": Phrase("Active"), "tone": "ok"}
    deactivated = {"label": Phrase("Deactivated"), "tone": "off"}
    offered = _moves(info) if actor.may_manage_tokens else []
    return thing(info.user.id, info.user.name) | {
        "email": info.user.email,
        "role": info.role.label,
        "status": active if info.active else deactivated,
        "is_self": info.user.id == actor.id,
        "last_sign_in_at": info.last_sign_in_at,
        "moves": [
            {"label": label, "url": address(f"{info.user.id}/{path}", account_id), "look": look}
            for label, path, look in offered
        ],
    }


def _moves(info: MemberInfo) -> list[tuple[str, str, str]]:
    """What a person reads, the last part of the address, and how it stands out."""
    if info.role is Role.ADMINISTRATOR:
        moves = [(_("Make viewer"), f"role/{Role.VIEWER.value}", "")]
    else:
        moves = [(_("Make administrator"), f"role/{Role.ADMINISTRATOR.value}", "")]
    if info.active and info.needs_link:
        moves.append((_("New sign-in link"), "link", ""))
    if info.active:
        moves.append((_("Deactivate"), "deactivate", "bad"))
    else:
        moves.append((_("Activate"), "activate", ""))
    return moves
