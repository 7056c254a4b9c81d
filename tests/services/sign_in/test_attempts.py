"""Nobody is kept out by other people's failures, and nobody guesses without end."""

import asyncio
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import Origin
from server.domain.errors import SignInNeeded, TooMany
from server.services.crypto.passwords import MOST_WAITING
from server.services.sign_in.known_devices import KNOWN_FOR, Browser
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.world import ORIGIN, World

ELSEWHERE = Origin("192.0.2.1", "Elsewhere")


async def fail(
    desk: Desk, email: str, origin: Origin = ORIGIN, browser: Browser | None = None
) -> None:
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(email, "wrong password", origin, browser or Browser())


def known(desk: Desk, email: str, note: str = "") -> Browser:
    """A browser that the person has signed in from."""
    return Browser(device=desk.known_devices.remember(note, email))


async def enter(desk: Desk, world: World, origin: Origin, browser: Browser | None = None) -> str:
    return await desk.sessions.sign_in(
        world.admin_email, world.password, origin, browser or Browser()
    )


async def test_strangers_who_fail_fifty_times_keep_nobody_out(desk: Desk, world: World) -> None:
    for n in range(60):
        await fail(desk, world.admin_email, Origin(f"198.51.100.{n}"))
    assert await enter(desk, world, ELSEWHERE)


async def test_a_known_browser_has_a_budget_of_its_own_in_the_strangers_network(
    desk: Desk, world: World
) -> None:
    mine = known(desk, world.admin_email)
    for n in range(100):
        await fail(desk, world.admin_email if n < 10 else f"nobody{n}@client.example")
    with pytest.raises(TooMany):
        await enter(desk, world, ORIGIN)
    assert await enter(desk, world, ORIGIN, mine)


async def test_a_known_browser_is_not_known_to_anybody_else(desk: Desk, world: World) -> None:
    theirs = known(desk, world.viewer_email)
    for _ in range(10):
        await fail(desk, world.admin_email, browser=theirs)
    with pytest.raises(TooMany):
        await enter(desk, world, ORIGIN, theirs)


async def test_a_known_browser_that_fails_ten_times_is_as_unknown_as_any(
    desk: Desk, world: World
) -> None:
    mine = known(desk, world.admin_email)
    for _ in range(20):
        await fail(desk, world.admin_email, browser=mine)
    with pytest.raises(TooMany):
        await enter(desk, world, ORIGIN, mine)


async def test_a_note_is_no_way_past_a_network_that_is_used_up(desk: Desk, world: World) -> None:
    for n in range(100):
        await fail(desk, f"nobody{n}@client.example")
    theirs = known(desk, world.viewer_email)
    for _ in range(20):
        with pytest.raises(TooMany):
            await enter(desk, world, ORIGIN, theirs)


async def test_success_counts_nothing(desk: Desk, world: World) -> None:
    for _ in range(120):
        assert await enter(desk, world, ORIGIN)


async def test_all_that_one_host_can_call_itself_is_one_network(desk: Desk, world: World) -> None:
    for n in range(10):
        await fail(desk, world.admin_email, Origin(f"2001:db8:0:7::{n + 1:x}"))
    with pytest.raises(TooMany):
        await enter(desk, world, Origin("2001:db8:0:7:ffff::1"))
    assert await enter(desk, world, Origin("2001:db8:0:8::1"))


async def test_a_site_of_many_networks_fails_thirty_times_on_one_person(
    desk: Desk, world: World
) -> None:
    for n in range(30):
        await fail(desk, world.admin_email, Origin(f"2001:db8:0:{n:x}::1"))
    with pytest.raises(TooMany):
        await enter(desk, world, Origin("2001:db8:0:ffff::1"))
    assert await enter(desk, world, Origin("2001:db8:1::1"))


async def test_an_ipv4_address_written_as_ipv6_is_that_address(desk: Desk, world: World) -> None:
    for _ in range(10):
        await fail(desk, world.admin_email, Origin("::ffff:198.51.100.1"))
    with pytest.raises(TooMany):
        await enter(desk, world, Origin("198.51.100.1"))
    assert await enter(desk, world, Origin("::ffff:198.51.100.2"))


async def test_under_attack_each_network_gets_three_attempts(desk: Desk, world: World) -> None:
    for n in range(50):
        await fail(desk, world.admin_email, Origin(f"198.51.100.{n}"))
    for _ in range(3):
        await fail(desk, world.admin_email, ELSEWHERE)
    with pytest.raises(TooMany):
        await enter(desk, world, ELSEWHERE)


async def test_many_at_once_gain_nothing(desk: Desk, world: World) -> None:
    sent = [desk.sessions.sign_in(world.admin_email, "wrong password", ORIGIN) for _ in range(25)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(each) for each in answers].count(SignInNeeded) == 10
    assert [type(each) for each in answers].count(TooMany) == 15


async def test_an_attempt_that_the_desk_could_not_check_is_no_failure(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.sessions._passwords, "_waiting", MOST_WAITING)
    for _ in range(20):
        with pytest.raises(TooMany, match="Very many people are signing in"):
            await enter(desk, world, ORIGIN)
    assert await enter(desk, world, ORIGIN, known(desk, world.admin_email))
    monkeypatch.setattr(desk.sessions._passwords, "_waiting", 0)
    assert await enter(desk, world, ORIGIN)


@pytest.mark.parametrize("length", [321, 200_000])
async def test_what_is_too_long_for_an_address_is_not_looked_at(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    def looked_at(email: str) -> str:
        raise AssertionError(email)

    monkeypatch.setattr("server.services.sign_in.known_devices.email_key", looked_at)
    await fail(desk, "e\u0301" * (length // 2) + "@")


async def test_a_used_up_network_is_refused_before_anything_is_looked_at(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(100):
        await fail(desk, f"nobody{n}@client.example")
    before = await dump(desk)

    def looked_at(email: str) -> str:
        raise AssertionError(email)

    monkeypatch.setattr("server.services.sign_in.known_devices.email_key", looked_at)
    with pytest.raises(TooMany):
        await enter(desk, world, ORIGIN)
    assert await dump(desk) == before


async def test_one_browser_knows_its_last_four_people_for_a_year(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    devices, note = desk.known_devices, ""
    for n in range(5):
        note = devices.remember(note, f"person{n}@client.example")
    device = devices.read(note)
    assert device is not None
    knows = [devices.knows(device, f"person{n}@client.example") for n in range(5)]
    assert knows == [False, True, True, True, True]
    assert len(note) < 200
    renewed = devices.read(devices.remember(note, "person4@client.example"))
    assert renewed is not None
    assert renewed.id != device.id
    assert [devices.knows(renewed, f"person{n}@client.example") for n in (1, 4)] == [True, True]
    clock.advance(KNOWN_FOR)
    assert devices.read(note) is not None
    clock.advance(timedelta(days=1))
    assert devices.read(note) is None


async def test_no_note_but_ours_is_read(desk: Desk, world: World) -> None:
    note = desk.known_devices.remember("", world.admin_email)
    forged = ("A" if note[0] != "A" else "B") + note[1:]
    for each in ("", "x", "\x00", "é", "=" * 10, "A" * 64, "A" * 100_000, note[:-1], forged):
        assert desk.known_devices.read(each) is None
    assert world.admin_email not in note
    assert world.admin.id not in note
