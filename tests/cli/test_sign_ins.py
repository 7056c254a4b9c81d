"""Passwords reset and sessions ended from the shell."""

import re

from server.desk import Desk
from server.models.accounts import Session
from tests.cli.conftest import Command
from tests.support.evidence import dump
from tests.support.world import ORIGIN, World


async def test_a_reset_makes_a_link(tokendesk: Command, desk: Desk, world: World) -> None:
    await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    made = tokendesk.json("user", "reset-password", world.admin_email)
    assert (made["id"], made["email"]) == (world.admin.id, world.admin_email)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{32}", made["url"])
    assert await Session.all().count() == 1
    assert set(made) == {"id", "email", "name", "url", "expiresAt"}


async def test_sessions_are_ended(tokendesk: Command, desk: Desk, world: World) -> None:
    await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    ended = tokendesk.json("user", "end-sessions", world.admin_email)
    assert ended == {"email": world.admin_email, "endedSessions": 1}
    assert await Session.all().count() == 0
    before = await dump(desk)
    for command in ("reset-password", "end-sessions"):
        assert tokendesk.refused("user", command, "nobody@client.example") == (
            "There is no active user nobody@client.example."
        )
    assert await dump(desk) == before
