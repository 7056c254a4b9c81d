"""The audit trail as a file."""

import csv
import io
import json

import httpx
import pytest

from server.desk import Desk
from server.services.audit.trail import AuditTrail
from tests.support.world import World
from tests.web.conftest import SignIn

EXPORT = "/settings/audit-trail/export"


async def test_a_spreadsheet_of_all_records_oldest_first(
    viewer: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    answer = await viewer.get(f"{EXPORT}?format=csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    name = f"audit-trail-{world.client.id}-2030-03-14.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    records = [record async for record in desk.audit_trail.export(world.admin)]
    assert [row["id"] for row in rows] == [record.id for record in records]
    assert rows[0]["summary"] == "Account created"
    assert rows[-1]["actorId"] == world.viewer.id


async def test_a_line_for_each_record_that_the_filters_leave(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    query = f"format=jsonl&actor={world.admin.id}&event=token.created&from=2030-03-14"
    answer = await admin.get(f"{EXPORT}?{query}")
    assert answer.headers["content-type"] == "application/jsonl"
    name = f"audit-trail-{world.client.id}-{world.admin.id}-token-created-2030-03-14.jsonl"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["event"], line["object"]["name"]) for line in lines] == [
        ("token.created", "Robot")
    ]


async def test_the_file_is_written_while_it_is_read(
    admin: httpx.AsyncClient, desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand times the same record is a thousand lines, and no length is known before."""
    [record] = (await desk.audit_trail.cursor_page(world.admin, first=1)).items

    async def endless(*_: object, **__: object) -> object:
        for _number in range(1_000):
            yield record

    monkeypatch.setattr(AuditTrail, "export", endless)
    answer = await admin.get(f"{EXPORT}?format=jsonl")
    assert "content-length" not in answer.headers
    assert len(answer.text.splitlines()) == 1_000


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Choose one of the formats: csv, jsonl."),
        ("format=xml", "Choose one of the formats: csv, jsonl."),
        ("format=csv&event=x", "Nothing was exported, as the address has an unknown event."),
    ],
)
async def test_what_is_not_understood_exports_nothing(
    admin: httpx.AsyncClient, query: str, message: str
) -> None:
    answer = await admin.get(f"{EXPORT}?{query}")
    assert answer.status_code == 422
    assert message in answer.text
    assert "content-disposition" not in answer.headers


async def test_other_accounts_stay_out_of_it(sign_in: SignIn, desk: Desk, world: World) -> None:
    otto = await sign_in(world.other_admin_email)
    text = (await otto.get(f"{EXPORT}?format=jsonl&account={world.client.id}")).text
    assert text == ""
    assert world.client.id not in (await otto.get(f"{EXPORT}?format=jsonl")).text
    olga = await sign_in(world.operations_email)
    answer = await olga.get(f"{EXPORT}?format=jsonl&account={world.client.id}")
    assert len(answer.text.splitlines()) == 6
    everything = await olga.get(f"{EXPORT}?format=csv")
    assert 'filename="audit-trail-all-accounts-2030' in everything.headers["content-disposition"]
