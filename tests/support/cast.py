"""Who acts in the permission matrices, and in whose account: eight actors, nobody, two places."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Actor, ActorKind, Role
from server.services.accounts.views import AccountView, ModuleView
from server.services.audit.trail import AuditFilter
from tests.support.world import ORIGIN, PASSWORD, World

ACTORS: Final = (
    "nobody",
    "administrator",
    "viewer",
    "manager",
    "reader",
    "operations administrator",
    "operations viewer",
    "operations manager",
    "operations reader",
)
"""In the order of an outcome's letters. Managers are programs with Access management and Billing,
readers such with Billing alone."""

PLACES: Final = ("own", "foreign")
HELD: Final = "MOD-2001"
LACKED: Final = "MOD-2002"
"""A module that all programs here have, and one that none of them has. Both are enabled."""


@dataclass(frozen=True)
class Tenant:
    """An account, who acts for it, and something in it to ask about."""

    account: AccountView
    administrator: Actor
    administrator_email: str
    viewer: Actor
    viewer_email: str
    manager: Actor
    manager_value: str
    reader: Actor
    reader_value: str
    token_id: str
    """Made by the administrator, of the module that programs have."""
    token_value: str
    record_id: str
    """Of the making of that token."""
    module: ModuleView
    """Enabled for nobody else."""

    @property
    def id(self) -> str:
        """The account's id."""
        return self.account.id


@dataclass(frozen=True)
class Cell:
    """One actor in one place: `tenant` is whose objects are asked about."""

    name: str
    place: str
    actor: Actor
    home: Tenant | None
    tenant: Tenant

    @property
    def who(self) -> str:
        """`viewer`, whichever account they are of."""
        return self.name.removeprefix("operations ")

    def __str__(self) -> str:
        return f"{self.name}, {self.place}"


@dataclass(frozen=True)
class Outcomes:
    """A letter for each actor, about what is its own and about what is foreign."""

    own: str
    foreign: str

    def of(self, cell: Cell) -> str:
        """The letter of a cell."""
        letters = (self.own if cell.place == "own" else self.foreign).replace(" ", "")
        assert len(letters) == len(ACTORS), letters
        return letters[ACTORS.index(cell.name)]


@dataclass(frozen=True)
class Cast:
    """Three accounts with all who act; a client's foreign account is the vendor, and
    Operations' the client."""

    client: Tenant
    vendor: Tenant
    operations: Tenant

    def cells(self) -> Iterator[Cell]:
        """All of them, place by place."""
        for place in PLACES:
            for name in ACTORS:
                yield self._cell(name, place)

    def _cell(self, name: str, place: str) -> Cell:
        if name == "nobody":
            return Cell(name, place, NOBODY, None, self.client)
        ours = name.startswith("operations ")
        home = self.operations if ours else self.client
        elsewhere = self.client if ours else self.vendor
        actor = getattr(home, name.removeprefix("operations "))
        return Cell(name, place, actor, home, home if place == "own" else elsewhere)


async def build_cast(desk: Desk, world: World) -> Cast:
    """Everybody, in the small world: accounts of the same furniture."""
    return Cast(
        client=await _tenant(desk, world.client, world.admin, world.admin_email, 3101),
        vendor=await _tenant(desk, world.vendor, world.other_admin, world.other_admin_email, 3102),
        operations=await _tenant(
            desk, world.operations, world.operations_admin, world.operations_email, 3103
        ),
    )


async def _tenant(
    desk: Desk, account: AccountView, administrator: Actor, email: str, number: int
) -> Tenant:
    module = await desk.modules.create(OPERATOR, f"MOD-{number}", f"Of {account.name}")
    for module_id in ("MOD-1756", HELD, LACKED, module.id):
        await desk.modules.enable(OPERATOR, module_id, account.id)
    viewer_email = f"viewer@{account.type}.example"
    viewer = await desk.users.create(
        OPERATOR, viewer_email, f"Viewer of {account.name}", account.id, Role.VIEWER, PASSWORD
    )
    manager = await _program(desk, administrator, "Manager", "MOD-1756", HELD)
    reader = await _program(desk, administrator, "Reader", HELD)
    minted = await desk.tokens.create(
        administrator, name=f"Robot of {account.name}", module_ids=[HELD]
    )
    assert minted.secret is not None
    found = await desk.audit_trail.cursor_page(
        OPERATOR, wanted=AuditFilter(object_id=minted.token.id)
    )
    return Tenant(
        account=account,
        administrator=administrator,
        administrator_email=email,
        viewer=replace(
            administrator,
            kind=ActorKind.USER,
            id=viewer.id,
            name=viewer.name,
            role=Role.VIEWER,
        ),
        viewer_email=viewer_email,
        manager=manager["actor"],
        manager_value=manager["value"],
        reader=reader["actor"],
        reader_value=reader["value"],
        token_id=minted.token.id,
        token_value=minted.secret.reveal(),
        record_id=found.items[0].id,
        module=module,
    )


async def _program(desk: Desk, person: Actor, name: str, *modules: str) -> dict[str, Any]:
    minted = await desk.tokens.create(person, name=name, module_ids=modules)
    assert minted.secret is not None
    actor = await desk.verifier.actor(minted.secret.reveal(), ORIGIN)
    assert actor is not None
    return {"actor": actor, "value": minted.secret.reveal()}
