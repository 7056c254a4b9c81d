"""`tokendesk audit …`"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.desk import OPERATOR_HERE, AccountOption, with_desk
from server.cli.output import Json, say_error, show, show_all
from server.services.answers import AuditInfo, Window
from server.services.audit_trail import AuditFilter

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

BROKEN = 4


@app.command("list")
def list_newest(
    account: AccountOption,
    after: Annotated[str | None, typer.Option(help="Go on after this cursor.")] = None,
    json: Json = False,
) -> None:
    """List an account's records, newest first, at most a hundred."""

    async def work(desk: "Desk") -> Window[AuditInfo]:
        await desk.accounts.get(OPERATOR_HERE, account)
        return await desk.audit_trail.window(
            OPERATOR_HERE, first=100, after=after, wanted=AuditFilter(account_id=account)
        )

    window = with_desk(work)
    if not json:
        show_all(map(_line, window.items), as_json=False)
        if window.has_next:
            say_error(f"There are more: --after {window.cursors[-1]}")
        return
    pairs = zip(window.items, window.cursors, strict=True)
    show_all([_fields(record) | {"cursor": cursor} for record, cursor in pairs], as_json=True)


@app.command()
def verify(
    account: Annotated[str, typer.Option(help="Only this account's chain.")] = "",
    json: Json = False,
) -> None:
    """Prove that no record was changed, removed or put in (exit code 0, else 4)."""

    async def work(desk: "Desk") -> list[str]:
        if account:
            await desk.accounts.get(OPERATOR_HERE, account)
        return await desk.audit_trail.verify(OPERATOR_HERE, account_id=account or None)

    broken = with_desk(work)
    show({"intact": not broken, "broken": broken}, as_json=json)
    if broken:
        raise typer.Exit(BROKEN)


def _fields(record: AuditInfo) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at,
        "event": record.event,
        "summary": record.summary,
        "actor": {"id": record.actor.id, "name": record.actor.name, "kind": record.actor.kind},
        "object": {"id": record.object_id, "name": record.object_name},
        "before": record.before,
        "after": record.after,
        "address": record.address,
        "userAgent": record.user_agent,
    }


def _line(record: AuditInfo) -> dict[str, Any]:
    return {
        "at": record.at,
        "summary": record.summary,
        "object": record.object_name or record.object_id,
        "actor": record.actor.name,
        "id": record.id,
    }
