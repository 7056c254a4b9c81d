"""The viewer's sessions and password, by GraphQL."""

from server.desk import Desk
from tests.schema.conftest import Client
from tests.support.world import ORIGIN, World

SESSIONS = "{ viewer { sessions { id current address userAgent } } }"
CHANGE = """mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
    __typename ... on ChangePasswordPayload { endedSessions user { email } }
    ... on ValidationError { path code } } }"""


async def test_sessions_of_a_person_and_none_of_a_program(
    admin: Client, programs: dict[str, Client], desk: Desk, world: World
) -> None:
    await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    own, other = (await admin.send(SESSIONS))["data"]["viewer"]["sessions"]
    assert (own["current"], other["current"]) == (True, False)
    assert (other["address"], other["userAgent"]) == (ORIGIN.address, ORIGIN.user_agent)
    answer = await programs["manager"].send(SESSIONS)
    assert answer["data"]["viewer"]["sessions"] is None


async def test_the_password_is_changed(admin: Client, desk: Desk, world: World) -> None:
    await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    wish = {"currentPassword": "not this one", "newPassword": "a wholly new password"}
    wrong = (await admin.send(CHANGE, input=wish))["data"]["changePassword"]
    assert wrong == {
        "__typename": "ValidationError",
        "path": ["input", "currentPassword"],
        "code": "INVALID",
    }
    right = wish | {"currentPassword": world.password}
    done = (await admin.send(CHANGE, input=right))["data"]["changePassword"]
    assert (done["endedSessions"], done["user"]["email"]) == (1, world.admin_email)
