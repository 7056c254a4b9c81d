"""The people of an account by GraphQL: invited, given a role, shut out, and told why not."""

from typing import Any

import httpx

from server.desk import Desk
from tests.schema.conftest import Client, connect
from tests.schema.operations import MEMBER, mutation
from tests.support.evidence import dump, records
from tests.support.world import World

INVITE = mutation("inviteMember", f"{MEMBER} signInUrl expiresAt")
RENEW = mutation("renewMemberLink", "member { user { id } } signInUrl expiresAt")
SET_ROLE = mutation("setMemberRole", MEMBER)
DEACTIVATE = mutation("deactivateMember", MEMBER)
REACTIVATE = mutation("reactivateMember", MEMBER)
CREATE_USER = mutation("createUser", "user { id name email }")
SIGN_IN_LINK = mutation("createSignInLink", "signInUrl expiresAt")
MEMBERS = f"query ($id: ID) {{ members(accountId: $id) {{ {MEMBER.removeprefix('member {')} }}"

NEW: dict[str, Any] = {"email": "nora@client.example", "name": "Nora New", "role": "VIEWER"}


async def signs_in(transport: httpx.ASGITransport, url: str) -> str | None:
    """Whom a link signs in; None when it leads nowhere."""
    async with connect(transport) as http:
        await http.post(url)
        viewer = (await Client(http).run("{ viewer { name } }"))["viewer"]
        return viewer and str(viewer["name"])


async def test_whoever_is_new_gets_a_link_that_works_once(
    admin: Client, transport: httpx.ASGITransport, world: World
) -> None:
    invited = await admin.result(INVITE, **NEW)
    user_id, url = invited["member"]["user"]["id"], invited["signInUrl"]
    assert invited == {
        "__typename": "InviteMemberPayload",
        "member": {
            "user": {"id": user_id, "name": "Nora New", "email": "nora@client.example"},
            "role": "VIEWER",
            "status": "INVITED",
            "active": False,
            "lastSignInAt": None,
        },
        "signInUrl": url,
        "expiresAt": "2030-03-17T09:26:53.589793Z",
    }
    assert url.startswith("http://desk.test/sign-in/link/")
    renewed = await admin.result(RENEW, userId=user_id)
    assert renewed["member"] == {"user": {"id": user_id}}
    assert await signs_in(transport, url) is None
    assert await signs_in(transport, renewed["signInUrl"]) == "Nora New"
    assert await signs_in(transport, renewed["signInUrl"]) is None
    refused = await admin.result(RENEW, userId=world.viewer.id)
    assert (refused["__typename"], refused["message"]) == (
        "IllegalStateError",
        "Vera Viewer signs in on their own. Only Operations can make a sign-in link for them.",
    )


async def test_a_known_person_joins_without_a_link_where_operations_vouches(
    signed_in: dict[str, Client], world: World
) -> None:
    wish = NEW | {"email": world.other_admin_email, "accountId": world.client.id}
    joined = await signed_in["operations"].result(INVITE, **wish)
    assert joined["member"]["user"]["name"] == "Otto Other"
    assert (joined["signInUrl"], joined["expiresAt"]) == (None, None)


async def test_an_invitation_is_checked(admin: Client, desk: Desk, world: World) -> None:
    before = await dump(desk)
    wrong = await admin.result(INVITE, **NEW | {"email": "nora", "name": " "})
    assert [complaint["path"] for complaint in wrong["fieldErrors"]] == [
        ["input", "email"],
        ["input", "name"],
    ]
    message = f"{world.viewer_email} belongs to Blue Client already."
    assert await admin.result(INVITE, **NEW | {"email": world.viewer_email.upper()}) == {
        "__typename": "ValidationError",
        "message": message,
        "path": ["input", "email"],
        "code": "TAKEN",
        "fieldErrors": [{"message": message, "path": ["input", "email"]}],
    }
    assert await dump(desk) == before


async def test_a_role_changes_what_a_person_may(
    admin: Client, signed_in: dict[str, Client], world: World
) -> None:
    changed = await admin.result(SET_ROLE, userId=world.viewer.id, role="ADMINISTRATOR")
    assert changed["member"] == {
        "user": {"id": world.viewer.id, "name": "Vera Viewer", "email": world.viewer_email},
        "role": "ADMINISTRATOR",
        "status": "ACTIVE",
        "active": True,
        "lastSignInAt": "2030-03-14T09:26:53.589793Z",
    }
    asked = "{ viewer { mayManageTokens } }"
    assert await signed_in["viewer"].run(asked) == {"viewer": {"mayManageTokens": True}}


