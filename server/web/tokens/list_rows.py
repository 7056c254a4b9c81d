"""View models of the grid's rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from server.domain.actor import Actor
from server.services.tokens.views import TokenView
from server.web.html import view_models
from server.web.html.view_models import LIST, Shape

LONG: Final = 40
"""Longer names are truncated in the list; the full name is shown on demand."""

ANY: Final = "\x1aid"
ANY_NAME: Final = "\x1aname"
"""Placeholders in markup that is rendered once for many rows, which insert their id and name.

No name can contain these control characters.
"""


def rows(infos: Sequence[TokenView], actor: Actor, now: datetime) -> Shape:
    """Return `rows`, and the parts that rows share, each once under the key that rows refer to.

    Sharing keeps the rendering of a hundred rows within a few milliseconds.
    """
    return {"rows": [_row(info, actor, now) for info in infos], **_shared(infos, actor)}


def _row(info: TokenView, actor: Actor, now: datetime) -> Shape:
    return view_models.thing(info.id, info.name, info.logo) | {
        "is_long": len(info.name) > LONG,
        "modules": _granted(info),
        "creator": _creator(info),
        "created_at": info.created_at,
        "updated_at": info.updated_at,
        "last_access": info.last_access_at,
        "expires_at": info.expires_at,
        "expiry": view_models.expiry(info.expires_at, now),
        "status": info.status.value,
        "account": {"id": info.account.id, "name": info.account.name},
        "menu": _menu(info, actor),
    }


def _shared(infos: Sequence[TokenView], actor: Actor) -> Shape:
    granted = {_granted(info): info for info in infos}
    menus = {_menu(info, actor): info for info in infos}
    menus.pop("", None)
    creators = {_creator(info): info.created_by for info in infos}
    return {
        "any": ANY,
        "any_name": ANY_NAME,
        "any_url": f"{LIST}/{ANY}",
        "creators": [(key, view_models.thing(by.id, by.name)) for key, by in creators.items()],
        "module_sets": [(key, view_models.granted(info)) for key, info in granted.items()],
        "statuses": [
            (each.value, view_models.status(each)) for each in {info.status for info in infos}
        ],
        "menus": [
            (key, view_models.moves(replace(info, id=ANY), actor)) for key, info in menus.items()
        ],
    }


def _granted(info: TokenView) -> str:
    names = "/".join(module.id for module in info.withdrawn_modules)
    return f"{'/'.join(module.id for module in info.modules)}-{names}"


def _creator(info: TokenView) -> str:
    return f"{info.created_by.id} {info.created_by.name}"


def _menu(info: TokenView, actor: Actor) -> str:
    """Return a key that rows with the same menu share; empty if there is no menu."""
    if not view_models.may_move(info, actor):
        return ""
    return f"{info.status.value} {info.account.id == actor.account_id}"
