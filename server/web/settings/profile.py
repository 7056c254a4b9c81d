"""Settings > Profile: the person's password and sessions."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from server.domain.errors import DomainError, Invalid, NotAllowed, NotFound, by_field
from server.http.cookies import clear_cookie
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.sign_in.profile import ENDED_ALREADY
from server.services.sign_in.session_views import SessionInfo
from server.web.audit.list_view import say_agent
from server.web.html.confirmation import ConfirmedAction, Question, nothing
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import Shape

PROFILE: Final = "/settings/profile"
SIGN_IN: Final = "/sign-in"


@signed_in
async def show(visit: Visit) -> Response:
    """Show the person, the password form and the sessions."""
    return await _page(visit)


@signed_in
async def change_password(visit: Visit) -> Response:
    """Change the password. Sessions in other browsers end unless the person keeps them."""
    form = await visit.form()
    keeps_others = form.get("keep_others") == "1"
    changed = await attempt(
        visit.desk.profile.change_password(
            visit.cookie,
            visit.signed_in,
            str(form.get("current_password", "")),
            str(form.get("new_password", "")),
            keep_others=keeps_others,
        )
    )
    if isinstance(changed, DomainError):
        return await _page(visit, refusal=changed, keeps_others=keeps_others)
    notice = _("Your password was changed.")
    if changed:
        notice = f"{notice} {_ended(changed)}"
    return visit.done(notice, PROFILE)


async def _end(visit: Visit, _session: SessionInfo | None) -> Response:
    session_id = str(visit.request.path_params["session"])
    await visit.desk.profile.end_session(visit.cookie, visit.signed_in, session_id)
    return visit.done(_("The session has ended."), PROFILE)


async def _end_others(visit: Visit, _subject: None) -> Response:
    ended = await visit.desk.profile.sign_out_everywhere(
        visit.cookie, visit.signed_in, keep_this=True
    )
    return visit.done(_ended(ended), PROFILE)


async def _sign_out_everywhere(visit: Visit, _subject: None) -> Response:
    await visit.desk.profile.sign_out_everywhere(visit.cookie, visit.signed_in)
    answer: Response = RedirectResponse(SIGN_IN, 303)
    if visit.htmx.partial:
        answer = Response(status_code=204, headers={"HX-Redirect": SIGN_IN})
    clear_cookie(answer, visit.desk.settings)
    return answer


async def _session(visit: Visit) -> SessionInfo | None:
    """Return the named session; None if it has ended in the meantime."""
    sessions = await visit.desk.profile.sessions(visit.cookie, visit.signed_in)
    named = visit.request.path_params["session"]
    found = next((each for each in sessions if each.id == named), None)
    if found is None and visit.request.method != "POST":
        raise NotFound(ENDED_ALREADY)
    return found


async def _page(
    visit: Visit, *, refusal: DomainError | None = None, keeps_others: bool = False
) -> Response:
    profile = await visit.desk.profile.get(visit.cookie, visit.signed_in)
    errors = dict(by_field(refusal)) if isinstance(refusal, Invalid) else {}
    if refusal is not None and not errors:
        field = "new_password" if isinstance(refusal, NotAllowed) else "current_password"
        errors = {field: refusal.message}
    return visit.html(
        "settings/profile.html",
        status=STATUS[type(refusal)] if refusal else 200,
        person={"name": profile.user.name, "email": profile.user.email, "id": profile.user.id},
        password={
            "exists": profile.has_password,
            "may_choose": profile.may_choose_password,
            "keeps_others": keeps_others,
        },
        sessions=[_row(each) for each in profile.sessions],
        may_end_others=len(profile.sessions) > 1,
        errors=errors,
    )


def _row(session: SessionInfo) -> Shape:
    return {
        "id": session.id,
        "browser": _browser(session),
        "address": session.address,
        "begun_at": session.begun_at,
        "last_seen_at": session.last_seen_at,
        "is_current": session.is_current,
        "end_url": f"{PROFILE}/sessions/{session.id}/end",
    }


def _browser(session: SessionInfo | None) -> str:
    said = say_agent(session.user_agent or "") if session else ""
    return said or _("Unknown browser")


def _ended(count: int) -> str:
    return ngettext("%(num)s other session has ended.", "%(num)s other sessions have ended.", count)


def _ask_end(_visit: Visit, session: SessionInfo | None) -> Question:
    lines = [_("Whoever uses it must sign in again.")]
    if session is not None and session.address:
        lines.insert(0, _("It was last seen from %(address)s.", address=session.address))
    return Question(
        title=_("End the session in %(browser)s?", browser=_browser(session)),
        lines=lines,
        button=_("End session"),
        cancel_url=PROFILE,
        tone="bad",
    )


def _ask_end_others(_visit: Visit, _subject: None) -> Question:
    return Question(
        title=_("End all other sessions?"),
        lines=(_("You stay signed in in this browser, and are signed out in all others."),),
        button=_("End other sessions"),
        cancel_url=PROFILE,
        tone="bad",
    )


def _ask_everywhere(_visit: Visit, _subject: None) -> Question:
    return Question(
        title=_("Sign out everywhere?"),
        lines=(_("You are signed out in all browsers, in this one too."),),
        button=_("Sign out everywhere"),
        cancel_url=PROFILE,
        tone="bad",
    )


ACTIONS: Final[tuple[ConfirmedAction[Any], ...]] = (
    ConfirmedAction(PROFILE + "/sessions/{session}/end", _session, _ask_end, _end),
    ConfirmedAction(f"{PROFILE}/end-others", nothing, _ask_end_others, _end_others),
    ConfirmedAction(
        f"{PROFILE}/sign-out-everywhere", nothing, _ask_everywhere, _sign_out_everywhere
    ),
)
"""What can be done with the person's sessions."""
