"""What the review looks at: the demo world with 1,000 more tokens, and people for every role."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
from argon2 import PasswordHasher

from server.demo import world
from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, Origin, Role
from server.domain.tokens.secret_policy import Grace, RevealPolicy
from server.services.crypto.passwords import Passwords
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.support import databases
from tests.support.live import LiveServer, live_server

MORE_TOKENS: Final = 1_000
PASSWORD: Final = world.PASSWORD
LOCKED: Final = "locked@stark.example"
"""Has tried too often to sign in."""

NOBODY: Final = "nobody"
SARAH: Final = "Sarah, administrator"
WANDA: Final = "Wanda, administrator who adds tokens"
LATE: Final = "Sarah, signed in long ago"
VIOLET: Final = "Violet, viewer"
OLIVER: Final = "Oliver, of Operations"
ERIN: Final = "Erin, administrator of an account without tokens that shows values once"
NORA: Final = "Nora, administrator of an account without modules"

_HERE: Final = Origin("127.0.0.1", "Tokendesk review")
_KINDS: Final = ("Invoice sync", "Stock feed", "Report loader", "Case mirror", "Price watcher")
_PLACES: Final = ("Berlin", "Lisbon", "Oslo", "Prague", "Tallinn", "Turin", "Vienna", "Zagreb")


@dataclass
class Made:
    """Cookies of people, and the words that addresses of states may contain: `{crm}`."""

    cookies: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    spare: list[str] = field(default_factory=list)
    """Ids of tokens that a state may change, each used once."""


@dataclass(frozen=True)
class Scene:
    """A live server, and what was made in it."""

    server: LiveServer
    made: Made

    @property
    def url(self) -> str:
        """The server's origin."""
        return self.server.url

    def address(self, path: str) -> str:
        """A path with its words filled in."""
        return self.url + path.format_map(self.made.words)

    def cookie(self, person: str) -> str:
        """The session cookie's value; empty for nobody."""
        return self.made.cookies.get(person, "")


@contextmanager
def scene(folder: Path, *, more_tokens: int = MORE_TOKENS) -> Iterator[Scene]:
    """The world in a folder of its own, served until the end."""
    databases.forget_statements()
    made = asyncio.run(_make(settings_of(folder), more_tokens))
    with live_server(folder, {"TOKENDESK_DEMO": "1"}) as server:
        _lock_out(server.url)
        yield Scene(server, made)


def settings_of(folder: Path) -> Settings:
    """The settings of a desk on the scene's data."""
    return Settings(data_dir=folder, database_url=None, secret_keys=None, base_url=None, demo=True)


async def _make(settings: Settings, more_tokens: int) -> Made:
    # The least cost: a test's passwords need no strength, and the hash tells its own cost.
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    desk, made = Desk.build(settings, passwords=quick), Made()
    await desk.open()
    try:
        await world.build(desk)
        await _people(desk, made)
        sarah = await _actor(desk, made.cookies[SARAH])
        await _accounts(desk, made, sarah)
        await _tokens(desk, made, sarah, more_tokens)
        await _records(desk, made, sarah)
        await _links(desk, made, sarah)
        long_ago = Desk.build(settings, lambda: desk.clock() - timedelta(minutes=20), quick)
        made.cookies[LATE] = await long_ago.sessions.sign_in(world.SARAH.email, PASSWORD, _HERE)
    finally:
        await desk.close()
    return made


async def _people(desk: Desk, made: Made) -> None:
    for who, person in ((SARAH, world.SARAH), (VIOLET, world.VIOLET), (OLIVER, world.OLIVER)):
        made.cookies[who] = await desk.sessions.sign_in(person.email, PASSWORD, _HERE)


async def _actor(desk: Desk, cookie: str) -> Actor:
    signed_in = await desk.sessions.resume(cookie, _HERE)
    assert signed_in is not None, "the session has just begun"
    return signed_in.actor


async def _accounts(desk: Desk, made: Made, sarah: Actor) -> None:
    made.words["account"] = sarah.account_id
    enabled = [module.id for module in await desk.modules.enabled(sarah)]
    empty = await desk.accounts.create(OPERATOR, "Pym Laboratories", AccountType.CLIENT)
    bare = await desk.accounts.create(OPERATOR, "Xavier School", AccountType.CLIENT)
    made.words["empty_account"] = empty.id
    for module_id in enabled[:4]:
        await desk.modules.enable(OPERATOR, module_id, empty.id)
    await desk.accounts.set_reveal(OPERATOR, empty.id, RevealPolicy.ONCE)
    for who, name, account_id in (
        (WANDA, "Wanda Maximoff-Lehnsherr", sarah.account_id),
        (ERIN, "Erin Ek", empty.id),
        (NORA, "Nora Nowak", bare.id),
    ):
        email = f"{name.split()[0].lower()}@people.example"
        user = await desk.users.create(
            OPERATOR, email, name, account_id, Role.ADMINISTRATOR, PASSWORD
        )
        made.words[name.split()[0].lower()] = user.id
        made.cookies[who] = await desk.sessions.sign_in(email, PASSWORD, _HERE)


async def _tokens(desk: Desk, made: Made, sarah: Actor, more: int) -> None:
    page = await desk.token_list.page(sarah, number=1, size=50)
    made.words |= {row.name.split()[0].lower(): row.id for row in page.items}
    modules = [module.id for module in await desk.modules.enabled(sarah)]
    for number in range(more):
        kind, place = _KINDS[number % len(_KINDS)], _PLACES[number // 3 % len(_PLACES)]
        minted = await desk.tokens.create(
            sarah,
            name=f"{kind} {place} {number + 1}",
            description="Keeps both sides in step." if number % 3 else "",
            module_ids=modules[number % 3 : number % 3 + 1 + number % 4],
            expires_at=desk.clock() + timedelta(days=number % 400) if number % 5 == 4 else None,
        )
        made.spare.append(minted.token.id)
    longest = await desk.tokens.create(
        sarah,
        name="Überlange" + "0123456789" * 22,
        description="A line that does not end " * 70,
        module_ids=modules,
    )
    made.words |= {"longest": longest.token.id, "plain": longest.token.id}
    rotated = await desk.tokens.create(sarah, name="Rotated lately", module_ids=modules[:1])
    await desk.secrets.rotate(sarah, rotated.token.id, Grace.ONE_DAY)
    made.words["rotated"] = rotated.token.id


async def _records(desk: Desk, made: Made, sarah: Actor) -> None:
    """A record with a before and an after."""
    token = await desk.tokens.get(sarah, made.words["price"])
    await desk.tokens.update(sarah, token.id, TokenPatch(description="Every night."))
    newest = await desk.audit_trail.cursor_page(sarah, first=1)
    made.words["record"] = newest.items[0].id


async def _links(desk: Desk, made: Made, sarah: Actor) -> None:
    """One-time links that nobody uses: of an account, of Operations, and for Sarah herself."""
    invited = await desk.members.invite(sarah, "ines@people.example", "Ines Ito", Role.VIEWER)
    made.words["ines"], made.words["invitation"] = invited.member.user.id, invited.link or ""
    link, _ = await desk.users.create_sign_in_link(OPERATOR, "ines@people.example")
    made.words["link"] = link
    erin = await _actor(desk, made.cookies[ERIN])
    offered = await desk.members.invite(erin, world.SARAH.email, "Sarah", Role.VIEWER)
    made.words["offer"] = offered.link or ""


def _lock_out(url: str) -> None:
    with httpx.Client(base_url=url) as guesser:
        for _ in range(11):
            guesser.post("/sign-in", data={"email": LOCKED, "password": "guess"})
