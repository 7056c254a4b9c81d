"""Records as rows of a file."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.domain.actor import ActorKind, ActorView
from server.services.audit.export import EXPORTS
from server.services.audit.views import AuditRecordView

RECORD = AuditRecordView(
    id="AUD-0000-0000-0000-0001",
    at=datetime(2030, 3, 14, 10, 26, 53, tzinfo=timezone(timedelta(hours=1))),
    event="token.updated",
    summary="API token changed",
    actor=ActorView("USR-0000-0001", "Ada Admin", ActorKind.USER),
    object_id="TKN-0000-0001",
    object_name="Zoë, \u2028 robot",
    before=None,
    after={"description": 'two\nlines, "quoted"'},
    address="203.0.113.7",
    user_agent="Tests/1.0",
    account_id="ACC-0000-0001",
    position=7,
    previous_hash="aa",
    hash="bb",
)


def cells(record: AuditRecordView) -> dict[str, str]:
    export = EXPORTS["csv"]
    file = io.StringIO(export.head() + export.line(record), newline="")
    [row] = csv.DictReader(file)
    return dict(row)


def test_a_csv_row_is_read_back() -> None:
    row = cells(RECORD)
    assert json.loads(row.pop("after")) == RECORD.after
    assert row == {
        "id": RECORD.id,
        "at": "2030-03-14T09:26:53Z",
        "event": "token.updated",
        "summary": "API token changed",
        "actorId": "USR-0000-0001",
        "actorName": "Ada Admin",
        "actorKind": "user",
        "objectId": "TKN-0000-0001",
        "objectName": "Zoë, \u2028 robot",
        "before": "",
        "address": "203.0.113.7",
        "userAgent": "Tests/1.0",
        "accountId": "ACC-0000-0001",
        "position": "7",
        "previousHash": "aa",
        "hash": "bb",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    record = replace(
        RECORD,
        object_name=text,
        actor=replace(RECORD.actor, name=text),
        user_agent=text,
        address=text,
    )
    row = cells(record)
    names = ("objectName", "actorName", "userAgent", "address")
    assert {row[name] for name in names} == {f"'{text}"}
    assert cells(replace(RECORD, object_name=f"a{text}"))["objectName"] == f"a{text}"


def test_a_record_is_one_line_of_json() -> None:
    line = EXPORTS["jsonl"].line(RECORD)
    assert EXPORTS["jsonl"].head() == ""
    assert line.count("\n") == 1
    read = json.loads(line)
    assert datetime.fromisoformat(read["at"]) == RECORD.at.astimezone(UTC)
    assert read["actor"] == {"id": "USR-0000-0001", "name": "Ada Admin", "kind": "user"}
    assert (read["before"], read["after"]) == (None, RECORD.after)
    assert (read["position"], read["previousHash"], read["hash"]) == (7, "aa", "bb")
    assert read["object"]["name"] == RECORD.object_name
