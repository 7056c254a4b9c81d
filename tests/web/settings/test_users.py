"""Settings > Users: the list, invitations, and what can be done with a person."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.models.accounts import Membership, Session
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, last_record
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn
from tests.web.pages import text_of
from tests.web.walk import errors_in

USERS = "/settings/users"
NEW = {"name": "Nora New", "email": "nora@client.example", "role": "viewer"}


def link_in(page: str) -> str:
    """The one-time link that an answer shows, as a path."""
    match = re.search(r'value="http://desk\.test(/sign-in/link/[\w-]{32})"', page)
    assert match is not None, page
    return match[1]


async def role_of(user_id: str, account_id: str) -> tuple[Role, bool]:
    """What a person is in an account, and whether they may act there."""
    row = await Membership.get(user_id=user_id, account_id=account_id)
    return row.role, row.active


async def test_the_list_tells_of_everybody(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World
) -> None:
    page = (await admin.get(USERS)).text
    rows = [text_of(row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    assert rows == [
        f"AA Ada Admin (you) {world.admin.id} {world.admin_email} Administrator Active"
        " 14 Mar 2030 09:26 UTC Make viewer Deactivate",
        f"VV Vera Viewer {world.viewer.id} {world.viewer_email} Viewer Active"
        " 14 Mar 2030 09:26 UTC Make administrator Deactivate",
    ]
    assert 'aria-label="Actions for Vera Viewer"' in page
    seen = (await viewer.get(USERS)).text
    assert "Ada Admin" in seen
    for control in ('id="invite"', "Actions for", "Deactivate", "Make "):
        assert control not in seen


async def test_an_invited_person_comes_in_by_a_link_that_is_shown_once(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    answer = await admin.post(f"{USERS}/invite", data=NEW, headers=PARTIAL)
    assert answer.status_code == 200
    said = text_of(answer.text)
    assert said.startswith("Nora New is invited Send this link to nora@client.example")
    assert "once, until 17 Mar 2030 09:26 UTC" in said
    assert 'data-copy="sign-in-link"' in answer.text
    assert "data-stale" in answer.text
    link = link_in(answer.text)
    page = (await admin.get(USERS)).text
    assert link not in page
    assert "Nora New" in page
    entered = await nobody.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/settings/api-tokens")
    assert "Nora New" in (await nobody.get("/settings/api-tokens")).text
    assert (await nobody.get(USERS)).status_code == 200
    [nora] = [
        member
        for member in await desk.members.all(world.admin)
        if member.user.email == "nora@client.example"
    ]
    assert (nora.role, nora.active) == (Role.VIEWER, True)


async def test_a_person_whom_operations_adds_signs_in_as_always(
    sign_in: SignIn, world: World
) -> None:
    olga = await sign_in(world.operations_email)
    form = {"name": "Otto", "email": world.other_admin_email, "role": "administrator"}
    answer = await olga.post(f"{USERS}/invite?account={world.client.id}", data=form)
    said = text_of(answer.text)
    assert answer.status_code == 200
    assert "Otto Other (otto@vendor.example) has been here before, and signs in as always." in said
    assert "/sign-in/link/" not in answer.text
    assert await role_of(world.other_admin.id, world.client.id) == (Role.ADMINISTRATOR, True)


@pytest.mark.parametrize(
    ("wrong", "status", "messages"),
    [
        ({"role": "owner"}, 422, ["Choose a role."]),
        ({"name": ""}, 422, ["Enter a name."]),
        (
            {"email": "nora", "name": ""},
            422,
            ["Enter an e-mail address: An email address must have an @-sign.", "Enter a name."],
        ),
        ({"email": "vera@client.example"}, 409, None),
    ],
)
async def test_a_wrong_invitation_is_told_and_kept(
    admin: httpx.AsyncClient,
    desk: Desk,
    wrong: dict[str, str],
    status: int,
    messages: list[str] | None,
) -> None:
    before = await dump(desk)
    form = NEW | wrong
    answer = await admin.post(f"{USERS}/invite", data=form)
    assert answer.status_code == status
    expected = messages or ["vera@client.example belongs to Blue Client already."]
    assert errors_in(html.unescape(answer.text)) == expected
    for field in ("name", "email"):
        assert re.search(f'name="{field}" type="[a-z]+" value="{form[field]}"', answer.text)
    assert await dump(desk) == before


async def test_a_lost_link_is_made_anew_and_the_old_one_ends(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    lost = link_in((await admin.post(f"{USERS}/invite", data=NEW)).text)
    page = (await admin.get(USERS)).text
    [url] = re.findall(r'href="(/settings/users/USR-\d{4}-\d{4}/link)"', page)
    assert "A link that you made before ends at once." in (await admin.get(url)).text
    fresh = link_in((await admin.post(url)).text)
    assert (await nobody.post(lost)).status_code == 410
    assert (await nobody.post(fresh)).status_code == 303
    # Nora's sign-in is the account's own, so that a lost password is no end.
    assert "With it they can choose a new password." in (await admin.get(url)).text
    assert link_in((await admin.post(url)).text)
    before = await dump(desk)
    refused = await admin.post(f"{USERS}/{world.viewer.id}/link")
    assert refused.status_code == 409
    assert "Vera Viewer signs in on their own. Only Operations can make" in refused.text
    assert await dump(desk) == before
    assert (await admin.get(USERS)).text.count(f"{world.viewer.id}/link") == 0


async def test_roles_change_after_a_question(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    url = f"{USERS}/{world.viewer.id}/role/administrator"
    assert "Make Vera Viewer an administrator?" in (await admin.get(url)).text
    answer = await admin.post(url)
    assert (answer.status_code, answer.headers["location"]) == (303, USERS)
    assert "Vera Viewer is an administrator now." in (await admin.get(USERS)).text
    assert await role_of(world.viewer.id, world.client.id) == (Role.ADMINISTRATOR, True)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_id) == ("user.role_changed", world.admin.id)
    assert (await admin.get(f"{USERS}/{world.viewer.id}/role/owner")).status_code == 404


async def test_the_last_administrator_stays_one(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    for path in ("role/viewer", "deactivate"):
        answer = await admin.post(f"{USERS}/{world.admin.id}/{path}", headers=PARTIAL)
        assert answer.status_code == 409
        assert answer.text.lstrip().startswith('<dialog id="dialog"')
        assert (
            "Ada Admin is the last administrator of Blue Client."
            " Make somebody else an administrator first."
        ) in answer.text
    assert await dump(desk) == before


async def test_a_person_is_shut_out_and_let_in_again(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World
) -> None:
    url = f"{USERS}/{world.viewer.id}"
    assert "is signed out of this account at once" in (await admin.get(f"{url}/deactivate")).text
    assert (await admin.post(f"{url}/deactivate")).headers["location"] == USERS
    page = text_of((await admin.get(USERS)).text)
    assert "Vera Viewer is deactivated." in page
    assert "Viewer Deactivated 14 Mar 2030 09:26 UTC Make administrator Activate" in page
    assert (await viewer.get(USERS)).headers["location"] == f"/sign-in?next={USERS}"
    assert await Session.filter(user_id=world.viewer.id).count() == 0
    again = await admin.post(f"{url}/deactivate")
    assert (again.status_code, "Vera Viewer is deactivated already." in again.text) == (409, True)
    assert (await admin.post(f"{url}/activate")).status_code == 303
    assert await role_of(world.viewer.id, world.client.id) == (Role.VIEWER, True)


PATHS = ["invite", "role/administrator", "link", "deactivate", "activate"]


def url_for(path: str, user_id: str) -> str:
    """The address of a form, for the person it is about."""
    return f"{USERS}/{path}" if path == "invite" else f"{USERS}/{user_id}/{path}"


@pytest.mark.parametrize("path", PATHS)
async def test_who_may_not_is_refused_and_changes_nothing(
    sign_in: SignIn, nobody: httpx.AsyncClient, desk: Desk, world: World, path: str
) -> None:
    viewer = await sign_in(world.viewer_email)
    otto = await sign_in(world.other_admin_email)
    url = url_for(path, world.viewer.id)
    before = await dump(desk)
    refused = await viewer.post(url, data=NEW)
    assert refused.status_code == 403
    assert "Only administrators of the account may do this. You are a viewer." in refused.text
    foreign = await otto.post(f"{url}?account={world.client.id}", data=NEW)
    assert foreign.status_code == 404
    assert f"There is no account {world.client.id}." in foreign.text
    if path != "invite":
        stranger = await otto.post(url)
        assert stranger.status_code == 404
        assert f"There is no user {world.viewer.id} in this account." in stranger.text
    assert (await nobody.post(url, data=NEW)).status_code == 401
    assert (await nobody.get(url)).headers["location"] == f"/sign-in?next={url}"
    assert await dump(desk) == before


async def test_operations_people_do_it_for_a_named_account(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    olga = await sign_in(world.operations_email)
    account = f"?account={world.client.id}"
    invited = await olga.post(f"{USERS}/invite{account}", data=NEW)
    assert invited.status_code == 200
    assert f'href="/administration/accounts/{world.client.id}"' in invited.text
    link_in(invited.text)
    done = await olga.post(f"{USERS}/{world.viewer.id}/deactivate{account}")
    assert done.headers["location"] == f"/administration/accounts/{world.client.id}"
    assert await role_of(world.viewer.id, world.client.id) == (Role.VIEWER, False)
    members = await desk.members.all(world.operations_admin, world.client.id)
    assert [member.user.name for member in members] == ["Ada Admin", "Nora New", "Vera Viewer"]


async def test_a_password_is_chosen_with_the_link(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    link = link_in((await admin.post(f"{USERS}/invite", data=NEW)).text)
    page = (await nobody.get(link)).text
    assert "Choose a password (optional)" in page
    assert 'type="password" value="" autocomplete="new-password"' in page
    before = await dump(desk)
    short = await nobody.post(link, data={"password": "elevenchars"})
    assert short.status_code == 422
    assert errors_in(short.text) == ["A password needs 12 to 1,000 characters."]
    assert 'aria-invalid="true"' in short.text
    assert "elevenchars" not in short.text
    assert await dump(desk) == before
    entered = await nobody.post(link, data={"password": "twelve chars"})
    assert entered.status_code == 303
    events = [record.event async for record in desk.audit_trail.export(world.admin)]
    assert events[-2:] == ["user.password_set", "user.signed_in"]
    assert (await nobody.post(link, data={"password": "another one here"})).status_code == 410
    await nobody.post("/sign-out")
    for password, status in (("another one here", 422), ("twelve chars", 303)):
        form = {"email": NEW["email"], "password": password}
        assert (await nobody.post("/sign-in", data=form)).status_code == status


async def test_a_link_never_changes_a_password_that_is_there(
    nobody: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    path = f"/sign-in/link/{link}"
    assert "Choose a password" not in (await nobody.get(path)).text
    answer = await nobody.post(path, data={"password": "a thief's password"})
    assert answer.status_code == 303
    clock.advance(timedelta(minutes=1))
    form = {"email": world.admin_email, "password": "a thief's password"}
    assert (await nobody.post("/sign-in", data=form)).status_code == 422
    assert (await last_record(desk, world.client.id)).event == "user.sign_in_failed"
