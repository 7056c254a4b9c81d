"""A token's page: the frame above its tabs, and the tabs, each with its own URL."""

from typing import Any, Final

from starlette.responses import Response

from server.domain.i18n.messages import Message
from server.domain.tokens.lifecycle import Milestone
from server.domain.tokens.secret_policy import RevealPolicy
from server.services.tokens.views import MilestoneView, OldSecretView, TokenView
from server.web.audit.list import records_context
from server.web.html import view_models
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import LIST, Shape
from server.web.tokens.code_samples import endpoint_of, examples

TABS: Final = (
    ("", Message("General")),
    ("/modules", Message("Modules")),
    ("/details", Message("Details")),
    ("/usage", Message("Usage")),
    ("/audit-trail", Message("Audit trail")),
)
_LIFE: Final = {
    Milestone.UPDATED: Message("Last change"),
    Milestone.ENABLED: Message("Enabled"),
    Milestone.DISABLED: Message("Disabled"),
    Milestone.ROTATED: Message("Rotated"),
}


@signed_in
async def show_general(visit: Visit) -> Response:
    """Show description, endpoint and the masked value."""
    return await general(visit, await token_of(visit))


async def general(
    visit: Visit, token: TokenView, state: Shape | None = None, *, status: int = 200
) -> Response:
    """Render the tab General; `state` overrides parts of `secret_shape`."""
    endpoint = endpoint_of(visit)
    return await page(
        visit,
        token,
        "",
        status=status,
        endpoint=endpoint,
        examples=examples(endpoint),
        secret=secret_shape(visit, token) | (state or {}),
    )


@signed_in
async def show_modules(visit: Visit) -> Response:
    """Show the modules the token may use, and those withdrawn from its account."""
    return await page(visit, await token_of(visit), "/modules")


@signed_in
async def show_details(visit: Visit) -> Response:
    """Show when the token reached each milestone, and by whom."""
    token = await token_of(visit)
    passed = await visit.desk.tokens.milestones(visit.actor, token)
    created = MilestoneView(token.created_at, token.created_by)
    points = [_point(Message("Created"), created)]
    points += [_point(label, passed.get(kind)) for kind, label in _LIFE.items()]
    expiry_set = passed.get(Milestone.EXPIRY_SET)
    return await page(
        visit,
        token,
        "/details",
        points=points,
        expiry_set=_point(Message("Expiry set"), expiry_set) if expiry_set else None,
    )


@signed_in
async def show_audit_trail(visit: Visit) -> Response:
    """Show the token's audit records; htmx requests only the table."""
    token = await token_of(visit)
    base_url = f"{LIST}/{token.id}/audit-trail"
    context = await records_context(visit, base_url=base_url, object_id=token.id)
    if visit.htmx.partial:
        return visit.html("settings/audit-trail/records.html", partial=True, **context)
    return await page(visit, token, "/audit-trail", partial=False, **context)


async def token_of(visit: Visit) -> TokenView:
    """Return the token in the URL."""
    return await visit.desk.tokens.get(visit.actor, visit.request.path_params["token"])


async def page(
    visit: Visit, token: TokenView, tab: str, *, status: int = 200, **content: Any
) -> Response:
    """Render a tab in its frame; `tab` is the last part of its URL."""
    name = tab.removeprefix("/") or "general"
    return visit.html(
        f"settings/api-tokens/token/{name}.html",
        status=status,
        **await _frame(visit, token, tab),
        **content,
    )


async def _frame(visit: Visit, token: TokenView, tab: str) -> Shape:
    """Build what every tab shows above its content."""
    old = await visit.desk.secrets.old(visit.actor, token)
    url = f"{LIST}/{token.id}"
    moves = view_models.moves(token, visit.actor)
    return {
        "token": view_models.token(token, visit.desk.clock()),
        "tabs": [
            {"label": label, "url": url + path, "current": path == tab} for path, label in TABS
        ],
        "edit_url": next((move["url"] for move in moves if move["key"] == "edit"), None),
        "moves": [move for move in moves if move["key"] != "edit"],
        "old_secret": _old_secret(old, url, may_end=bool(moves)),
    }


def _old_secret(old: list[OldSecretView], url: str, *, may_end: bool) -> Shape | None:
    """Describe a rotated-out secret that still works or was tried since; None if there is none."""
    working = [each for each in old if each.works]
    tried = [each for each in old if each.refused_at is not None and not each.works]
    if working:
        last_used = [each.last_used_at for each in working if each.last_used_at]
        return {
            "works_until": max(each.accepted_until for each in working),
            "last_used_at": max(last_used, default=None),
            "end_url": f"{url}/end-grace" if may_end else None,
            "ended_at": None,
            "refused_at": None,
        }
    if tried:
        latest = max(tried, key=lambda each: each.refused_at or each.accepted_until)
        return {
            "works_until": None,
            "last_used_at": latest.last_used_at,
            "end_url": None,
            "ended_at": latest.accepted_until,
            "refused_at": latest.refused_at,
        }
    return None


def _point(label: str, passed: MilestoneView | None) -> Shape:
    if passed is None:
        return {"label": label, "at": None, "by": None}
    return {"label": label, "at": passed.at, "by": view_models.thing(passed.by.id, passed.by.name)}


def secret_shape(visit: Visit, token: TokenView) -> Shape:
    """Build the state of a masked value, and whether this person may show it."""
    return {
        "url": f"{LIST}/{token.id}/secret",
        "page_url": f"{LIST}/{token.id}",
        "kept": token.account.reveal is RevealPolicy.ALWAYS,
        "may_show": visit.actor.may_manage_tokens and token.account.id == visit.actor.account_id,
        "value": None,
        "asks_password": False,
        "has_password": visit.signed_in.has_password,
        "action": "show",
        "error": None,
    }
