"""The profile's sessions: ended after a question."""

import httpx

from server.desk import Desk
from server.services.people.users import digest_of
from server.services.sign_in.session_rows import session_id
from tests.support.world import ORIGIN, PASSWORD, World
from tests.web.pages import PARTIAL, text_of

PROFILE = "/settings/profile"


async def test_a_session_ends_once(admin: httpx.AsyncClient, desk: Desk, world: World) -> None:
    cookie = await desk.sessions.sign_in(world.admin_email, PASSWORD, ORIGIN)
    path = f"{PROFILE}/sessions/{session_id(digest_of(cookie))}/end"
    asked = await admin.get(path, headers=PARTIAL)
    assert (asked.status_code, f'action="{path}"' in asked.text) == (200, True)
    ended = await admin.post(path)
    assert (ended.status_code, ended.headers["location"]) == (303, PROFILE)
    again = await admin.post(path, headers=PARTIAL)
    assert again.status_code == 404
    assert "End the session in Unknown browser? There is a problem" in text_of(again.text)
    nothing = await admin.get(path, headers=PARTIAL)
    assert (nothing.status_code, "End the session" in nothing.text) == (404, False)
