"""The API explorer: GraphiQL from our own assets, with its own content security policy."""

import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.http.pages.i18n import ask_browser
from server.http.pages.templates import html
from server.web.html.request import resume, viewer

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""The nonce is for the one style element that GraphiQL's dialogs add to hold the page still."""


async def show(request: Request) -> Response:
    """Show GraphiQL, also to people who are not signed in: they can paste a token."""
    ask_browser(request.headers)
    session = await resume(request)
    nonce = secrets.token_urlsafe(16)
    context = {"viewer": viewer(session) if session else None, "nonce": nonce}
    return html("graphql.html", context, policy=_POLICY.format(nonce=nonce))
