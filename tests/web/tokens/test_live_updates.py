"""The stream that tells an open page of changes made elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import RevealPolicy
from tests.schema.following import program, rename
from tests.schema.streaming import Events
from tests.support.clock import TurnableClock
from tests.support.serving import serving
from tests.support.world import World
from tests.web.pages import LIST


@pytest.fixture
async def url(desk: Desk) -> AsyncIterator[str]:
    """Where the desk is served by a real server."""
    async with serving(desk) as url:
        yield url


async def cookie_of(desk: Desk, world: World, email: str) -> str:
    return await desk.sessions.sign_in(email, world.password, world.admin.origin)


@asynccontextmanager
async def page(
    url: str, cookie: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Events]:
    """What an open page is told; it has begun to be, where there is a session."""
    sent = {"Cookie": f"tokendesk={cookie}", "Sec-Fetch-Site": "same-origin", **(headers or {})}
    async with (
        httpx.AsyncClient(base_url=url, headers=sent, timeout=20) as client,
        client.stream("GET", f"{LIST}/changes") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store, no-transform"
        events = Events(answer.aiter_lines())
        if cookie:
            assert await events.event() == ("listening", "")
        yield events


async def test_a_page_learns_how_soon_to_come_again(desk: Desk, world: World, url: str) -> None:
    sent = {
        "Cookie": f"tokendesk={await cookie_of(desk, world, world.viewer_email)}",
        "Sec-Fetch-Site": "same-origin",
    }
    async with (
        httpx.AsyncClient(base_url=url, headers=sent, timeout=20) as client,
        client.stream("GET", f"{LIST}/changes") as answer,
    ):
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(2)] == ["retry: 1000", "event: listening"]


async def test_a_page_is_told_of_its_accounts_changes(desk: Desk, world: World, url: str) -> None:
    token_id, _ = await program(desk, world.admin)
    foreign_id, _ = await program(desk, world.other_admin)
    people = [world.viewer_email, world.operations_email]
    viewer, operations = [await cookie_of(desk, world, email) for email in people]
    async with page(url, viewer) as own, page(url, operations) as every:
        await rename(desk, foreign_id, "Not yours")
        await rename(desk, token_id, "Other")
        await desk.tokens.disable(world.admin, token_id)
        await desk.modules.disable(OPERATOR, "MOD-2002", world.client.id)
        await desk.tokens.delete(world.admin, token_id)
        ids = [token_id, token_id, world.client.id, token_id]
        assert [await own.event() for _ in ids] == [("changed", each) for each in ids]
        told = [(await every.event())[1] for _ in range(5)]
        assert told == [foreign_id, *ids]


async def test_that_a_secret_was_shown_is_no_change(desk: Desk, world: World, url: str) -> None:
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ALWAYS)
    token_id, _ = await program(desk, world.admin)
    next_id, _ = await program(desk, world.admin)
    async with page(url, await cookie_of(desk, world, world.admin_email)) as events:
        await desk.secrets.reveal(world.admin, token_id)
        await rename(desk, next_id, "Told")
        assert await events.event() == ("changed", next_id)


@pytest.mark.parametrize("how", ["signed out", "deactivated", "account disabled", "idle"])
async def test_the_stream_ends_with_the_session(
    how: str, desk: Desk, world: World, url: str, clock: TurnableClock
) -> None:
    cookie = await cookie_of(desk, world, world.viewer_email)
    async with page(url, cookie) as events:
        signed_in = await desk.sessions.resume(cookie, world.viewer.origin)
        assert signed_in is not None
        match how:
            case "signed out":
                await desk.sessions.sign_out(cookie, signed_in)
            case "deactivated":
                await desk.members.deactivate(world.admin, world.viewer.id)
            case "account disabled":
                await desk.accounts.disable(OPERATOR, world.client.id)
            case "idle":
                clock.advance(timedelta(hours=8))
        assert await events.event() == ("ended", "")
        with pytest.raises(EOFError):
            await events.event()
    assert len(desk.changes) == 0


async def test_an_open_page_keeps_no_session_awake(
    desk: Desk, world: World, url: str, clock: TurnableClock
) -> None:
    token_id, _ = await program(desk, world.admin)
    cookie = await cookie_of(desk, world, world.viewer_email)
    for number in range(2):
        async with page(url, cookie) as events:
            await rename(desk, token_id, f"Name {number}")
            assert await events.event() == ("changed", token_id)
        clock.advance(timedelta(hours=4))
    async with page(url, headers={"Cookie": f"tokendesk={cookie}"}) as events:
        assert await events.event() == ("ended", "")


@pytest.mark.parametrize("cookie", ["", "nonsense", "%00"])
async def test_nobody_is_told_nothing(cookie: str, world: World, url: str, desk: Desk) -> None:
    async with page(url, headers={"Cookie": f"tokendesk={cookie}"}) as events:
        assert await events.event() == ("ended", "")
        with pytest.raises(EOFError):
            await events.event()
    assert len(desk.changes) == 0


@pytest.mark.parametrize(
    "foreign",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.desk.test"},
    ],
)
async def test_a_page_of_another_site_is_refused(
    foreign: dict[str, str], desk: Desk, world: World, url: str
) -> None:
    headers = {"Cookie": f"tokendesk={await cookie_of(desk, world, world.viewer_email)}"} | foreign
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answer = await client.get(f"{LIST}/changes")
    assert answer.status_code == 403
    assert len(desk.changes) == 0


async def test_a_question_for_the_head_is_answered_and_ends(
    desk: Desk, world: World, url: str
) -> None:
    cookie = await cookie_of(desk, world, world.viewer_email)
    async with httpx.AsyncClient(base_url=url, headers={"Cookie": f"tokendesk={cookie}"}) as client:
        answer = await client.head(f"{LIST}/changes")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/event-stream; charset=utf-8",
    )
    assert len(desk.changes) == 0


async def test_a_page_that_is_closed_leaves_nothing(desk: Desk, world: World, url: str) -> None:
    cookie = await cookie_of(desk, world, world.viewer_email)
    for _ in range(3):
        async with page(url, cookie):
            assert len(desk.changes) == 1
        async with asyncio.timeout(20):
            while len(desk.changes):
                await asyncio.sleep(0.005)


async def test_a_stream_that_cannot_be_heard_ends_and_the_browser_comes_again(
    desk: Desk, world: World, url: str, clock: TurnableClock
) -> None:
    async with page(url, await cookie_of(desk, world, world.viewer_email)) as events:
        desk.events.lose(clock())
        with pytest.raises(EOFError):
            await events.event()
