"""The demo world: three accounts, three people, ten modules, and several weeks of tokens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from server.demo import usage
from server.demo.content import (
    CLIENT_MODULES,
    CLIENT_TOKENS,
    MODULES,
    VENDOR_MODULES,
    VENDOR_TOKENS,
    DemoToken,
)
from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Origin, Role
from server.domain.tokens.secret_policy import Grace
from server.services.accounts.views import AccountView
from server.services.tokens.views import MintedToken

PASSWORD: Final = "correct-horse-battery"  # noqa: S105 - printed on the screen, for the demo alone
FIRST_DAY: Final = timedelta(days=63)
_OPERATOR: Final = replace(OPERATOR, origin=Origin("", "tokendesk demo"))

Step = tuple[int, Callable[[], Awaitable[None]]]
"""How many days ago the step happens, and its action."""


@dataclass(frozen=True)
class Person:
    """A person of the demo who can sign in."""

    role: str
    name: str
    email: str


SARAH: Final = Person("Client administrator", "Sarah Sanderson", "sarah.sanderson@stark.example")
VIOLET: Final = Person("Client viewer", "Violet Varga", "violet.varga@stark.example")
OLIVER: Final = Person("Operations administrator", "Oliver Okafor", "oliver@operations.example")
PEOPLE: Final = (SARAH, VIOLET, OLIVER)


@dataclass(frozen=True)
class DemoWorld:
    """Whether the demo was created now, and which of its people exist."""

    created: bool
    people: tuple[Person, ...]


class _Calendar:
    """A clock that stands still in the past until it is set forward."""

    def __init__(self, today: datetime) -> None:
        self._today = today
        self._now = today - FIRST_DAY

    def __call__(self) -> datetime:
        return self._now

    def turn_to(self, days_ago: int) -> None:
        """Set the clock, but never back: the audit trail needs increasing times."""
        self._now = max(self._now, self._today - timedelta(days=days_ago))


async def build(desk: Desk) -> DemoWorld:
    """Create the demo world if there is no account yet; otherwise change nothing."""
    created = not await desk.accounts.all(_OPERATOR)
    if created:
        calendar = _Calendar(desk.clock())
        # A second desk on the same open database; it differs only in its clock.
        await _make(Desk.build(desk.settings, calendar), calendar)
    there = [person for person in PEOPLE if await desk.users.exists(_OPERATOR, person.email)]
    return DemoWorld(created, tuple(there))


async def _make(desk: Desk, calendar: _Calendar) -> None:
    known = {module.id for module in await desk.modules.all(_OPERATOR)}
    for module_id, name, description in MODULES:
        if module_id not in known:
            await desk.modules.create(_OPERATOR, module_id, name, description)
    client = await _account(desk, "Stark Industries", AccountType.CLIENT, CLIENT_MODULES)
    vendor = await _account(desk, "Wayne Supplies", AccountType.VENDOR, VENDOR_MODULES)
    everything = tuple(module_id for module_id, _, _ in MODULES)
    operations = await _account(desk, "Tokendesk Operations", AccountType.OPERATIONS, everything)
    sarah = await _person(desk, SARAH, client, Role.ADMINISTRATOR)
    sarah_at_vendor = await _person(desk, SARAH, vendor, Role.ADMINISTRATOR)
    await _person(desk, VIOLET, client, Role.VIEWER)
    await _person(desk, OLIVER, operations, Role.ADMINISTRATOR)
    tokens = [(sarah, token) for token in CLIENT_TOKENS]
    tokens += [(sarah_at_vendor, token) for token in VENDOR_TOKENS]
    today = calendar() + FIRST_DAY
    steps = [step for maker, token in tokens for step in _life(desk, maker, token, today)]
    for days_ago, step in sorted(steps, key=lambda each: -each[0]):
        calendar.turn_to(days_ago)
        await step()


async def _account(
    desk: Desk, name: str, account_type: AccountType, module_ids: tuple[str, ...]
) -> AccountView:
    account = await desk.accounts.create(_OPERATOR, name, account_type)
    for module_id in module_ids:
        await desk.modules.enable(_OPERATOR, module_id, account.id)
    return account


async def _person(desk: Desk, person: Person, account: AccountView, role: Role) -> Actor:
    user = await desk.users.create(_OPERATOR, person.email, person.name, account.id, role, PASSWORD)
    return Actor(
        ActorKind.USER,
        user.id,
        user.name,
        account_id=account.id,
        account_type=account.type,
        role=role,
        origin=_OPERATOR.origin,
    )


def _life(desk: Desk, maker: Actor, token: DemoToken, today: datetime) -> list[Step]:
    """Return the steps of a token's life."""
    value = ""

    async def create() -> None:
        nonlocal value
        ends_in = token.ends_in_days
        minted = await desk.tokens.create(
            maker,
            name=token.name,
            description=token.description,
            module_ids=token.module_ids,
            expires_at=None if ends_in is None else today + timedelta(days=ends_in),
        )
        value = _revealed(minted)

    async def use() -> None:
        await desk.verifier.verify(value, used_from=usage.origin_of(token))
        await desk.usage.write()

    async def note_past() -> None:
        verdict = await desk.verifier.verify(value)
        if verdict.grant is not None:
            usage.note_past(desk, token, verdict.grant, verdict.outcome, today)
            await desk.usage.write()

    async def rotate() -> None:
        nonlocal value
        value = _revealed(await desk.secrets.rotate(maker, _id_in(value), Grace.ONE_DAY))

    async def disable() -> None:
        await desk.tokens.disable(maker, _id_in(value))

    steps: list[Step] = [(token.made_days_ago, create)]
    steps += [(days_ago, use) for days_ago in token.used_days_ago]
    if token.rotated_days_ago is not None:
        steps.append((token.rotated_days_ago, rotate))
    if token.disabled_days_ago is not None:
        steps.append((token.disabled_days_ago, disable))
    steps.append((0, note_past))
    return steps


def _revealed(minted: MintedToken) -> str:
    assert minted.secret is not None, "a new secret has its value"
    return minted.secret.reveal()


def _id_in(value: str) -> str:
    return value.split(":")[1]