async def test_a_member_is_shut_out_and_let_in_again(
    admin: Client, signed_in: dict[str, Client], world: World
) -> None:
    out = await admin.result(DEACTIVATE, userId=world.viewer.id)
    assert (out["member"]["active"], out["member"]["role"]) == (False, "VIEWER")
    assert await signed_in["viewer"].run("{ viewer { id } }") == {"viewer": None}
    found = (await admin.run(MEMBERS))["members"]
    assert [(each["user"]["name"], each["role"], each["active"]) for each in found] == [
        ("Ada Admin", "ADMINISTRATOR", True),
        ("Vera Viewer", "VIEWER", False),
    ]
    back = await admin.result(REACTIVATE, userId=world.viewer.id)
    assert back["member"]["active"]


LAST = "Ada Admin is the last administrator of Blue Client. Make somebody else an administrator"


async def test_illegal_moves_are_refused(admin: Client, desk: Desk, world: World) -> None:
    before = await dump(desk)
    ada, vera = {"userId": world.admin.id}, {"userId": world.viewer.id}
    for document, wish, message in [
        (SET_ROLE, ada | {"role": "VIEWER"}, f"{LAST} first."),
        (DEACTIVATE, ada, f"{LAST} first."),
        (REACTIVATE, vera, "Vera Viewer is active already."),
    ]:
        assert await admin.result(document, **wish) == {
            "__typename": "IllegalStateError",
            "message": message,
            "path": [],
            "code": "ILLEGAL_STATE",
        }
    assert await dump(desk) == before
    await admin.result(DEACTIVATE, **vera)
    before = await dump(desk)
    again = await admin.result(DEACTIVATE, **vera)
    assert again["message"] == "Vera Viewer is deactivated already."
    assert await dump(desk) == before


async def test_people_of_other_accounts_are_not_found(
    admin: Client, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    for user_id in (world.other_admin.id, "USR-0000-0000", "nonsense", "\u0000"):
        for document, more in [
            (SET_ROLE, {"role": "VIEWER"}),
            (DEACTIVATE, {}),
            (REACTIVATE, {}),
            (RENEW, {}),
        ]:
            assert await admin.result(document, userId=user_id, **more) == {
                "__typename": "NotFoundError",
                "message": f"There is no user {user_id} in this account.",
                "path": [],
                "code": "NOT_FOUND",
            }
    foreign = {"accountId": world.vendor.id}
    for document, wish in [
        (INVITE, NEW | foreign),
        (SET_ROLE, {"userId": world.other_admin.id, "role": "VIEWER"} | foreign),
        (DEACTIVATE, {"userId": world.other_admin.id} | foreign),
    ]:
        result = await admin.result(document, **wish)
        assert result["message"] == f"There is no account {world.vendor.id}."
    [error] = (await admin.send(MEMBERS, id=world.vendor.id))["errors"]
    assert error["extensions"] == {"code": "NOT_FOUND"}
    assert await dump(desk) == before


async def test_operations_make_people_and_links(
    signed_in: dict[str, Client], transport: httpx.ASGITransport, desk: Desk, world: World
) -> None:
    operations, account = signed_in["operations"], {"accountId": world.vendor.id}
    made = await operations.result(CREATE_USER, **NEW, **account)
    user = made["user"]
    assert user == {"id": user["id"], "name": "Nora New", "email": "nora@client.example"}
    assert [record.event for record in await records(desk, of=user["id"])] == ["user.created"]
    link = await operations.result(SIGN_IN_LINK, email="Nora@client.example")
    assert link["expiresAt"] == "2030-03-14T09:36:53.589793Z"
    assert await signs_in(transport, link["signInUrl"]) == "Nora New"
    found = (await operations.run(MEMBERS, id=world.vendor.id))["members"]
    assert [each["user"]["name"] for each in found] == ["Nora New", "Otto Other"]
    before = await dump(desk)
    taken = await operations.result(CREATE_USER, **NEW, **account)
    assert (taken["code"], taken["path"]) == ("TAKEN", ["input", "email"])
    unknown = await operations.result(SIGN_IN_LINK, email="no\u0000body@client.example")
    assert unknown["__typename"] == "NotFoundError"
    nowhere = await operations.result(CREATE_USER, **NEW, accountId="nonsense")
    assert nowhere["message"] == "There is no account nonsense."
    assert await dump(desk) == before
