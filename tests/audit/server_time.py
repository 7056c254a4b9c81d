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
from server.domain.actor import Origin
from server.services.token_patch import TokenPatch
from tests import databases
from tests.audit.findings import Finding, save
from tests.audit.scene import ERIN, OLIVER, SARAH, WANDA, Scene, settings_of
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
    (SARAH, LIST + "/{crm}/usage?range=90d"),
    (SARAH, LIST + "/{crm}/audit-trail?rows=100"),
    (SARAH, LIST + "/{crm}/edit"),
    (SARAH, LIST + "/{crm}/delete"),
    (SARAH, LIST + "/{crm}/rotate"),
    (SARAH, "/settings/audit-trail"),
    (SARAH, "/settings/audit-trail?rows=100"),
    (SARAH, "/settings/audit-trail/{record}"),
    (SARAH, "/settings/audit-trail/filter"),
    (SARAH, "/settings/account"),
    (SARAH, "/settings/account/reveal/once"),
    (SARAH, "/settings/users"),
    (SARAH, "/settings/users/invite"),
    (SARAH, "/settings/users/{wanda}/role/viewer"),
    (WANDA, f"{LIST}/new/DRF-0000-0000-0000-0000/general"),
    (WANDA, LIST + "/new/{begun}/general"),
    (WANDA, LIST + "/new/{begun}/modules"),
    (WANDA, LIST + "/new/{begun}/overview"),
    (WANDA, LIST + "/new/{added}/summary"),
    (ERIN, LIST),
    (OLIVER, LIST),
    (OLIVER, f"{LIST}?rows=100&sort=name"),
    (OLIVER, f"{LIST}/filter"),
    (OLIVER, "/settings/audit-trail?rows=100"),
    (OLIVER, "/administration/accounts"),
    (OLIVER, "/administration/accounts/{account}"),
    (OLIVER, "/administration/accounts/{account}/disable"),
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
        words = scene.made.words | await _drafts(desk, scene.cookie(WANDA))
        transport = httpx.ASGITransport(create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url=scene.url) as client:
            for who, path in ASKED:
                for kind, headers in (("page", {}), ("fragment", PARTIAL)):
                    client.cookies.set("tokendesk", scene.cookie(who))
                    address = path.format_map(words)
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


async def _drafts(desk: Desk, cookie: str) -> dict[str, str]:
    """One that all steps are done of, and one that was added."""
    wanda = await desk.sessions.resume(cookie, Origin())
    assert wanda is not None, "the scene has just signed her in"
    modules = await desk.modules.enabled(wanda.actor)
    patch = TokenPatch(name="Measured", module_ids=[module.id for module in modules])
    begun, added = [await desk.drafts.create(wanda.actor, patch) for _ in range(2)]
    await desk.drafts.commit(wanda.actor, added.id, added.version)
    return {"begun": begun.id, "added": added.id}


async def _ask(
    client: httpx.AsyncClient, address: str, headers: dict[str, str]
) -> tuple[float, float, int, int]:
    """Median CPU and wall milliseconds, queries and bytes.

    The work of the client is in it. Of the two times only the first is not longer because other
    programs run; a page waits for nothing but the processor.
    """
    await client.get(address, headers=headers)  # once a minute it is noted that the person is here
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
