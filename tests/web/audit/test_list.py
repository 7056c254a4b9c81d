"""The audit trail's page: its table, filters and pages; one record; a token's own trail."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.services.audit.views import AuditRecordView
from server.services.tokens.patch import TokenPatch
from tests.support.clock import TurnableClock
from tests.support.evidence import last_record
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn

TRAIL = "/settings/audit-trail"
DAY = timedelta(days=1)


def cells(page: str) -> list[list[str]]:
    """What each row of the table says, cell by cell, without the last one's button."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    found = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)[:-1] for row in rows]
    return [[plain(cell) for cell in row] for row in found]


def plain(markup: str) -> str:
    """Markup as it is read, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def summaries(page: str) -> list[str]:
    """What happened, row by row."""
    return [row[-2] for row in cells(page)]


@pytest.fixture
async def renamed(desk: Desk, world: World, clock: TurnableClock) -> AuditRecordView:
    """A token is added, and a day later it gets another name: the record of that."""
    clock.advance(timedelta(minutes=1))
    made = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    clock.advance(DAY)
    await desk.tokens.update(world.admin, made.token.id, TokenPatch(name="R2"))
    clock.advance(timedelta(minutes=1))
    return await desk.audit_trail.get(world.admin, (await last_record(desk, world.client.id)).id)


async def test_a_record_is_a_row(
    world: World, renamed: AuditRecordView, viewer: httpx.AsyncClient
) -> None:
    page = (await viewer.get(f"{TRAIL}?event=token.updated")).text
    assert cells(page) == [
        [
            "15 Mar 2030 09:27 UTC",
            f"R R2 API token {renamed.object_id}",
            f"AA Ada Admin {world.admin.id} 203.0.113.7, Tests/1.0",
            "API token changed",
            "The API token R2 was changed: name from “Robot” to “R2”.",
        ]
    ]
    assert f'<a class="clamp" href="/settings/api-tokens/{renamed.object_id}">R2</a>' in page
    assert f'aria-label="Only records by {world.admin.id}"' in page
    assert f'data-hx-get="{TRAIL}/{renamed.id}"' in page
    assert "1 row</p>" in page


async def test_filters_and_their_combinations(
    world: World, renamed: AuditRecordView, admin: httpx.AsyncClient
) -> None:
    async def found(query: str) -> list[str]:
        answer = await admin.get(f"{TRAIL}?rows=100&{query}")
        assert answer.status_code == 200
        return summaries(answer.text)

    both = ["API token changed", "API token created"]
    signed_in = ["Signed in"]
    assert await found(f"object={renamed.object_id}") == both
    assert await found(f"object={renamed.object_id.lower()}") == both
    assert await found(f"actor={world.admin.id}") == signed_in + both
    assert await found(f"actor={world.admin.id}&event=user.signed_in") == signed_in
    assert await found("from=2030-03-15") == signed_in + both[:1]
    assert await found("from=2030-03-14&to=2030-03-14&event=token.created") == both[1:]
    assert await found("to=2030-03-13") == []
    assert await found("from=2030-03-15&event=token.created") == []
    assert await found(f"object={world.vendor.id}") == []
    assert len(await found("actor=operator")) == 6


async def test_pages_keep_the_filters_and_say_where_one_is(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    for number in range(12):
        await desk.tokens.create(world.admin, name=f"Robot {number:02}", module_ids=["MOD-1756"])
        clock.advance(timedelta(seconds=1))

    async def names(query: str) -> list[str]:
        page = (await admin.get(f"{TRAIL}?event=token.created{query}")).text
        return re.findall(r">(Robot \d\d)</a>", page)

    newest = [f"Robot {number:02}" for number in range(11, -1, -1)]
    assert await names("") == newest[:10]
    assert await names("&page=2") == newest[10:]
    assert await names("&rows=25") == newest
    for odd in ("&page=99", "&page=0", "&page=x&rows=7", "&rows=99999999999", "&page=²"):
        assert await names(odd) in (newest[:10], newest[10:])
    page = (await admin.get(f"{TRAIL}?event=token.created&page=2")).text
    assert "11-12 of 12 rows" in page
    assert "<span>of 2</span>" in page
    assert f'href="{TRAIL}?event=token.created"' in page  # the way back
    assert "pager-next" not in page
    jump = re.search(r'<form class="jump".*?</form>', page, re.DOTALL)
    assert jump is not None
    assert '<input type="hidden" name="event" value="token.created">' in jump[0]
    assert f'href="{TRAIL}?event=token.created&amp;rows=50"' in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("event=token.painted", "an unknown event"),
        ("from=yesterday", "the first day, which is not a date like 2027-01-31"),
        ("to=2030-13-01", "the last day, which is not a date like 2027-01-31"),
        ("rows=7", "an unknown number of rows"),
        ("object=" + "x" * 33, "an unknown object"),
        ("actor=%00", "an unknown actor"),
        ("event=x&rows=x", "an unknown event, an unknown number of rows"),
        ("page=-1&unheard=of", None),
    ],
)
async def test_what_an_address_says_wrongly_is_left_out_and_told(
    admin: httpx.AsyncClient, query: str, told: str | None
) -> None:
    answer = await admin.get(f"{TRAIL}?{query}")
    assert answer.status_code == 200
    assert len(cells(answer.text)) == 7
    assert (f"Left out of the address: {told}." in answer.text) is (told is not None)


async def test_filters_in_use_can_be_dropped_one_by_one(
    admin: httpx.AsyncClient, world: World
) -> None:
    page = (await admin.get(f"{TRAIL}?actor={world.admin.id}&from=2030-03-14&rows=25")).text
    chip = r'class="chip" href="([^"]*)"[^>]*aria-label="Drop ([^"]*)"'
    drop = dict(re.findall(chip, page))
    assert {label: url.replace("&amp;", "&") for url, label in drop.items()} == {
        f"Actor: {world.admin.id}": f"{TRAIL}?from=2030-03-14&rows=25",
        "From 2030-03-14": f"{TRAIL}?actor={world.admin.id}&rows=25",
    }
    assert f'href="{TRAIL}?rows=25"' in page  # Clear all
    nothing = await admin.get(f"{TRAIL}?object=TKN-0000-0000")
    assert "No record matches" in nothing.text
    assert "Clear filters" in nothing.text
    assert "<table" not in nothing.text


async def test_htmx_gets_the_table_alone(admin: httpx.AsyncClient) -> None:
    answer = await admin.get(TRAIL, headers=PARTIAL | {"HX-Target": "section#records"})
    assert answer.text.lstrip().startswith('<section id="records"')
    assert "<html" not in answer.text
    assert 'data-said="7 rows, newest first, page 1 of 1"' in answer.text


async def test_the_filter_offers_events_by_subject_and_keeps_what_is_chosen(
    admin: httpx.AsyncClient, sign_in: SignIn, world: World
) -> None:
    dialog = (await admin.get(f"{TRAIL}/filter?event=token.deleted&to=2030-03-14&rows=50")).text
    groups = re.findall(r'<optgroup label="([^"]*)"', dialog)
    assert groups == ["Accounts", "Modules", "API tokens", "Users"]
    assert '<option value="token.deleted" selected>API token deleted</option>' in dialog
    assert 'name="to" type="date" value="2030-03-14"' in dialog
    assert '<input type="hidden" name="rows" value="50">' in dialog
    assert f'action="{TRAIL}" method="get"' in dialog
    assert 'name="account"' not in dialog
    olga = await sign_in(world.operations_email)
    assert 'name="account"' in (await olga.get(f"{TRAIL}/filter")).text


async def test_only_the_own_account_is_seen_and_by_operations_every_one(
    sign_in: SignIn, world: World, renamed: AuditRecordView
) -> None:
    otto = await sign_in(world.other_admin_email)
    assert renamed.object_id not in (await otto.get(f"{TRAIL}?rows=100")).text
    assert cells((await otto.get(f"{TRAIL}?account={world.client.id}")).text) == []
    assert (await otto.get(f"{TRAIL}/{renamed.id}")).status_code == 404
    assert '<th scope="col">Account</th>' not in (await otto.get(TRAIL)).text
    olga = await sign_in(world.operations_email)
    page = (await olga.get(f"{TRAIL}?rows=100&account={world.client.id}")).text
    assert {row[1] for row in cells(page)} == {world.client.id}
    assert summaries(page)[:2] == ["API token changed", "API token created"]
    everything = cells((await olga.get(f"{TRAIL}?rows=100")).text)
    accounts = {world.client.id, world.vendor.id, world.operations.id, "platform"}
    assert {row[1] for row in everything} == accounts
    assert (await olga.get(f"{TRAIL}/{renamed.id}")).status_code == 200


@pytest.mark.parametrize("path", ["", "/filter", "/export?format=csv", "/AUD-1-2"])
async def test_nobody_is_asked_to_sign_in(
    nobody: httpx.AsyncClient, world: World, path: str
) -> None:
    answer = await nobody.get(TRAIL + path)
    bare = path.partition("?")[0]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={TRAIL}{bare}")


async def test_one_record_in_full(renamed: AuditRecordView, viewer: httpx.AsyncClient) -> None:
    address = f"{TRAIL}/{renamed.id}"
    dialog = await viewer.get(address, headers=PARTIAL | {"HX-Target": "div#dialog-slot"})
    page = await viewer.get(address)
    assert dialog.text.lstrip().startswith('<dialog id="dialog" class="dialog wide record"')
    assert ("<html" in dialog.text, "<html" in page.text) == (False, True)
    assert "<title>Record details - Tokendesk</title>" in page.text
    for text in (dialog.text, page.text):
        said = plain(text)
        assert f"Record id {renamed.id}" in said
        assert "15 Mar 2030 09:27:53.589 UTC" in said
        assert "203.0.113.7 Tests/1.0" in said
        assert "Field What happened Before After Name Changed Robot R2" in said
        assert f"Hash {renamed.hash} Previous hash {renamed.previous_hash}" in said
        assert '"before": { "name": "Robot" }, "after": { "name": "R2" }' in said
        for source in ("record-summary", "record-details", "record-json"):
            assert f'data-copy="{source}"' in text
            assert f'id="{source}"' in text


@pytest.mark.parametrize("record_id", ["AUD-0000-0000-0000-0000", "AUD-1", "x", "%00", "a" * 300])
async def test_an_unknown_record_is_not_found(admin: httpx.AsyncClient, record_id: str) -> None:
    assert (await admin.get(f"{TRAIL}/{record_id}")).status_code == 404


async def test_names_in_records_are_text(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    name = "<img src=x onerror=alert(1)>"
    await desk.tokens.create(world.admin, name=name, module_ids=["MOD-1756"])
    record = await last_record(desk, world.client.id)
    for address in (TRAIL, f"{TRAIL}/{record.id}"):
        page = (await admin.get(address)).text
        assert "<img src=x" not in page
        assert html.escape(name) in page


async def test_a_token_has_a_trail_of_its_own(
    world: World, renamed: AuditRecordView, viewer: httpx.AsyncClient
) -> None:
    base = f"/settings/api-tokens/{renamed.object_id}/audit-trail"
    page = (await viewer.get(base)).text
    assert summaries(page) == ["API token changed", "API token created"]
    assert '<th scope="col">Object</th>' not in page
    assert f'href="{TRAIL}/filter?of={renamed.object_id}"' in page
    assert f'href="{TRAIL}/export?object={renamed.object_id}&amp;format=csv"' in page
    elsewhere = await viewer.get(f"{base}?object={world.client.id}&event=token.updated")
    assert summaries(elsewhere.text) == ["API token changed"]
    partial = await viewer.get(base, headers=PARTIAL | {"HX-Target": "section#records"})
    assert partial.text.lstrip().startswith('<section id="records"')
    dialog = (await viewer.get(f"{TRAIL}/filter?of={renamed.object_id}")).text
    assert f'action="{base}" method="get"' in dialog
    assert 'name="object"' not in dialog
