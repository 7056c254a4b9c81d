"""A signed-in person's request: the session, the desk, and ways to respond."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.desk import Desk
from server.domain.actor import Actor, Origin
from server.domain.errors import DomainError
from server.http.addresses import path_of, read_address, safe_path
from server.http.cookies import clear_notice, leave_notice, read_cookie, read_notice
from server.http.forms import read_form
from server.http.pages.i18n import translate, use_language
from server.http.pages.templates import Htmx, html
from server.services.sign_in.sessions import SignedIn
from server.web.html.resume import ask_again

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Visit:
    """One request by a signed-in person."""

    request: Request
    desk: Desk
    cookie: str
    signed_in: SignedIn
    htmx: Htmx

    @property
    def actor(self) -> Actor:
        """The actor for calls on the desk."""
        return self.signed_in.actor

    async def form(self) -> FormData:
        """Return the submitted form: up to 2,000 fields and one file; the route limits the size."""
        return await read_form(self.request, max_files=1, max_fields=2_000)

    @property
    def came_from(self) -> str:
        """The page that a dialog leads back to; empty if it is unknown."""
        shown = self.request.headers.get("hx-current-url") or self.request.headers.get("referer")
        parts = read_address(shown or "")
        return safe_path(parts.path + (f"?{parts.query}" if parts.query else ""), "")

    def html(
        self,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """Render a template for this person."""
        headers = dict(headers or {})
        if self.htmx.restores_history:
            # The URL in the address bar must be this page's, even after a redirect.
            headers["HX-Replace-Url"] = path_of(self.request)
        context["viewer"] = viewer(self.signed_in)
        context["explorer"] = self.desk.settings.graphiql
        context["demo"] = self.desk.settings.demo
        context["notice"] = None if self.htmx.partial else read_notice(self.request)
        answer = html(name, context, status=status, headers=headers)
        if context["notice"]:
            clear_notice(answer)
        return answer

    def dialog(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """Render a dialog for the page's slot; without scripts, on its own page."""
        if self.htmx.partial:
            return self.html(template, status=status, partial=True, **context)
        return self.html(
            "dialog-page.html", status=status, partial=False, dialog=template, **context
        )

    def done(self, notice: str, url: str) -> Response:
        """Report success on the page at `url`, which htmx updates in place."""
        notice = translate(notice)
        if self.htmx.partial:
            trigger = {"done": {"text": notice}}
            way = {"path": url, "target": "#main", "select": "#main", "swap": "outerMorph"}
            way["replace" if url == self.came_from else "push"] = url
            return Response(
                headers={"HX-Trigger": json.dumps(trigger), "HX-Location": json.dumps(way)}
            )
        answer = RedirectResponse(url, 303)
        leave_notice(answer, notice)
        return answer


def viewer(session: SignedIn) -> dict[str, Any]:
    """Build what every page's header shows of the session."""
    current, user = session.current, session.user
    return {
        "name": user.name,
        "email": user.email,
        "role": current.role.label,
        "may_manage": session.actor.may_manage_tokens,
        "may_operate": session.actor.may_operate,
        "account_id": current.account.id,
        "account_name": current.account.name,
        "account_type": current.account.type.label,
        "accounts": [
            {
                "id": membership.account.id,
                "name": membership.account.name,
                "type": membership.account.type.label,
                "current": membership.account.id == current.account.id,
            }
            for membership in user.memberships
        ],
    }


def desk_from(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def request_origin(request: Request) -> Origin:
    """Return address and user agent; behind a trusted proxy, uvicorn sets the client's address."""
    host = request.client.host if request.client else ""
    return Origin(host, request.headers.get("user-agent", ""))


async def resume(request: Request) -> SignedIn | None:
    """Return the session of the request's cookie, if any, and switch to its account's language."""
    desk = desk_from(request)
    cookie = read_cookie(request, desk.settings)
    session = await desk.sessions.resume(cookie, request_origin(request)) if cookie else None
    if session is not None:
        use_language(session.current.account.language)
    return session


def signed_in(
    view: Callable[[Visit], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a view that needs a signed-in person; others must sign in first, and then return."""

    async def endpoint(request: Request) -> Response:
        session = await resume(request)
        if session is None:
            return await ask_to_sign_in(request)
        desk = desk_from(request)
        cookie = read_cookie(request, desk.settings)
        try:
            return await view(Visit(request, desk, cookie, session, Htmx.of(request)))
        finally:
            await request.close()  # deletes the temporary files of uploads

    return endpoint


async def ask_to_sign_in(request: Request) -> Response:
    """Redirect to the sign-in page, which leads back; a submitted form is kept."""
    if request.method not in {"GET", "HEAD"}:
        return await ask_again(request)
    shown = safe_path(read_address(request.headers.get("hx-current-url", "")).path, "")
    target = f"/sign-in?next={quote(shown or path_of(request))}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


async def attempt(call: Awaitable[Answer]) -> Answer | DomainError:
    """Return the result of a call, or its refusal as a value, to show it beside a field."""
    try:
        return await call
    except DomainError as refusal:
        return refusal
