"""Contents of the demo world: its modules, which account has which, and its tokens."""

from dataclasses import dataclass
from typing import Final

MODULES: Final = (
    ("MOD-1756", "Access management", "Decide who and what may enter your account"),
    ("MOD-1299", "Account management", "Look after licensees and the account's other objects"),
    ("MOD-1425", "Marketplace", "Order subscriptions and keep them up to date"),
    ("MOD-9042", "Collaboration site", "Keep large files and share them with people outside"),
    ("MOD-3310", "Billing", "Read invoices, statements and credit notes"),
    ("MOD-2087", "Catalog", "Browse products, price lists and terms"),
    ("MOD-5521", "Notifications", "Send messages to people and to other programs"),
    ("MOD-6174", "Reporting", "Schedule reports and fetch their results"),
    ("MOD-7003", "Integration hub", "Connect extensions and listen to events"),
    ("MOD-8812", "Helpdesk", "Open cases and follow their progress"),
)
CLIENT_MODULES: Final = (
    "MOD-1756",
    "MOD-1299",
    "MOD-1425",
    "MOD-9042",
    "MOD-3310",
    "MOD-2087",
    "MOD-6174",
)
VENDOR_MODULES: Final = ("MOD-1756", "MOD-2087", "MOD-5521", "MOD-7003", "MOD-8812")


@dataclass(frozen=True)
class DemoToken:
    """A token of the demo; all numbers are days relative to today.

    `ends_in_days` is negative for an expired token. `used_days_ago` lists when programs used the
    token, latest use last; `disabled_days_ago` and `rotated_days_ago` say when its administrator
    did so.
    """

    made_days_ago: int
    name: str
    description: str
    module_ids: tuple[str, ...]
    ends_in_days: int | None = None
    used_days_ago: tuple[int, ...] = ()
    disabled_days_ago: int | None = None
    rotated_days_ago: int | None = None


CLIENT_TOKENS: Final = (
    DemoToken(
        62,
        "CRM robot",
        "Keeps customers and orders in step with the CRM.",
        ("MOD-1425",),
        used_days_ago=(61, 30, 0),
    ),
    DemoToken(
        55,
        "Nightly billing export",
        "Fetches invoices at 02:00.",
        ("MOD-3310", "MOD-6174"),
        90,
        used_days_ago=(1,),
    ),
    DemoToken(
        48,
        "Terraform",
        "Creates and retires tokens of each environment.",
        ("MOD-1756",),
        317,
        used_days_ago=(3,),
        rotated_days_ago=5,
    ),
    DemoToken(
        45,
        "Load test",
        "For one release only.",
        ("MOD-1425", "MOD-3310", "MOD-2087"),
        -15,
        used_days_ago=(40, 16),
    ),
    DemoToken(38, "Price list sync", "", ("MOD-2087", "MOD-1425"), used_days_ago=(2,)),
    DemoToken(
        33,
        "Data warehouse",
        "Loads reports hourly.",
        ("MOD-6174", "MOD-3310", "MOD-2087"),
        used_days_ago=(0,),
    ),
    DemoToken(
        26,
        "Onboarding bot",
        "Opens licensees for new colleagues.",
        ("MOD-1299",),
        10,
        used_days_ago=(8,),
    ),
    DemoToken(
        20,
        "Chat assistant",
        "Answers questions about open orders.",
        ("MOD-1425", "MOD-2087"),
        used_days_ago=(19, 13),
        disabled_days_ago=12,
    ),
    DemoToken(13, "Partner portal", "Read access for the partner team.", ("MOD-2087",), 180),
    DemoToken(
        9,
        "File drop",
        "Puts signed contracts on the collaboration site.",
        ("MOD-9042",),
        used_days_ago=(4,),
    ),
    DemoToken(4, "Audit collector", "", ("MOD-1756", "MOD-1299", "MOD-6174"), 5),
    DemoToken(1, "Mobile app backend", "", ("MOD-1299", "MOD-1425", "MOD-9042", "MOD-2087")),
)
VENDOR_TOKENS: Final = (
    DemoToken(30, "Stock feed", "Publishes what is in stock.", ("MOD-2087", "MOD-7003")),
    DemoToken(6, "Case mirror", "Copies cases into our own helpdesk.", ("MOD-8812",), 60),
)
