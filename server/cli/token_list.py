"""`tokendesk token list`: an account's tokens, filtered and ordered."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.base.desk import AccountOption, operator_of, with_desk
from server.cli.base.moments import duration, moment
from server.cli.base.output import Json, show_all
from server.cli.token_fields import fields, line
from server.domain.tokens.lifecycle import TokenStatus
from server.services.tokens.views import TokenView

if TYPE_CHECKING:
    from server.desk import Desk


class Sort(StrEnum):
    """Columns to order the list by."""

    CREATED_AT = "created-at"
    NAME = "name"
    CREATED_BY = "created-by"
    UPDATED_AT = "updated-at"
    LAST_ACCESS_AT = "last-access"
    EXPIRES_AT = "expires-at"
    STATUS = "status"


def list_found(
    account: AccountOption,
    search: Annotated[
        str, typer.Option(help="Words in name, description or id; a secret finds its token.")
    ] = "",
    status: Annotated[list[TokenStatus] | None, typer.Option(help="Repeatable.")] = None,
    module: Annotated[
        list[str] | None, typer.Option(help="Granted any of these modules; repeatable.")
    ] = None,
    all_modules: Annotated[
        bool, typer.Option("--all-modules", help="Granted all of the modules named.")
    ] = False,
    created_by: Annotated[str | None, typer.Option(help="The maker's id.")] = None,
    never_used: Annotated[bool, typer.Option("--never-used", help="Never accepted.")] = False,
    unused_since: Annotated[
        datetime | None,
        typer.Option(parser=moment, metavar="DATE", help="Not accepted since (or never)."),
    ] = None,
    expiring_within: Annotated[
        timedelta | None,
        typer.Option(parser=duration, metavar="30d|12h|30m", help="Ends within this time."),
    ] = None,
    sort: Annotated[
        Sort | None, typer.Option(help="Ascending; without it the newest come first.")
    ] = None,
    descending: Annotated[bool, typer.Option("--descending", help="The other way round.")] = False,
    json: Json = False,
) -> None:
    """List an account's tokens, newest first; what is given as a filter must all hold."""

    async def work(desk: "Desk") -> list[TokenView]:
        from server.services.search.token_list import TokenFilter, TokenOrder

        return await desk.token_list.all(
            await operator_of(desk, account),
            TokenFilter(
                search=search,
                statuses=status or (),
                module_ids=module or (),
                all_modules=all_modules,
                created_by_id=created_by,
                never_used=never_used,
                unused_since=unused_since,
                expiring_within=expiring_within,
                account_id=account,
            ),
            order=TokenOrder[(sort or Sort.CREATED_AT).name],
            descending=descending or sort is None,
        )

    tokens = with_desk(work)
    show_all(map(fields if json else line, tokens), as_json=json)
