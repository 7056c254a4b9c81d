"""Tokens whose names, moments and modules are as awkward as they may be, and what they show."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.domain.actor import AccountType
from server.domain.text.validation import name_key, search_key
from server.domain.tokens.lifecycle import TokenState
from server.models.accounts import Account, EnabledModule, Module
from server.models.tokens import Token, TokenGrant
from tests.api.marketplace.plain_evaluation import Row

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXTS: Final = (
    "Alpha",
    "alpha",
    "ALPHA beta",
    "beta alpha",
    "Éclair",
    "éclair",
    "eclair",
    "straße",
    "STRASSE",
    "STRAẞE",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "Kelvin",
    "kelvin",
    "50%",
    "50 percent",
    "a_b",
    "axb",
    "*",
    "The*",
    "*star*",
    "[a]",
    "a?c",
    "^a$",
    "a.c",
    "back\\slash",
    "O'Brien",
    'a "b"',
    "R&D",
    "x, y (z)",
    "a+b",
    "İstanbul",
    "ıssız",
    "你好",
    "😀 robot",
    "Robot 0001",
    "robot 0002",
    "line\nbreak",
)
MOMENTS: Final = (
    NOW - timedelta(days=40),
    NOW - timedelta(hours=1),
    NOW - timedelta(microseconds=1),
    NOW,
    NOW + timedelta(microseconds=999),
    NOW + timedelta(milliseconds=1),
    NOW + timedelta(milliseconds=123, microseconds=456),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC),
)
_ACCOUNTS: Final = (
    ("ACC-0000-0001", "Blue Client", AccountType.CLIENT, True),
    ("ACC-0000-0002", "ÜBER Vendor", AccountType.VENDOR, False),
)
_MODULES: Final = (
    ("MOD-0001", "Access", ""),
    ("MOD-0002", "access", "Of 50%"),
    ("MOD-0003", "Zugriff für alle", "Access"),
)


async def build() -> list[Row]:
    """Store them in an empty database, a deleted one among them; what each other one shows."""
    await Account.bulk_create(
        Account(id=id_, name=name, type=type_, active=active, created_at=NOW)
        for id_, name, type_, active in _ACCOUNTS
    )
    await Module.bulk_create(
        Module(id=id_, name=name, description=description, created_at=NOW)
        for id_, name, description in _MODULES
    )
    # The second account has not all modules that its tokens were granted.
    for account, module in [(0, 0), (0, 1), (0, 2), (1, 0)]:
        await EnabledModule.create(account_id=_ACCOUNTS[account][0], module_id=_MODULES[module][0])
    rows = [await _store(number) for number in range(len(TEXTS))]
    gone = _token(len(TEXTS), "Alpha", "")
    gone.state = TokenState.DELETED
    await gone.save(force_create=True)
    for account_id, *_ in _ACCOUNTS:
        count = await Token.filter(account_id=account_id).exclude(state="deleted").count()
        await Account.filter(id=account_id).update(token_count=count)
    return rows


def _token(number: int, name: str, description: str) -> Token:
    id_ = f"TKN-0000-{number:04d}"
    created = MOMENTS[number % len(MOMENTS)]
    return Token(
        id=id_,
        account_id=_ACCOUNTS[number % 2][0],
        name=name,
        name_key=name_key(name),
        description=description,
        search_key=search_key(name, description, id_),
        logo="0123.png" if number % 3 == 0 else None,
        state=TokenState.DISABLED if number % 4 == 0 else TokenState.ACTIVE,
        expires_at=NOW + timedelta(days=number - 20) if number % 5 == 0 else None,
        created_at=created,
        created_by_id=f"USR-0000-{number % 3:04d}",
        created_by_name=TEXTS[number % 3],
        updated_at=created + timedelta(microseconds=number * 300) if number % 2 else created,
        last_access_at=MOMENTS[-(number % len(MOMENTS))] if number % 7 else None,
    )


async def _store(number: int) -> Row:
    description = "" if number % 3 == 1 else TEXTS[-number]
    token = _token(number, TEXTS[number].replace("\n", " "), description)
    await token.save(force_create=True)
    granted = [each for place, each in enumerate(_MODULES) if number >> place & 1]
    for id_, *_ in granted:
        await TokenGrant.create(token_id=token.id, module_id=id_)
    account_id, account_name, account_type, active = _ACCOUNTS[number % 2]
    usable = granted if number % 2 == 0 else [each for each in granted if each[0] == "MOD-0001"]
    expired = token.expires_at is not None and token.expires_at <= NOW
    works = token.state is TokenState.ACTIVE and not expired
    row: dict[str, Any] = {
        "id": token.id,
        "name": token.name,
        "description": token.description or None,
        "status": "Active" if works else "Disabled",
        "icon": token.logo,
        "lastAccessAt": token.last_access_at,
        "account.id": account_id,
        "account.name": account_name,
        "account.type": account_type.value.capitalize(),
        "account.status": "Active" if active else "Disabled",
        "modules": [
            {"id": id_, "name": name, "description": description or None}
            for id_, name, description in usable
        ],
        "audit.created.at": token.created_at,
        "audit.created.by.id": token.created_by_id,
        "audit.created.by.name": token.created_by_name,
        "audit.updated.at": token.updated_at if token.updated_at > token.created_at else None,
    }
    return row
