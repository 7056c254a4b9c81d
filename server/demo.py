"""The demo world: three accounts, three people, ten modules and a dozen tokens to look at."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, Origin, Role

PASSWORD: Final = "correct-horse-battery"  # noqa: S105 - printed on the screen, for the demo alone


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as."""

    what: str
    name: str
    email: str


SARAH: Final = Person("Client administrator", "Sarah Sanderson", "sarah@stark.example")
VIOLET: Final = Person("Client viewer", "Violet Varga", "violet@stark.example")
OLIVER: Final = Person("Operations administrator", "Oliver Okafor", "oliver@operations.example")
PEOPLE: Final = (SARAH, VIOLET, OLIVER)

MODULES: Final = (
    (
        "MOD-1756",
        "Access management",
        "Manage who and what may enter your account, tokens included",
    ),
    ("MOD-1299", "Account management", "Look after licensees and the other objects of the account"),
    ("MOD-1425", "Marketplace", "Order subscriptions and keep them up to date"),
    ("MOD-9042", "Collaboration site", "Share large files with people outside"),
    ("MOD-3310", "Billing", "Read invoices, statements and credit notes"),
    ("MOD-2087", "Catalog", "Browse products, price lists and terms"),
    ("MOD-5521", "Notifications", "Send messages to people and to other programs"),
    ("MOD-6174", "Reporting", "Schedule reports and fetch their results"),
    ("MOD-7003", "Integration hub", "Connect extensions and listen to events"),
    ("MOD-8812", "Helpdesk", "Open cases and follow their progress"),
)
OF_CLIENT: Final = (
    "MOD-1756",
    "MOD-1299",
    "MOD-1425",
    "MOD-9042",
    "MOD-3310",
    "MOD-2087",
    "MOD-6174",
)
OF_VENDOR: Final = ("MOD-1756", "MOD-2087", "MOD-7003", "MOD-8812")

TOKENS: Final = (
    ("CRM robot", "Keeps customers and orders in step with the CRM.", ("MOD-1425",), None),
    ("Nightly billing export", "Fetches invoices at 02:00.", ("MOD-3310", "MOD-6174"), 90),
    ("Terraform", "Creates and retires tokens for the environments.", ("MOD-1756",), 365),
    ("Price list sync", "", ("MOD-2087", "MOD-1425"), None),
    ("Data warehouse", "Loads reports every hour.", ("MOD-6174", "MOD-3310", "MOD-2087"), None),
    ("Onboarding bot", "Opens licensees for new colleagues.", ("MOD-1299",), 10),
    ("Chat assistant", "Answers questions about open orders.", ("MOD-1425", "MOD-2087"), None),
    ("Partner portal", "Read access for the partner team.", ("MOD-2087",), 180),
    ("File drop", "Puts signed contracts on the collaboration site.", ("MOD-9042",), None),
    ("Audit collector", "", ("MOD-1756", "MOD-1299", "MOD-6174"), 30),
    ("Load test", "Used before each release.", ("MOD-1425", "MOD-3310", "MOD-2087"), 2),
    ("Mobile app backend", "", ("MOD-1299", "MOD-1425", "MOD-9042", "MOD-2087"), None),
)


async def build_demo_world(desk: Desk) -> bool:
    """Make the demo world where no account exists; whether it was made."""
    operator = replace(OPERATOR, origin=Origin("", "tokendesk demo"))
    if await desk.accounts.all(operator):
        return False
    for module_id, name, description in MODULES:
        await desk.modules.create(operator, module_id, name, description)
    client = await desk.accounts.create(operator, "Stark Industries", AccountType.CLIENT)
    vendor = await desk.accounts.create(operator, "Wayne Supplies", AccountType.VENDOR)
    operations = await desk.accounts.create(operator, "Platform Operations", AccountType.OPERATIONS)
    enabled = (
        (client.id, OF_CLIENT),
        (vendor.id, OF_VENDOR),
        (operations.id, tuple(module[0] for module in MODULES)),
    )
    for account_id, module_ids in enabled:
        for module_id in module_ids:
            await desk.modules.enable(operator, module_id, account_id)
    sarah = await _person(desk, operator, SARAH, client.id, Role.ADMINISTRATOR)
    await _person(desk, operator, SARAH, vendor.id, Role.ADMINISTRATOR)
    await _person(desk, operator, VIOLET, client.id, Role.VIEWER)
    await _person(desk, operator, OLIVER, operations.id, Role.ADMINISTRATOR)
    maker = replace(sarah, account_id=client.id, account_type=AccountType.CLIENT)
    for name, description, module_ids, days in TOKENS:
        await desk.tokens.create(
            maker,
            name=name,
            description=description,
            module_ids=module_ids,
            expires_at=desk.clock() + timedelta(days=days) if days else None,
        )
    return True


async def _person(
    desk: Desk, operator: Actor, person: Person, account_id: str, role: Role
) -> Actor:
    user = await desk.users.create(operator, person.email, person.name, account_id, role, PASSWORD)
    return replace(operator, kind=operator.kind.USER, id=user.id, name=user.name, role=role)
