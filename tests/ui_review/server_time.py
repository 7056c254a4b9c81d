"""What each page and fragment costs the server: milliseconds and queries, in one process."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table
from starlette.types import ASGIApp, Message, Scope

from server.app import create_app
from server.desk import Desk
from server.domain.actor import Origin
from server.services.tokens.patch import TokenPatch
from tests.schema.test_query_counts import counted
from tests.support import databases
from tests.ui_review.findings import Finding, save
from tests.ui_review.scene import ERIN, OLIVER, SARAH, WANDA, Scene, settings_of

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
        app = create_app(desk)
        for who, path in ASKED:
            for kind, headers in (("page", {}), ("fragment", PARTIAL)):
                cookie = {"Cookie": f"tokendesk={scene.cookie(who)}"}
                asked = _Asked(app, scene.url + path.format_map(words), headers | cookie)
                worked, waited, queries = await _measured(asked)
                times = f"{worked:.1f}", f"{waited:.1f}"
                kept.append((path, kind, *times, queries, asked.size))
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


class _Asked:
    """A request of a browser, put to the application without any client's work."""

    def __init__(self, app: ASGIApp, url: str, headers: dict[str, str]) -> None:
        request = httpx.Request("GET", url, headers={"Accept-Encoding": "gzip"} | headers)
        self._app = app
        self._scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": request.url.scheme,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 1),
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        self.status = self.size = 0
        """Of the last answer; bytes as they go over the wire."""

    async def __call__(self) -> None:
        self.size = 0
        await self._app(dict(self._scope), self._nothing, self._take)

    @staticmethod
    async def _nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _take(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.size += len(message.get("body", b""))


async def _measured(asked: _Asked) -> tuple[float, float, int]:
    """Median CPU and wall milliseconds, and queries.

    Of the two times only the first is not longer because other programs run; a page waits for
    nothing but the processor.
    """
    await asked()  # once a minute it is noted that the person is here
    with counted() as statements:
        await asked()
    if asked.status not in {200, 404}:
        raise RuntimeError(f"{asked} answers {asked.status}")
    queries, worked, waited = len(statements), list[float](), list[float]()
    for _ in range(ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        await asked()
        worked.append(time.process_time() - busy)
        waited.append(time.perf_counter() - began)
    return statistics.median(worked) * 1e3, statistics.median(waited) * 1e3, queries
