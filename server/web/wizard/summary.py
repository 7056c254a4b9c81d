"""The wizard's Summary: closing it, and testing the new token."""

from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import orjson
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Scope
from starlette.types import Message as ASGIMessage

from server.domain.actor import AccountType
from server.domain.errors import Invalid
from server.domain.i18n.messages import Message
from server.domain.tokens.secret_policy import RevealPolicy
from server.http.pages.i18n import gettext as _
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import LIST, Shape
from server.web.wizard.rendering import show_summary
from server.web.wizard.steps import draft_id_of

IDENTITY: Final = {
    "x-token-name": Message("API token"),
    "x-token-id": Message("Its id"),
    "x-account-id": Message("Account"),
    "x-account-type": Message("Account type"),
    "x-token-modules": Message("Modules"),
    "x-token-expires-at": Message("Expiry"),
}
"""Headers that tell a gateway the caller's identity, and their labels."""

REASONS: Final = {
    "The token is disabled.": Message("The token is disabled."),
    "The token is expired.": Message("The token is expired."),
    "The token's secret was rotated.": Message("The token's secret was rotated."),
    "The token is invalid.": Message("The token is invalid."),
    "Tokendesk cannot reach its storage right now.": Message(
        "Tokendesk cannot reach its storage right now."
    ),
}
"""Error messages of `/verify`, mapped to their translatable form."""


@signed_in
async def leave(visit: Visit) -> Response:
    """Close the wizard or go to the token; a value shown only once must be copied first."""
    form = await visit.form()
    minted = await visit.desk.drafts.committed(visit.actor, draft_id_of(visit))
    once = minted.token.account.reveal is RevealPolicy.ONCE
    if once and minted.secret and form.get("copied") != "1":
        said = _(
            "Copy the API token first, then tick “I have copied it”. Nobody can show it again."
        )
        draft = await visit.desk.drafts.get(visit.actor, draft_id_of(visit))
        return await show_summary(visit, draft, refusal=Invalid.one("copied", said))
    if form.get("go") != "details":
        return visit.done("", LIST)
    url = f"{LIST}/{minted.token.id}"
    if visit.htmx.partial:
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, 303)


@signed_in
async def try_out(visit: Visit) -> Response:
    """Verify the value as a program would, and show the response."""
    minted = await visit.desk.drafts.committed(visit.actor, draft_id_of(visit))
    tried = await _verified(visit, minted.secret.reveal()) if minted.secret else None
    if visit.htmx.partial:
        return visit.html("settings/api-tokens/new/tried.html", tried=tried, pressed=True)
    draft = await visit.desk.drafts.get(visit.actor, draft_id_of(visit))
    return await show_summary(visit, draft, tried=tried)


async def _verified(visit: Visit, value: str) -> Shape:
    """Call `/verify` inside this process: a proxy may block it for browsers."""
    verify: ASGIApp = visit.request.app.verify
    sent: list[ASGIMessage] = []

    async def receive() -> ASGIMessage:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: ASGIMessage) -> None:
        sent.append(message)

    asked: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/verify",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {value}".encode())],
        "client": visit.request.scope["client"],
    }
    await verify(asked, receive, send)
    status, body = int(sent[0]["status"]), orjson.loads(sent[1]["body"])
    headers = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return {
        "accepted": status == HTTPStatus.OK,
        "status": f"{status} {HTTPStatus(status).phrase}",
        "reason": REASONS.get(body.get("error", ""), ""),
        "headers": [
            {"header": name.title(), "label": label, "value": _in_words(name, headers[name])}
            for name, label in IDENTITY.items()
            if name in headers
        ],
    }


def _in_words(header: str, value: str) -> str:
    if header == "x-account-type":
        return AccountType(value).label
    if header == "x-token-name":
        return unquote(value)
    return value.replace(",", ", ") if header == "x-token-modules" else value
