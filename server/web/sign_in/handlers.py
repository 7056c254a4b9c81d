"""Signing in and out, by password or one-time link, and switching accounts."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.domain.errors import DomainError, Invalid, SignInNeeded, by_field
from server.http.addresses import path_of, safe_path
from server.http.cookies import clear_cookie, read_cookie, set_cookie
from server.http.forms import read_form
from server.http.pages.templates import html
from server.web.html.error_pages import STATUS, retry_after
from server.web.html.request import Visit, attempt, desk_from, request_origin, resume, signed_in
from server.web.settings.invitations import visitor
from server.web.sign_in.device_cookie import begin_session, browser_of

HOME = "/settings/api-tokens"


async def home(request: Request) -> Response:
    """Redirect to the tokens, or to the sign-in page."""
    return RedirectResponse(HOME if await resume(request) else "/sign-in", 303)


async def show_sign_in(request: Request) -> Response:
    """Show the sign-in page; redirect people who are signed in already."""
    target = safe_path(request.query_params.get("next", ""), HOME)
    if await resume(request):
        return RedirectResponse(target, 303)
    return _sign_in_page(target)


async def sign_in(request: Request) -> Response:
    """Check e-mail and password, and start a session."""
    form = await read_form(request)
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    target = safe_path(str(form.get("next", "")), HOME)
    desk = desk_from(request)
    cookie = await attempt(
        desk.sessions.sign_in(email, password, request_origin(request), browser_of(request))
    )
    if isinstance(cookie, DomainError):
        return _sign_in_page(target, email=email, refusal=cookie)
    return await _begin(request, cookie, target)


async def show_link(request: Request) -> Response:
    """Show a confirmation page: programs that follow links must not consume a one-time link."""
    return await _link_page(request)


async def use_link(request: Request) -> Response:
    """Consume a one-time link, with a new password if one was chosen, and start a session."""
    desk, link = desk_from(request), request.path_params["link"]
    form = await read_form(request)
    password = str(form.get("password", "")) or None
    cookie = await attempt(
        desk.sessions.sign_in_by_link(link, request_origin(request), password, browser_of(request))
    )
    if isinstance(cookie, Invalid):
        return await _link_page(request, cookie)
    if isinstance(cookie, DomainError):
        return _dead_link(cookie)
    return await _begin(request, cookie, HOME)


async def sign_out(request: Request) -> Response:
    """End the session, if there is one."""
    desk, session = desk_from(request), await resume(request)
    if session is not None:
        await desk.sessions.sign_out(read_cookie(request, desk.settings), session)
    answer = RedirectResponse("/sign-in", 303)
    clear_cookie(answer, desk.settings)
    return answer


@signed_in
async def switch_account(visit: Visit) -> Response:
    """Switch to another of the person's accounts."""
    form = await visit.form()
    account_id = str(form.get("account", ""))
    cookie = await visit.desk.sessions.switch(visit.cookie, visit.signed_in, account_id)
    answer = RedirectResponse(HOME, 303)
    set_cookie(answer, cookie, visit.desk.settings)
    return answer


async def _begin(request: Request, cookie: str, target: str) -> Response:
    answer = RedirectResponse(target, 303)
    await begin_session(request, answer, cookie)
    return answer


async def _link_page(request: Request, refusal: Invalid | None = None) -> Response:
    session = await resume(request)
    owner = await attempt(desk_from(request).sessions.link_owner(request.path_params["link"]))
    if isinstance(owner, DomainError):
        return _dead_link(owner)
    invited_to = owner.invited_to
    shown = {
        "url": path_of(request),
        "name": owner.user.name,
        "email": owner.user.email,
        "may_choose_password": owner.may_choose_password,
        "must_choose_password": owner.must_choose_password,
        "ends_password": owner.ends_password,
        "invited_to": {"name": invited_to.account.name, "role": invited_to.role.label}
        if invited_to
        else None,
    }
    context = {
        "viewer": None,
        "link": shown,
        "visitor": visitor(session, owner.user.email),
        "errors": by_field(refusal) if refusal else {},
    }
    return html("sign-in/link.html", context, status=422 if refusal else 200)


def _dead_link(refusal: DomainError) -> Response:
    context: dict[str, Any] = {"viewer": None, "link": None, "errors": {}}
    return html("sign-in/link.html", context, status=STATUS[type(refusal)])


def _sign_in_page(target: str, *, email: str = "", refusal: DomainError | None = None) -> Response:
    context = {
        "viewer": None,
        "next": target,
        "form": {"email": email},
        "errors": {"email": refusal.message} if refusal else {},
    }
    status = 200 if refusal is None else STATUS[type(refusal)]
    status = 422 if isinstance(refusal, SignInNeeded) else status
    return html("sign-in.html", context, status=status, headers=retry_after(refusal))
