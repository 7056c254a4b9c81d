"""`tokendesk token …`"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.desk import OPERATOR_HERE, AccountOption, operator_of, with_desk
from server.cli.output import Json, read_line, show, show_all, show_panel
from server.services.answers import MintedToken, TokenInfo

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

NOT_ACTIVE = 3
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def duration(text: str) -> timedelta:
    """A time span such as 90d, 12h or 30m."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([dhm])", text)
    if match is None:
        raise typer.BadParameter("write a time span such as 90d, 12h or 30m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@app.command()
def create(
    account: AccountOption,
    name: Annotated[str, typer.Option(help="1 to 255 characters.")],
    module: Annotated[list[str], typer.Option(help="A module's id; repeatable.")],
    description: Annotated[str, typer.Option(help="At most 2,000 characters.")] = "",
    expires_in: Annotated[
        timedelta | None, typer.Option(parser=duration, metavar="90d|12h|30m")
    ] = None,
    json: Json = False,
) -> None:
    """Create a token and print its secret."""

    async def work(desk: "Desk") -> MintedToken:
        return await desk.tokens.create(
            await operator_of(desk, account),
            name=name,
            description=description,
            module_ids=module,
            expires_at=desk.clock() + expires_in if expires_in else None,
        )

    minted = with_desk(work)
    assert minted.secret is not None, "a new token has its value"
    fields, value = _fields(minted.token), minted.secret.reveal()
    if json:
        show(fields | {"secret": value}, as_json=True)
        return
    show(fields, as_json=False)
    show_panel(["This is its secret. It is shown once, here: copy it now."], title=fields["id"])
    # Outside the frame and unbroken, so that it is copied whole from a narrow terminal.
    print(value)


@app.command("list")
def list_all(account: AccountOption, json: Json = False) -> None:
    """List an account's tokens, newest first."""

    async def work(desk: "Desk") -> list[TokenInfo]:
        return await desk.token_grid.all(await operator_of(desk, account))

    tokens = with_desk(work)
    show_all(map(_fields if json else _line, tokens), as_json=json)


@app.command("show")
def show_one(token: Annotated[str, typer.Argument(metavar="TOKEN")], json: Json = False) -> None:
    """Show a token, without its secret."""
    show(_fields(with_desk(lambda desk: desk.tokens.get(OPERATOR_HERE, token))), as_json=json)


@app.command()
def verify(json: Json = False) -> None:
    """Read a secret on standard input and tell whether it may pass (exit code 0, else 3)."""
    text = read_line().strip()
    verdict = with_desk(lambda desk: desk.verifier.verify(text))
    grant = verdict.grant
    facts: dict[str, Any] = {"active": verdict.valid}
    if verdict.valid and grant is not None:
        facts |= {
            "tokenId": grant.token_id,
            "tokenName": grant.token_name,
            "accountId": grant.account_id,
            "modules": sorted(grant.module_ids),
            "expiresAt": grant.expires_at,
        }
    else:
        facts["reason"] = verdict.reason
    show(facts, as_json=json)
    if not verdict.valid:
        raise typer.Exit(NOT_ACTIVE)


def _fields(token: TokenInfo) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "status": token.status.value,
        "account": token.account.id,
        "modules": [module.id for module in token.modules],
        "createdBy": token.created_by.name,
        "createdAt": token.created_at,
        "lastAccessAt": token.last_access_at,
        "expiresAt": token.expires_at,
    }


def _line(token: TokenInfo) -> dict[str, Any]:
    wanted = ("id", "name", "status", "modules", "createdAt", "expiresAt")
    fields = _fields(token)
    return {name: fields[name] for name in wanted}
