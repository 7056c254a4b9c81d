"""`tokendesk audit …`"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from server.cli.base.desk import OPERATOR_HERE, AccountOption, with_desk
from server.cli.base.moments import moment
from server.cli.base.output import Json, say_error, show, show_all, write_out
from server.domain.audit.events import EVENTS
from server.services.audit.export import EXPORTS, audit_fields
from server.services.audit.trail import AuditFilter
from server.services.audit.views import AuditRecordView
from server.services.pagination.pages import CursorPage

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

BROKEN: Final = 4


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"


def known_event(text: str) -> str:
    """Return the name of an event, or raise `BadParameter` if there is no such event."""
    if text not in EVENTS:
        raise typer.BadParameter(f"{text[:64]!r} is no event; write one of {', '.join(EVENTS)}")
    return text


ObjectOption = Annotated[str | None, typer.Option("--object", help="Of the object with this id.")]
ActorOption = Annotated[str | None, typer.Option("--actor", help="By whoever has this id.")]
EventOption = Annotated[
    str | None,
    typer.Option("--event", parser=known_event, metavar="EVENT", help="Such as token.rotated."),
]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", parser=moment, metavar="DATE", help="From then on.")
]
UntilOption = Annotated[
    datetime | None, typer.Option("--until", parser=moment, metavar="DATE", help="Before then.")
]


@app.command("list")
def list_newest(
    account: AccountOption,
    object_id: ObjectOption = None,
    actor: ActorOption = None,
    event: EventOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    after: Annotated[str | None, typer.Option(help="Go on after this cursor.")] = None,
    json: Json = False,
) -> None:
    """List an account's records, newest first, at most a hundred."""
    wanted = AuditFilter(object_id, actor, event, since, until, account)

    async def work(desk: "Desk") -> CursorPage[AuditRecordView]:
        await desk.accounts.get(OPERATOR_HERE, account)
        return await desk.audit_trail.cursor_page(
            OPERATOR_HERE, first=100, after=after, wanted=wanted
        )

    window = with_desk(work)
    if not json:
        show_all(map(_line, window.items), as_json=False)
        if window.has_next:
            say_error(f"There are more: --after {window.cursors[-1]}")
        return
    pairs = zip(window.items, window.cursors, strict=True)
    show_all([audit_fields(record) | {"cursor": cursor} for record, cursor in pairs], as_json=True)


@app.command("show")
def show_one(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The record's id.")],
    json: Json = False,
) -> None:
    """Show a record, with what was before and after."""
    found = with_desk(lambda desk: desk.audit_trail.get(OPERATOR_HERE, record))
    show(audit_fields(found) if json else _whole(found), as_json=json)


@app.command()
def export(
    account: AccountOption,
    form: Annotated[Format, typer.Option("--format", help="For spreadsheets, or for programs.")],
    object_id: ObjectOption = None,
    actor: ActorOption = None,
    event: EventOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Write an account's records to standard output, oldest first, as UTF-8."""
    wanted = AuditFilter(object_id, actor, event, since, until, account)
    into = EXPORTS[form.value]

    async def work(desk: "Desk") -> None:
        await desk.accounts.get(OPERATOR_HERE, account)
        write_out(into.head())
        async for record in desk.audit_trail.export(OPERATOR_HERE, wanted):
            write_out(into.line(record))
        write_out("", at_once=True)

    with_desk(work)


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


def _line(record: AuditRecordView) -> dict[str, Any]:
    return {
        "at": record.at,
        "summary": record.summary,
        "object": record.object_name or record.object_id,
        "actor": record.actor.name,
        "id": record.id,
    }


def _whole(record: AuditRecordView) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at,
        "event": f"{record.event} ({record.summary})",
        "actor": f"{record.actor.name} ({record.actor.id})",
        "object": f"{record.object_name} ({record.object_id})",
        **{f"{key} before": value for key, value in (record.before or {}).items()},
        **{f"{key} after": value for key, value in (record.after or {}).items()},
        "address": record.address,
        "userAgent": record.user_agent,
        "position": f"{record.position} in {record.account_id}",
        "hash": record.hash,
    }
