"""The audit trail from the shell: found, exported and proved."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta

from server.desk import Desk
from tests.cli.conftest import Command
from tests.support.clock import TurnableClock
from tests.support.evidence import last_record, records
from tests.support.live import ROOT
from tests.support.world import World

DISARM = {
    "sqlite": "DROP TRIGGER IF EXISTS audit_records_no_update;"
    " DROP TRIGGER IF EXISTS audit_records_no_delete; {}",
    "postgres": "SET session_replication_role = replica; {}; RESET session_replication_role",
}
"""How somebody who owns the database gets past the triggers, for one script."""


async def tamper(desk: Desk, statement: str) -> None:
    client = desk.database.client
    await client.execute_script(DISARM[client.capabilities.dialect].format(statement))


async def test_records_are_found(
    tokendesk: Command, desk: Desk, world: World, clock: TurnableClock
) -> None:
    clock.advance(timedelta(days=2))
    later = clock()
    minted = await desk.tokens.create(world.admin, name="A", module_ids=["MOD-2001"])
    clock.advance(timedelta(seconds=1))
    await desk.tokens.disable(world.admin, minted.token.id)
    here = ("audit", "list", "--account", world.client.id)

    def found(*words: str) -> list[str]:
        return [record["event"] for record in tokendesk.json(*here, *words)]

    assert found("--object", minted.token.id) == ["token.disabled", "token.created"]
    assert found("--actor", world.admin.id, "--event", "token.created") == ["token.created"]
    assert found("--since", later.isoformat()) == ["token.disabled", "token.created"]
    earlier = found("--until", later.isoformat())
    assert sorted(set(earlier)) == ["account.created", "account.module_enabled", "user.created"]
    assert found("--since", later.isoformat(), "--until", later.isoformat()) == []
    [record] = tokendesk.json(*here, "--event", "token.disabled")
    del record["cursor"]
    assert tokendesk.json("audit", "show", record["id"]) == record
    assert (record["before"], record["after"]) == ({"status": "active"}, {"status": "disabled"})
    assert "'--event'" in tokendesk.misused(*here, "--event", "token.eaten")
    assert "'--since'" in tokendesk.misused(*here, "--since", "yesterday")
    assert tokendesk.refused(*here, "--after", "x") == (
        "This cursor is not one of this list in this order."
    )
    assert tokendesk.refused("audit", "show", "AUD-1") == "There is no audit record AUD-1."


async def test_an_export_has_every_record_of_the_account_once(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(
        world.admin, name='=1+1;"A"', description="First\nsecond", module_ids=["MOD-2001"]
    )
    await desk.tokens.create(world.other_admin, name="Theirs", module_ids=["MOD-2003"])
    expected = [record.id for record in await records(desk) if record.chain == world.client.id]
    wish = ("audit", "export", "--account", world.client.id, "--format")

    done = tokendesk.run(*wish, "csv")
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert [row["id"] for row in rows] == expected
    assert (rows[-1]["objectName"], rows[-1]["actorName"]) == ('\'=1+1;"A"', "Ada Admin")
    assert json.loads(rows[-1]["after"])["description"] == "First\nsecond"

    done = tokendesk.run(*wish, "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == expected
    assert lines[-1]["object"] == {"id": minted.token.id, "name": '=1+1;"A"'}

    done = tokendesk.run(*wish, "jsonl", "--event", "token.created")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == expected[-1:]
    assert "'--format'" in tokendesk.misused(*wish, "xml")
    nowhere = tokendesk.refused("audit", "export", "--account", "ACC-1", "--format", "csv")
    assert nowhere == "There is no account ACC-1."


async def test_a_changed_and_a_removed_record_are_named(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    assert tokendesk.json("audit", "verify") == {"intact": True, "broken": []}
    changed = await last_record(desk, world.client.id)
    await tamper(desk, f"UPDATE audit_records SET actor_name = 'X' WHERE id = '{changed.id}'")
    answer = tokendesk.json("audit", "verify", code=4)
    assert answer == {"intact": False, "broken": [changed.id]}
    vendor = ("audit", "verify", "--account", world.vendor.id)
    assert tokendesk.json(*vendor)["intact"] is True
    removed, following = [
        record for record in await records(desk) if record.chain == world.vendor.id
    ][1:3]
    await tamper(desk, f"DELETE FROM audit_records WHERE id = '{removed.id}'")
    done = tokendesk.run(*vendor)
    assert (done.returncode, done.stderr) == (4, "")
    assert following.id in done.stdout
    assert tokendesk.refused("audit", "verify", "--account", "ACC-1") == (
        "There is no account ACC-1."
    )


async def test_a_reader_that_goes_away_or_a_full_disk_leave_no_traceback(
    tokendesk: Command, world: World
) -> None:
    command = f"{sys.executable} -m server audit export --account {world.client.id} --format csv"
    environment = {"PATH": "/usr/bin:/bin", **tokendesk.settings}

    def shell(rest: str) -> subprocess.CompletedProcess[str]:
        words = ["bash", "-c", f"{command} {rest}"]
        return subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    gone = shell("| true; exit ${PIPESTATUS[0]}")
    assert (gone.returncode, gone.stderr) == (141, "")
    full = shell("> /dev/full")
    assert (full.returncode, full.stderr) == (
        1,
        "The output cannot be written: No space left on device.\n",
    )
