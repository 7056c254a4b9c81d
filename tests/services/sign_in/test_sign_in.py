"""Signing in by password: equal answers, equal work, and no endless guessing."""

from datetime import timedelta
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher

from server.desk import Desk
from server.domain.actor import OPERATOR, Origin, Role
from server.domain.errors import SignInNeeded, TooMany
from server.models.accounts import Account, Session, User
from server.services.crypto.passwords import Passwords
from server.services.sign_in import password_check, sessions
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record
from tests.support.world import ORIGIN, World

INSTANT = timedelta(microseconds=1)
WRONG = "The e-mail or the password is wrong."


class CountingHasher(PasswordHasher):
    """Counts what costs time: an equal count is an equal time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        assert isinstance(hash, str)
        self.verified.append(hash)
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def quick_passwords(hasher: CountingHasher) -> Passwords:
    return Passwords(hasher)


async def refused(desk: Desk, email: str, password: str, origin: Origin = ORIGIN) -> str:
    with pytest.raises(SignInNeeded) as refusal:
        await desk.sessions.sign_in(email, password, origin)
    return refusal.value.message


@pytest.mark.parametrize("password", ["wrong password", "", "x" * 5_000, "\x00", "\ud800"])
async def test_wrong_password_and_unknown_email_are_one_answer_and_equal_work(
    desk: Desk, world: World, hasher: CountingHasher, password: str
) -> None:
    await desk.users.create(OPERATOR, "link@client.example", "Lin", world.client.id, Role.VIEWER)
    await User.filter(id=world.viewer.id).update(active=False)
    for email in (
        world.admin_email,
        world.viewer_email,
        "link@client.example",
        "nobody@client.example",
        "",
        "\x00",
        "\ud800@client.example",
        "x" * 10_000,
    ):
        hasher.verified.clear()
        assert await refused(desk, email, password) == WRONG
        assert len(hasher.verified) == 2
        for each in hasher.verified:
            assert each.startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_the_right_password_does_not_let_in_who_is_disabled(
    desk: Desk, world: World, hasher: CountingHasher
) -> None:
    await User.filter(id=world.admin.id).update(active=False)
    assert await refused(desk, world.admin_email, world.password) == WRONG
    assert len(hasher.verified) == 2


async def test_a_failure_is_recorded_where_its_administrators_see_it(
    desk: Desk, world: World
) -> None:
    await refused(desk, world.admin_email, "wrong password")
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_kind, record.actor_id, record.object_id) == (
        "user.sign_in_failed",
        "nobody",
        "",
        world.admin.id,
    )
    assert (record.address, record.user_agent) == (ORIGIN.address, ORIGIN.user_agent)
    await refused(desk, "not-an-email-but-a-password", "wrong password")
    record = await last_record(desk, "platform")
    assert (record.event, record.object_id, record.object_name) == ("user.sign_in_failed", "", "")
    dumped = await dump(desk)
    assert not holds(dumped, "wrong password")
    assert not holds(dumped, "not-an-email-but-a-password")


async def test_a_sign_in_is_recorded_and_its_cookie_is_kept_only_as_a_digest(
    desk: Desk, world: World
) -> None:
    cookie = await desk.sessions.sign_in(" ADA@client.example ", world.password, ORIGIN)
    assert len(cookie) == 43
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_kind, record.actor_id, record.object_id) == (
        "user.signed_in",
        "user",
        world.admin.id,
        world.admin.id,
    )
    dumped = await dump(desk)
    assert not holds(dumped, cookie)
    assert not holds(dumped, world.password)
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    assert signed_in.actor == world.admin


async def test_each_sign_in_has_a_cookie_of_its_own(desk: Desk, world: World) -> None:
    cookies = {
        await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN) for _ in range(3)
    }
    assert len(cookies) == 3
    assert await Session.all().count() == 3


async def test_nobody_signs_in_to_disabled_accounts_alone(desk: Desk, world: World) -> None:
    await Account.filter(id=world.client.id).update(active=False)
    assert (
        await refused(desk, world.admin_email, world.password)
        == "You belong to no active account. Ask your administrator."
    )
    assert await Session.all().count() == 0


async def test_ten_attempts_a_quarter_hour_per_person_and_address(
    desk: Desk, world: World, hasher: CountingHasher, clock: TurnableClock
) -> None:
    for _ in range(10):
        await refused(desk, world.admin_email, "wrong password")
    before = await dump(desk)
    for spelling in (world.admin_email, world.admin_email.upper(), f" {world.admin_email} "):
        with pytest.raises(TooMany) as refusal:
            await desk.sessions.sign_in(spelling, world.password, ORIGIN)
        assert refusal.value.retry_after == timedelta(minutes=15)
    assert len(hasher.verified) == 20
    assert await dump(desk) == before
    elsewhere = Origin("198.51.100.1", "Elsewhere")
    assert await desk.sessions.sign_in(world.admin_email, world.password, elsewhere)
    assert await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    clock.advance(timedelta(minutes=15) - INSTANT)
    with pytest.raises(TooMany):
        await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    clock.advance(INSTANT)
    assert await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)


async def test_success_forgets_the_attempts_before_it(desk: Desk, world: World) -> None:
    for _ in range(3):
        for _ in range(9):
            await refused(desk, world.admin_email, "wrong password")
        assert await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)


async def test_a_hundred_attempts_a_quarter_hour_per_address(desk: Desk, world: World) -> None:
    for n in range(100):
        await refused(desk, f"nobody{n}@client.example", "wrong")
    with pytest.raises(TooMany):
        await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    assert await desk.sessions.sign_in(world.admin_email, world.password, Origin("192.0.2.1"))


async def test_a_password_changed_after_it_was_checked_signs_nobody_in(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = password_check.identity_with

    async def change_after_the_check(*arguments: Any, **more: Any) -> User | None:
        user = await checked(*arguments, **more)
        await User.filter(id=world.admin.id).update(password_hash="another")
        return user

    monkeypatch.setattr(sessions, "identity_with", change_after_the_check)
    assert await refused(desk, world.admin_email, world.password) == WRONG
    assert await Session.all().count() == 0
