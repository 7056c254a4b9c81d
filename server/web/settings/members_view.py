"""View models of members, each with its possible actions and their URLs."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from server.domain.actor import Actor, Role
from server.domain.member_rules import MemberStatus
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.people.views import MemberView
from server.web.html.view_models import Shape, thing

USERS: Final = "/settings/users"
ADMINISTRATION: Final = "/administration/accounts"

_TONES: Final = {
    MemberStatus.ACTIVE: "ok",
    MemberStatus.INVITED: "warn",
    MemberStatus.DEACTIVATED: "off",
}


def members(infos: Sequence[MemberView], actor: Actor, *, account_id: str | None = None) -> Shape:
    """Return the members' view models. Operations sets `account_id` to see another account."""
    return {
        "rows": [_member(info, actor, account_id) for info in infos],
        "invite_url": address("invite", account_id) if actor.may_manage_tokens else None,
        "total_label": ngettext("%(num)s person", "%(num)s people", len(infos)),
    }


def address(path: str, account_id: str | None) -> str:
    """Return the URL of an action on a member, in the current account or a named one."""
    query = f"?{urlencode({'account': account_id})}" if account_id else ""
    return f"{USERS}/{path}{query}"


def page_of(account_id: str | None) -> str:
    """Return the URL of the page that lists the account's members."""
    return f"{ADMINISTRATION}/{account_id}" if account_id else USERS


def _member(info: MemberView, actor: Actor, account_id: str | None) -> Shape:
    offered = _moves(info, actor) if actor.may_manage_tokens else []
    return thing(info.user.id, info.user.name) | {
        "email": info.user.email,
        "role": info.role.label,
        "status": {"label": info.status.label, "tone": _TONES[info.status]},
        "is_self": info.user.id == actor.id,
        "last_sign_in_at": info.last_sign_in_at,
        "moves": [
            {"label": label, "url": address(f"{info.user.id}/{path}", account_id), "look": look}
            for label, path, look in offered
        ],
    }


def _moves(info: MemberView, actor: Actor) -> list[tuple[str, str, str]]:
    """Return each action's label, the last segment of its path, and its tone."""
    if info.role is Role.ADMINISTRATOR:
        moves = [(_("Make viewer"), f"role/{Role.VIEWER.value}", "")]
    else:
        moves = [(_("Make administrator"), f"role/{Role.ADMINISTRATOR.value}", "")]
    if info.status is MemberStatus.DEACTIVATED:
        return [*moves, (_("Activate"), "activate", "")]
    if not info.user.proved or (info.needs_link and actor.may_operate):
        moves.append((_("New sign-in link"), "link", ""))
    moves.append((_("Deactivate"), "deactivate", "bad"))
    return moves
