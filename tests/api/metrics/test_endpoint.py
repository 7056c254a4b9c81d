"""`/metrics`: requests, process and build, in every format, and nothing of what is secret."""

import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics import parser as openmetrics

from server.desk import Desk
from server.domain.actor import OPERATOR
from tests.api.programs import Program, make
from tests.api.scrapes import scrape
from tests.support.world import World

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
OPENMETRICS = "application/openmetrics-text"
VERSIONS = ("x", "", "1", "0.0.1", "99.9.9", "1.0.0.0.0", "-1.0.0", "1.0.0-rc;x=y", "\xb2")
STRANGE_WISHES = [
    *("*/*", "", "text/html", ";;,"),
    *(f"{kind};version={each}" for kind in (OPENMETRICS, "text/plain") for each in VERSIONS),
]


@pytest.fixture
async def program(desk: Desk, world: World) -> Program:
    """A program of the Operations account, with the module of the least power."""
    await desk.modules.enable(OPERATOR, "MOD-2004", world.operations.id)
    return await make(desk, world.operations_admin, "MOD-2004")


async def test_requests_are_counted_by_face_and_status_and_timed(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    asked = {
        ("/healthz", "health", "2xx"): 2,
        ("/static/nothing.css", "files", "4xx"): 1,
        ("/logos/nothing", "files", "4xx"): 1,
        ("/schema.graphql", "graphql", "2xx"): 1,
        ("/oauth/introspect", "oauth", "4xx"): 3,
        ("/.well-known/oauth-authorization-server", "oauth", "2xx"): 1,
        ("/", "web", "3xx"): 2,
        ("/sign-in", "web", "2xx"): 1,
        ("/no/such/page/%00", "web", "4xx"): 1,
        ("/metricsx", "web", "4xx"): 1,
        ("/verify", "", ""): 5,
    }
    expected: dict[tuple[str, str], int] = {}
    for (path, face, status), times in asked.items():
        for _ in range(times):
            await gateway.get(path)
        if face:
            expected[face, status] = expected.get((face, status), 0) + times
    seen = await scrape(gateway)
    counted = {
        (dict(labels)["face"], dict(labels)["status"]): int(value)
        for labels, value in seen.all("tokendesk_http_requests_total").items()
        if value
    }
    assert counted == expected
    timed = seen.all("tokendesk_http_request_duration_seconds_count")
    for labels, value in timed.items():
        face = dict(labels)["face"]
        assert value == sum(times for (each, _), times in expected.items() if each == face)


async def test_a_crash_is_counted_as_a_failure_of_ours(
    gateway: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(type(desk.database), "pending_migrations", crash)
    assert (await gateway.get("/readyz")).status_code == 500
    seen = await scrape(gateway)
    assert seen.value("tokendesk_http_requests_total", face="health", status="5xx") == 1


async def test_it_tells_of_the_process_and_of_the_build(gateway: httpx.AsyncClient) -> None:
    seen = await scrape(gateway)
    assert seen.value("process_resident_memory_bytes") > 1_000_000
    assert seen.value("process_cpu_seconds_total") > 0
    [(labels, value)] = seen.all("tokendesk_build_info").items()
    assert value == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", dict(labels)["version"])
    assert set(dict(labels)) == {"version", "python"}


async def test_the_documentation_names_each_metric_and_no_other(gateway: httpx.AsyncClient) -> None:
    section = PAGE.read_text(encoding="utf-8").partition("\n## Metrics\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `(tokendesk_\w+)", section, re.MULTILINE))
    told = re.findall(
        r"^# TYPE (tokendesk_\w+) ", (await gateway.get("/metrics")).text, re.MULTILINE
    )
    assert named == set(told)


async def test_names_follow_prometheus_and_there_is_no_more_of_them_after_any_request(
    gateway: httpx.AsyncClient, desk: Desk, world: World, program: Program
) -> None:
    before = (await gateway.get("/metrics")).text
    for path in ("/a", "/b/c", "/verify?module=MOD-2001", f"/logos/{program.id}"):
        await gateway.get(path, headers=program.bearer)
        await gateway.request("BREW", path, headers=program.bearer)
    after = (await gateway.get("/metrics")).text
    series = [[line.rpartition(" ")[0] for line in text.splitlines()] for text in (before, after)]
    assert series[0] == series[1]
    assert "_created" not in after
    for secret in (program.id, program.value, world.client.id, world.client.name, "MOD-"):
        assert secret not in after
    for line in after.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ", "tokendesk_", "process_"))


async def test_each_format_that_prometheus_asks_for_is_spoken(gateway: httpx.AsyncClient) -> None:
    usual = await gateway.get("/metrics")
    assert usual.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert usual.headers["cache-control"] == "no-store"
    wish = f"{OPENMETRICS};version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.3"
    opened = await gateway.get("/metrics", headers={"Accept": wish})
    assert opened.headers["content-type"].startswith(f"{OPENMETRICS}; version=1.0.0")
    families = {each.name for each in openmetrics.text_string_to_metric_families(opened.text)}
    assert {"tokendesk_verifications", "tokendesk_http_requests", "tokendesk_build"} <= families
    for strange in STRANGE_WISHES:
        assert (
            await gateway.get("/metrics", headers={b"Accept": strange.encode("latin-1")})
        ).status_code == 200
    head = await gateway.head("/metrics")
    assert (head.status_code, head.content) == (200, b"")
    assert (await gateway.post("/metrics")).status_code == 405
