"""The tokens page over an account with 100,000 tokens against one with 1,000, in one database."""

import statistics
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table
from tortoise.transactions import in_transaction

from server.app import create_app
from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Role
from server.domain.tokens.lifecycle import TokenState
from server.models.accounts import Account
from server.models.tokens import Token, TokenGrant

PASSWORD: Final = "correct horse battery staple"
SIZES: Final = {"small": 1_000, "large": 100_000}
ROUNDS: Final = 25
MODULES: Final = tuple(f"MOD-{number}" for number in range(3001, 3021))
BATCH: Final = 5_000
CASES: Final = {
    "first page": "",
    "filtered by status": "status=disabled",
    "filtered by module": "module=MOD-3001",
    "filtered by both, by name": "module=MOD-3001&status=disabled&sort=name",
    "sorted by last access": "sort=-last_access",
    "sorted by name": "sort=name",
    "page 900": "page=900",
    "searched": "search=robot+00042",
}


async def compare(desk: Desk, engine: str) -> None:
    """Fill both accounts, ask in turns, and print medians and their ratio."""
    for module_id in MODULES:
        await desk.modules.create(OPERATOR, module_id, f"Module {module_id}")
    people = {name: await _account(desk, name, count) for name, count in SIZES.items()}
    await desk.database.client.execute_script("ANALYZE")
    if engine == "PostgreSQL":
        await desk.database.client.execute_query("VACUUM ANALYZE")
    table = Table(f"tokens page, {engine}", "1,000: ms", "100,000: ms", "ratio")
    for case, query in CASES.items():
        taken: dict[str, list[float]] = {name: [] for name in people}
        for _ in range(ROUNDS):
            for name, person in people.items():
                began = time.perf_counter()
                answer = await person.get(f"/settings/api-tokens?{query or 'view=standard'}")
                taken[name].append((time.perf_counter() - began) * 1e3)
                assert answer.status_code == 200
        small, large = (statistics.median(taken[name]) for name in SIZES)
        table.add_row(case, f"{small:.1f}", f"{large:.1f}", f"{large / small:.2f}")
    Console().print(table)
    for person in people.values():
        await person.aclose()


async def _account(desk: Desk, name: str, count: int) -> httpx.AsyncClient:
    account = await desk.accounts.create(OPERATOR, name, AccountType.CLIENT)
    await desk.modules.set_enabled(OPERATOR, account.id, MODULES)
    email = f"{name}@bench.example"
    await desk.users.create(OPERATOR, email, name, account.id, Role.ADMINISTRATOR, PASSWORD)
    prefix = "TKN-9" if count > SIZES["small"] else "TKN-8"
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        async with in_transaction():
            await Token.bulk_create(_tokens(desk, account.id, prefix, numbers))
            await TokenGrant.bulk_create(_grants(prefix, numbers))
    await Account.filter(id=account.id).update(token_count=count)
    transport = httpx.ASGITransport(create_app(desk))
    person = httpx.AsyncClient(transport=transport, base_url=desk.settings.origin)
    signed_in = await person.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert signed_in.status_code == 303
    return person


def _id(prefix: str, number: int) -> str:
    return f"{prefix}{number // 10_000:03d}-{number % 10_000:04d}"


def _tokens(desk: Desk, account_id: str, prefix: str, numbers: Iterable[int]) -> list[Token]:
    """One in ten is disabled; a third was never used, the rest at moments of their own."""
    now = desk.clock()
    return [
        Token(
            id=_id(prefix, number),
            account_id=account_id,
            name=f"Robot {number:06d}",
            name_key=f"robot {number:06d}",
            search_key=f"robot {number:06d}\n\n{_id(prefix, number).lower()}",
            state=TokenState.DISABLED if number % 10 == 0 else TokenState.ACTIVE,
            created_at=now - timedelta(seconds=number),
            created_by_id=f"USR-0000-{number % 50:04d}",
            created_by_name=f"Person {number % 50}",
            updated_at=now,
            last_access_at=now - timedelta(seconds=number * 7 % 99_991) if number % 3 else None,
        )
        for number in numbers
    ]


def _grants(prefix: str, numbers: Iterable[int]) -> list[TokenGrant]:
    """Two of the twenty modules each."""
    return [
        TokenGrant(token_id=_id(prefix, number), module_id=MODULES[(number + step) % 20])
        for number in numbers
        for step in (0, 7)
    ]
