"""View models: the services' views with labels, tones and URLs for templates."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from server.domain.actor import Actor
from server.domain.i18n.messages import Message
from server.domain.tokens.expiry import Urgency, describe_time_left, expiry_urgency
from server.domain.tokens.fields import typed_values_of
from server.domain.tokens.lifecycle import TokenStatus, Transition, allowed_transitions
from server.http.pages.i18n import ngettext
from server.services.accounts.views import AccountView, ModuleView
from server.services.tokens.views import DraftView, TokenView

LIST: Final = "/settings/api-tokens"
HUES: Final = 12
TONES: Final = {TokenStatus.ACTIVE: "ok", TokenStatus.DISABLED: "off", TokenStatus.EXPIRED: "warn"}

URGENT: Final = {Urgency.SOON: "warn", Urgency.VERY_SOON: "bad", Urgency.OVER: "bad"}
MOVES: Final = {
    Transition.ENABLE: (Message("Enable"), "enable", ""),
    Transition.DISABLE: (Message("Disable"), "disable", ""),
    Transition.EDIT: (Message("Edit"), "edit", "apart"),
    Transition.ROTATE: (Message("Rotate"), "rotate", ""),
    Transition.DELETE: (Message("Delete"), "delete", "bad"),
}
"""Label, last part of the URL, and how the move stands out."""

Shape = dict[str, Any]


def thing(object_id: str, name: str, logo: str | None = None) -> Shape:
    """Build anything with an avatar: its logo, else its initials in a color derived from its id."""
    return {
        "id": object_id,
        "name": name,
        "logo_url": f"/logos/{logo}" if logo else None,
        "initials": initials(name),
        "hue": _hue(object_id),
    }


@lru_cache(4096)
def _hue(object_id: str) -> int:
    return hashlib.sha256(object_id.encode()).digest()[0] % HUES + 1


def initials(name: str) -> str:
    """Return one or two characters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    return "".join(word[0] for word in words[:2]).upper()


def account(info: AccountView) -> Shape:
    """Build an account with its status."""
    active = {"label": Message("Active"), "tone": "ok"}
    disabled = {"label": Message("Disabled"), "tone": "off"}
    shown = active if info.active else disabled
    return thing(info.id, info.name, info.logo) | {"type": info.type.label, "status": shown}


def modules(infos: tuple[ModuleView, ...]) -> list[Shape]:
    """Build modules with id, name and description."""
    return [
        {"id": module.id, "name": module.name, "description": module.description}
        for module in infos
    ]


def token(info: TokenView, now: datetime) -> Shape:
    """Build a token as the grid, the details page and the Summary show it."""
    return (
        thing(info.id, info.name, info.logo)
        | granted(info)
        | typed_values_of(info)
        | {
            "url": f"{LIST}/{info.id}",
            "created_by": thing(info.created_by.id, info.created_by.name),
            "created_at": info.created_at,
            "updated_at": info.updated_at,
            "last_access_at": info.last_access_at,
            "expiry": expiry(info.expires_at, now),
            "status": status(info.status),
            "account": account(info.account),
        }
    )


def granted(info: TokenView) -> Shape:
    """Build a token's modules: `module` if there is only one, and the number as a label."""
    every = (*info.modules, *info.withdrawn_modules)
    return {
        "module": modules(every)[0] if len(every) == 1 else None,
        "modules": modules(info.modules),
        "withdrawn": modules(info.withdrawn_modules),
        "modules_label": ngettext("%(num)s module", "%(num)s modules", len(every)),
    }


def status(value: TokenStatus) -> Shape:
    """Build a status badge."""
    return {"label": value.label, "tone": TONES[value]}


def expiry(expires_at: datetime | None, now: datetime) -> Shape | None:
    """Build the remaining time, and its tone if it is urgent; None without an expiry."""
    if expires_at is None:
        return None
    tone = URGENT.get(expiry_urgency(expires_at, now))
    return {"left": describe_time_left(expires_at, now), "tone": tone}


def may_move(info: TokenView, actor: Actor) -> bool:
    """Return whether this person can do anything with a token."""
    own = info.account.id == actor.account_id
    return actor.may_manage_tokens and (own or actor.sees_every_account)


def moves(info: TokenView, actor: Actor) -> list[Shape]:
    """Return what this person can do with a token, each move with its URL."""
    if not may_move(info, actor):
        return []
    own = info.account.id == actor.account_id
    offered = [
        move for move in allowed_transitions(info.status) if own or move is not Transition.ROTATE
    ]
    return [_move(info.id, move) for move in offered]


def _move(token_id: str, move: Transition) -> Shape:
    label, path, look = MOVES[move]
    url = f"{LIST}/{token_id}/{path}"
    return {"label": label, "url": url, "look": look, "key": path}


def open_draft(info: DraftView) -> Shape:
    """Build a draft that can be continued."""
    url = f"{LIST}/new/{info.id}"
    return {
        "name": info.name,
        "url": f"{url}/general",
        "discard_url": f"{url}/discard",
        "updated_at": info.updated_at,
    }
