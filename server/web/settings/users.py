"""Settings > Users: an account's members, their roles, invitations and links."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from server.domain.actor import Role
from server.domain.errors import DomainError, Invalid, NotFound, Taken, by_field
from server.domain.i18n.messages import Message
from server.http.pages.i18n import gettext as _
from server.services.people.views import InvitationView, MemberView
from server.web.html.confirmation import ConfirmedAction, Question
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit, attempt, signed_in
from server.web.settings import members_view
from server.web.settings.members_view import USERS, address, page_of

USER: Final = USERS + "/{user}"


@signed_in
async def show(visit: Visit) -> Response:
    """Show the members of the current account."""
    found = await visit.desk.members.all(visit.actor)
    return visit.html("settings/users.html", members=members_view.members(found, visit.actor))


@signed_in
async def show_invite(visit: Visit) -> Response:
    """Show the dialog that asks whom to invite."""
    return _invite(visit, {"email": "", "name": "", "role": Role.VIEWER.value})


@signed_in
async def invite(visit: Visit) -> Response:
    """Invite a person, and show their one-time link."""
    form, account_id = await visit.form(), _account_id(visit)
    typed = {name: str(form.get(name, "")) for name in ("email", "name", "role")}
    role = next((each for each in Role if each.value == typed["role"]), None)
    if role is None:
        return _invite(visit, typed, Invalid.one("role", _("Choose a role.")))
    invited = await attempt(
        visit.desk.members.invite(visit.actor, typed["email"], typed["name"], role, account_id)
    )
    if isinstance(invited, DomainError):
        return _invite(visit, typed, invited)
    return _way_in(visit, invited, title=_("%(name)s is invited", name=invited.member.user.name))


async def _set_role(visit: Visit, member: MemberView) -> Response:
    role = _role(visit)
    await visit.desk.members.set_role(visit.actor, member.user.id, role, _account_id(visit))
    return visit.done(_(_ROLES[role].done, name=member.user.name), _page(visit))


async def _renew_link(visit: Visit, member: MemberView) -> Response:
    made = await visit.desk.members.renew_link(visit.actor, member.user.id, _account_id(visit))
    return _way_in(visit, made, title=_("A new sign-in link for %(name)s", name=member.user.name))


async def _deactivate(visit: Visit, member: MemberView) -> Response:
    await visit.desk.members.deactivate(visit.actor, member.user.id, _account_id(visit))
    return visit.done(_("%(name)s is deactivated.", name=member.user.name), _page(visit))


async def _activate(visit: Visit, member: MemberView) -> Response:
    await visit.desk.members.reactivate(visit.actor, member.user.id, _account_id(visit))
    return visit.done(_("%(name)s is active again.", name=member.user.name), _page(visit))


def _account_id(visit: Visit) -> str | None:
    """Return the account that Operations named; None means the current one."""
    return visit.request.query_params.get("account") or None


def _kept(visit: Visit) -> dict[str, str]:
    account_id = _account_id(visit)
    return {"account": account_id} if account_id else {}


def _page(visit: Visit) -> str:
    return page_of(_account_id(visit))


async def _member(visit: Visit) -> MemberView:
    user_id, account_id = visit.request.path_params["user"], _account_id(visit)
    return await visit.desk.members.get(visit.actor, user_id, account_id)


def _role(visit: Visit) -> Role:
    named = str(visit.request.path_params["role"])
    role = next((each for each in Role if each.value == named), None)
    if role is None:
        raise NotFound(Message("There is no role %(name)s.", name=named[:40]))
    return role


def _invite(visit: Visit, typed: dict[str, str], refusal: DomainError | None = None) -> Response:
    if isinstance(refusal, Invalid):
        errors = dict(by_field(refusal))
    else:
        field = "email" if isinstance(refusal, Taken) else ""
        errors = {field: refusal.message} if refusal else {}
    return visit.dialog(
        "settings/users/invite.html",
        status=STATUS[type(refusal)] if refusal else 200,
        title=_("Invite a person"),
        close_url=_page(visit),
        section="users",
        post_url=address("invite", _account_id(visit)),
        form=typed,
        roles=[
            {"value": role.value, "label": role.label, "can": _ROLES[role].can}
            for role in reversed(Role)
        ],
        errors=errors,
    )


def _way_in(visit: Visit, invitation: InvitationView, *, title: str) -> Response:
    origin, link = visit.desk.settings.origin, invitation.link
    return visit.dialog(
        "settings/users/invited.html",
        title=title,
        close_url=_page(visit),
        section="users",
        member={"name": invitation.member.user.name, "email": invitation.member.user.email},
        link=f"{origin}/sign-in/link/{link}" if link else None,
        expires_at=invitation.expires_at,
        vouched=invitation.member.user.proved,
    )


@dataclass(frozen=True)
class _Words:
    """The texts of a role: what it can do, and the dialog that assigns it."""

    can: str
    title: str
    effect: str
    button: str
    done: str
    lets_in: str


_ROLES: Final = {
    Role.ADMINISTRATOR: _Words(
        Message("Adds, changes and deletes API tokens, and invites people."),
        Message("Make %(name)s an administrator?"),
        Message("An administrator adds, changes and deletes API tokens, and invites people."),
        Message("Make administrator"),
        Message("%(name)s is an administrator now."),
        Message("%(email)s can act for this account again, as an administrator."),
    ),
    Role.VIEWER: _Words(
        Message("Sees API tokens and the audit trail, changes nothing, and never sees a value."),
        Message("Make %(name)s a viewer?"),
        Message(
            "A viewer sees API tokens and the audit trail, changes nothing, and never sees a value."
        ),
        Message("Make viewer"),
        Message("%(name)s is a viewer now."),
        Message("%(email)s can act for this account again, as a viewer."),
    ),
}


def _ask_role(visit: Visit, member: MemberView) -> Question:
    words = _ROLES[_role(visit)]
    return Question(
        title=_(words.title, name=member.user.name),
        lines=[words.effect],
        button=words.button,
        cancel_url=_page(visit),
        query=_kept(visit),
    )


def _ask_link(visit: Visit, member: MemberView) -> Question:
    lines = [_("It works once, for three days. A link that you made before ends at once.")]
    if member.active and not member.user.proved:
        lines.append(_("With it they can choose a new password. Their older sessions end then."))
    return Question(
        title=_("Make a new sign-in link for %(name)s?", name=member.user.name),
        lines=lines,
        button=_("Make a link"),
        cancel_url=_page(visit),
        query=_kept(visit),
    )


def _ask_deactivate(visit: Visit, member: MemberView) -> Question:
    lines = [
        _(
            "%(email)s is signed out of this account at once, and cannot act for it.",
            email=member.user.email,
        ),
        _("Their API tokens go on working. You can activate them again at any time."),
    ]
    if member.user.id == visit.actor.id:
        lines.insert(0, _("This is you: you will be signed out."))
    return Question(
        title=_("Deactivate %(name)s?", name=member.user.name),
        lines=lines,
        button=_("Deactivate"),
        cancel_url=_page(visit),
        query=_kept(visit),
        tone="bad",
    )


def _ask_activate(visit: Visit, member: MemberView) -> Question:
    return Question(
        title=_("Activate %(name)s?", name=member.user.name),
        lines=[_(_ROLES[member.role].lets_in, email=member.user.email)],
        button=_("Activate"),
        cancel_url=_page(visit),
        query=_kept(visit),
    )


ACTIONS: Final = (
    ConfirmedAction(USER + "/role/{role}", _member, _ask_role, _set_role),
    ConfirmedAction(f"{USER}/link", _member, _ask_link, _renew_link),
    ConfirmedAction(f"{USER}/deactivate", _member, _ask_deactivate, _deactivate),
    ConfirmedAction(f"{USER}/activate", _member, _ask_activate, _activate),
)
"""What can be done with a person of the account."""
