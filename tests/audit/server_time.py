"""What each page and fragment costs the server: milliseconds and queries, in one process."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from server.app import create_app
from server.desk import Desk
from tests import databases
from tests.audit.findings import Finding, save
from tests.audit.scene import OLIVER, SARAH, WANDA, Scene, settings_of
from tests.schema.test_query_counts import counted

ROUNDS: Final = 15
MOST_MS: Final = 15.0
MOST_QUERIES: Final = 3
WHO: Final = 2
"""Who asks: the session with its person, and their accounts. Every request needs them."""

LIST: Final = "/settings/api-tokens"
PARTIAL: Final = {"HX-Request": "true", "HX-Request-Type": "partial"}
ASKED: Final = (
    (SARAH, LIST),
    (SARAH, f"{LIST}?rows=100"),
    (SARAH, f"{LIST}?search=r&status=active&sort=name"),
    (SARAH, f"{LIST}/filter"),
    (SARAH, f"{LIST}/views"),
    (SARAH, LIST + "/{crm}"),
    (SARAH, LIST + "/{crm}/modules"),
    (SARAH, LIST + "/{crm}/details"),
    (SARAH, LIST + "/{crm}/usage"),
    (SARAH, LIST + "/{crm}/audit-trail"),
    (SARAH, LIST + "/{crm}/edit"),
    (SARAH, LIST + "/{crm}/delete"),
    (SARAH, LIST + "/{crm}/rotate"),
    (SARAH, "/settings/audit-trail"),
    (SARAH, "/settings/audit-trail?rows=100"),
    (SARAH, "/settings/audit-trail/{record}"),
    (SARAH, "/settings/audit-trail/filter"),
    (SARAH, "/settings/account"),
    (SARAH, "/settings/users"),
    (SARAH, "/settings/users/invite"),
    (WANDA, f"{LIST}/new/DRF-0000-0000-0000-0000/general"),
    (OLIVER, LIST),
    (OLIVER, "/administration/accounts"),
    (OLIVER, "/administration/accounts/{account}"),
)
"""Each is asked for as a page, and as the fragment that htmx asks for."""


def measure(scene: Scene, folder: Path, console: Console) -> list[Finding]:
    """A table of medians and queries; too slow or too many are findings."""
    databases.forget_statements()
    return asyncio.run(_measure(scene, folder, console))


async def _measure(scene: Scene, folder: Path, console: Console) -> list[Finding]:
    desk = Desk.build(settings_of(folder))
    found, kept = [], []
    await desk.open()
    try:
        transport = httpx.ASGITransport(create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url=scene.url) as client:
            for who, path in ASKED:
                for kind, headers in (("page", {}), ("fragment", PARTIAL)):
                    client.cookies.set("tokendesk", scene.cookie(who))
                    address = path.format_map(scene.made.words)
                    worked, waited, queries, size = await _ask(client, address, headers)
                    kept.append((path, kind, f"{worked:.1f}", f"{waited:.1f}", queries, size))
                    if worked > MOST_MS:
                        found.append(Finding("server", "too slow", f"{worked:.1f} ms", path, kind))
                    if queries > MOST_QUERIES + WHO:
                        own = f"{queries} queries, {queries - WHO} of them its own"
                        found.append(Finding("server", "too many queries", own, path, kind))
    finally:
        await desk.close()
    table = Table("address", "", "CPU ms", "wall ms", "queries", "bytes")
    for row in kept:
        table.add_row(*(str(each) for each in row))
    console.print(table)
    save("server", kept)
    return found


async def _ask(
    client: httpx.AsyncClient, address: str, headers: dict[str, str]
) -> tuple[float, float, int, int]:
    """Median CPU and wall milliseconds, queries and bytes.

    The work of the client is in it. Of the two times only the first is not longer because other
    programs run; a page waits for nothing but the processor.
    """
    with counted() as statements:
        answer = await client.get(address, headers=headers)
    if answer.status_code not in {200, 404}:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    queries, worked, waited = len(statements), list[float](), list[float]()
    for _ in range(ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        await client.get(address, headers=headers)
        worked.append(time.process_time() - busy)
        waited.append(time.perf_counter() - began)
    middle, elapsed = statistics.median(worked) * 1e3, statistics.median(waited) * 1e3
    return middle, elapsed, queries, len(answer.content)
