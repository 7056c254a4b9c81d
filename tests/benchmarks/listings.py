"""The Marketplace's lists over 1,000,000 tokens against 10,000, each in 1,000 accounts."""

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from server.api.marketplace.query_string import parse_list_query
from server.database import Database
from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.tokens.lifecycle import TokenState
from server.models.accounts import Account, EnabledModule, Module
from server.models.tokens import Token, TokenGrant
from server.settings import Settings
from tests.benchmarks import filling
from tests.benchmarks.filling import Rows, token_id
from tests.benchmarks.goals import Goal
from tests.support import databases
from tests.support.postgres import create_database, drop_database, postgres_server

SIZES: Final = {"small": 10_000, "large": 1_000_000}
ACCOUNTS: Final = tuple(f"ACC-9000-{number:04d}" for number in range(1_000))
MODULE: Final = "MOD-3001"
DISABLED: Final = 500
"""So many of each, so that both find as much."""

TURNS: Final = 5
TIMES: Final = 12
_NEWEST: Final = datetime(2026, 1, 31, tzinfo=UTC)
_RECENT: Final = (_NEWEST - timedelta(seconds=500)).isoformat()
_OWN: Final = Actor(
    ActorKind.USER,
    "USR-0000-0001",
    "Bench",
    account_id=ACCOUNTS[7],
    account_type=AccountType.CLIENT,
    role=Role.ADMINISTRATOR,
)
_CASES: Final = {
    "all": (OPERATOR, ""),
    "id": (OPERATOR, "eq(id,'TKN-0000-5007')"),
    "name prefix": (OPERATOR, "like(name,'Robot 00001*')"),
    "name prefix, by name": (OPERATOR, "like(name,'Robot 00001*')&order=name"),
    "disabled": (OPERATOR, "eq(status,'Disabled')"),
    "active": (OPERATOR, "eq(status,'Active')"),
    "created since": (OPERATOR, f"ge(audit.created.at,'{_RECENT}')"),
    "created since, newest first": (
        OPERATOR,
        f"ge(audit.created.at,'{_RECENT}')&order=-audit.created.at",
    ),
    "name of an account's": (
        OPERATOR,
        f'eq(account.id,"{ACCOUNTS[7]}")&eq(status,"Active")&like(name,"Robot 0000*")',
    ),
    "one's own by id": (_OWN, "eq(id,'TKN-0000-5007')"),
    "one's own by name prefix": (_OWN, "like(name,'Robot 0000*')"),
}


def measure() -> list[Goal]:
    """Both sizes on each engine, asked in turns; the fastest, as other load only adds to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = {size: f"sqlite://{folder / size}.sqlite3" for size in SIZES}
        goals = asyncio.run(_compare("SQLite", urls, folder))
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        urls = {size: asyncio.run(create_database(server, f"listings_{size}")) for size in SIZES}
        try:
            goals += asyncio.run(_compare("PostgreSQL", urls, Path(name)))
        finally:
            for size in SIZES:
                asyncio.run(drop_database(server, f"listings_{size}"))
    return goals


async def _compare(engine: str, urls: dict[str, str], folder: Path) -> list[Goal]:
    databases.forget_statements()
    for size, url in urls.items():
        await _fill(url, SIZES[size])
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    found: dict[tuple[str, str], int] = {}
    for _ in range(TURNS):
        for size, url in urls.items():
            async with _desk(url, folder) as desk:
                for case in _CASES:
                    found[case, size] = await _ask(desk, case, times[case, size])
    table = Table(f"list, ms, {engine}", "found", *SIZES, "ratio")
    goals = []
    for case in _CASES:
        small, large = (min(times[case, size]) * 1e3 for size in SIZES)
        counted = " / ".join(f"{found[case, size]:,}" for size in SIZES)
        table.add_row(case, counted, f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}")
        text = f"{engine}: list by {case}, 1,000,000 tokens against 10,000"
        goals.append(Goal(text, large / small, at_most=2))
    Console().print(table)
    return goals


async def _ask(desk: Desk, case: str, times: list[float]) -> int:
    """A request, often; how many it finds."""
    actor, query = _CASES[case]
    total = 0
    for number in range(TIMES + 2):
        began = time.perf_counter()
        total = (await desk.resource_lists.tokens(actor, parse_list_query(query.encode()))).total
        if number >= 2:
            times.append(time.perf_counter() - began)
    return total


@asynccontextmanager
async def _desk(url: str, folder: Path) -> AsyncIterator[Desk]:
    desk = Desk.build(
        Settings(data_dir=folder, database_url=SecretStr(url), secret_keys=SecretStr(filling.KEYS))
    )
    await desk.open()
    try:
        yield desk
    finally:
        await desk.close()


async def _fill(url: str, count: int) -> None:
    """Tokens a second apart, the first of them the newest; a module each."""
    database = Database(url)
    await database.open()
    try:
        await database.migrate()
        await Module.create(id=MODULE, name=MODULE, created_at=_NEWEST)
        await Account.bulk_create(
            Account(
                id=each,
                name=f"Account {each}",
                type=AccountType.CLIENT,
                created_at=_NEWEST,
                token_count=len(range(number, count, len(ACCOUNTS))),
            )
            for number, each in enumerate(ACCOUNTS)
        )
        await EnabledModule.bulk_create(
            EnabledModule(account_id=account, module_id=MODULE) for account in ACCOUNTS
        )
        rows = _rows(count, text=url.startswith("sqlite"))
    finally:
        await database.close()
    await filling.fill(url, rows)


def _rows(count: int, *, text: bool) -> list[Rows]:
    token = Token(
        id=token_id(0),
        account_id=ACCOUNTS[0],
        name="",
        created_at=_NEWEST,
        created_by_id="USR-0000-0001",
        created_by_name="Bench",
        updated_at=_NEWEST,
        last_access_at=_NEWEST,
    )
    step = count // DISABLED

    def moment(number: int) -> datetime | str:
        created = _NEWEST - timedelta(seconds=number)
        return created.isoformat(" ") if text else created

    tokens = (
        (
            token_id(number),
            ACCOUNTS[number % len(ACCOUNTS)],
            f"Robot {number:07d}",
            f"robot {number:07d}",
            f"robot {number:07d}\n\n{token_id(number).lower()}",
            (TokenState.ACTIVE if number % step else TokenState.DISABLED).value,
            moment(number),
        )
        for number in range(count)
    )
    columns = ("id", "account_id", "name", "name_key", "search_key", "state", "created_at")
    grant = TokenGrant(token_id=token_id(0), module_id=MODULE)
    grants = ((token_id(number), MODULE) for number in range(count))
    return [
        Rows(token, columns, tokens),
        Rows(grant, ("token_id", "module_id"), grants),
    ]
