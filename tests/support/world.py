"""A small named world: three accounts, four people, five modules."""

from dataclasses import dataclass
from typing import Final

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Origin, Role
from server.services.accounts.views import AccountView, ModuleView

ORIGIN: Final = Origin("203.0.113.7", "Tests/1.0")
PASSWORD: Final = "correct horse battery staple"

ADMIN_EMAIL: Final = "ada@client.example"
VIEWER_EMAIL: Final = "vera@client.example"
OTHER_ADMIN_EMAIL: Final = "otto@vendor.example"
OPERATIONS_EMAIL: Final = "olga@operations.example"


@dataclass(frozen=True)
class Modules:
    """`access` and two more are enabled for the client, `access` and `orders` for the vendor."""

    access: ModuleView
    billing: ModuleView
    catalog: ModuleView
    orders: ModuleView
    """Enabled for the vendor, never for the client."""
    nowhere: ModuleView
    """Enabled for nobody."""

    @property
    def of_client(self) -> tuple[ModuleView, ...]:
        """What the client's administrators may grant, by name."""
        return (self.access, self.billing, self.catalog)


@dataclass(frozen=True)
class World:
    """Everyone and everything, by name; each person's password is `password`."""

    client: AccountView
    vendor: AccountView
    operations: AccountView
    admin: Actor
    """Administrator of the client account, freshly signed in."""
    viewer: Actor
    """Viewer of the client account, freshly signed in."""
    other_admin: Actor
    """Administrator of the vendor account."""
    operations_admin: Actor
    """Administrator of the Operations account."""
    modules: Modules
    password: str = PASSWORD
    admin_email: str = ADMIN_EMAIL
    viewer_email: str = VIEWER_EMAIL
    other_admin_email: str = OTHER_ADMIN_EMAIL
    operations_email: str = OPERATIONS_EMAIL


async def build_world(desk: Desk) -> World:
    """Make the world through the desk's own services, as the command line would."""
    client = await desk.accounts.create(OPERATOR, "Blue Client", AccountType.CLIENT)
    vendor = await desk.accounts.create(OPERATOR, "Violet Vendor", AccountType.VENDOR)
    operations = await desk.accounts.create(OPERATOR, "Desk Operations", AccountType.OPERATIONS)
    modules = await _build_modules(desk, client, vendor)
    administrator, viewer = Role.ADMINISTRATOR, Role.VIEWER
    return World(
        client=client,
        vendor=vendor,
        operations=operations,
        admin=await _join(desk, ADMIN_EMAIL, "Ada Admin", client, administrator),
        viewer=await _join(desk, VIEWER_EMAIL, "Vera Viewer", client, viewer),
        other_admin=await _join(desk, OTHER_ADMIN_EMAIL, "Otto Other", vendor, administrator),
        operations_admin=await _join(
            desk, OPERATIONS_EMAIL, "Olga Operations", operations, administrator
        ),
        modules=modules,
    )


async def _build_modules(desk: Desk, client: AccountView, vendor: AccountView) -> Modules:
    modules = Modules(
        access=await desk.modules.create(
            OPERATOR, "MOD-1756", "Access management", "Manage API tokens from a program."
        ),
        billing=await desk.modules.create(
            OPERATOR, "MOD-2001", "Billing", "Statements and invoices."
        ),
        catalog=await desk.modules.create(OPERATOR, "MOD-2002", "Catalog", "Products and prices."),
        orders=await desk.modules.create(OPERATOR, "MOD-2003", "Orders", "Orders and their lines."),
        nowhere=await desk.modules.create(OPERATOR, "MOD-2004", "Reports", "Numbers for people."),
    )
    for module in modules.of_client:
        await desk.modules.enable(OPERATOR, module.id, client.id)
    for module in (modules.access, modules.orders):
        await desk.modules.enable(OPERATOR, module.id, vendor.id)
    return modules


async def _join(desk: Desk, email: str, name: str, account: AccountView, role: Role) -> Actor:
    user = await desk.users.create(OPERATOR, email, name, account.id, role, PASSWORD)
    return Actor(
        ActorKind.USER,
        user.id,
        user.name,
        account_id=account.id,
        account_type=account.type,
        role=role,
        signed_in_at=desk.clock(),
        origin=ORIGIN,
    )
