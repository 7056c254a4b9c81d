"""Invitations to the signed-in person, who alone can accept or decline them."""

from starlette.responses import RedirectResponse, Response

from server.http.cookies import leave_notice, set_cookie
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import translate
from server.services.people.invitations import OpenInvitation
from server.services.sign_in.sessions import SignedIn
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import Shape, thing

INVITATIONS = "/settings/invitations"
HOME = "/settings/api-tokens"


@signed_in
async def show(visit: Visit) -> Response:
    """Show the invitations to the person's e-mail address."""
    found = await visit.desk.invitations.open(visit.actor)
    return visit.html(
        "settings/invitations.html",
        invitations=[_shape(each) for each in found],
        proved=visit.signed_in.user.proved,
    )


@signed_in
async def accept(visit: Visit) -> Response:
    """Join the account that invited the person."""
    invitation_id = visit.request.path_params["invitation"]
    name = (await visit.desk.invitations.accept(visit.actor, invitation_id)).account_name
    notice = _("You belong to %(account)s now. Switch to it when you like.", account=name)
    return visit.done(notice, INVITATIONS)


@signed_in
async def decline(visit: Visit) -> Response:
    """Decline an invitation."""
    invitation_id = visit.request.path_params["invitation"]
    declined = await visit.desk.invitations.decline(visit.actor, invitation_id)
    notice = _("The invitation of %(account)s is declined.", account=declined.account_name)
    return visit.done(notice, INVITATIONS)


@signed_in
async def accept_link(visit: Visit) -> Response:
    """Accept the invitation of a link, and switch to its account."""
    link = visit.request.path_params["link"]
    accepted = await visit.desk.invitations.accept_by_link(visit.actor, link)
    sessions = visit.desk.sessions
    fresh = await sessions.resume(visit.cookie, visit.actor.origin)
    answer = RedirectResponse(HOME, 303)
    if fresh is not None:
        cookie = await sessions.switch(visit.cookie, fresh, accepted.account_id)
        set_cookie(answer, cookie, visit.desk.settings)
    leave_notice(
        answer, translate(_("You act for %(account)s now.", account=accepted.account_name))
    )
    return answer


def visitor(session: SignedIn | None, email: str) -> Shape | None:
    """Return who opens a link, and whether they can accept its invitation."""
    if session is None:
        return None
    user = session.user
    same = user.email.casefold() == email.casefold()
    return {"name": user.name, "email": user.email, "may_accept": user.proved and same}


def _shape(invitation: OpenInvitation) -> Shape:
    own = f"{INVITATIONS}/{invitation.id}"
    return thing(invitation.account_id, invitation.account_name) | {
        "role": invitation.role.label,
        "invited_at": invitation.invited_at,
        "accept_url": f"{own}/accept",
        "decline_url": f"{own}/decline",
    }
