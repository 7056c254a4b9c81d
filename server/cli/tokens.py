"""`tokendesk token …`: creating, showing, changing, rotating and verifying a token."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli import token_list, token_moves
from server.cli.base.desk import OPERATOR_HERE, AccountOption, operator_of, with_desk
from server.cli.base.moments import ExpiresIn
from server.cli.base.output import Json, read_line, show, show_panel
from server.cli.token_fields import (
    fields,
    milestone_fields,
    milestone_lines,
    old_secret_fields,
    old_secret_lines,
)
from server.domain.tokens.lifecycle import Milestone
from server.domain.tokens.secret_policy import Grace
from server.services.tokens.views import MilestoneView, MintedToken, OldSecretView, TokenView

if TYPE_CHECKING:
    from server.desk import Desk
    from server.services.tokens.patch import TokenPatch

app = typer.Typer()

NOT_ACTIVE = 3

TokenId = Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id.")]


@app.command()
def create(
    account: AccountOption,
    name: Annotated[str, typer.Option(help="1 to 255 characters.")],
    module: Annotated[list[str], typer.Option(help="A module's id; repeatable.")],
    description: Annotated[str, typer.Option(help="At most 2,000 characters.")] = "",
    expires_in: ExpiresIn = None,
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
    _show_minted(minted, "This is its secret.", fields(minted.token), as_json=json)


app.command("list")(token_list.list_found)


@app.command("show")
def show_one(token: TokenId, json: Json = False) -> None:
    """Show a token without its secret: its life so far, and old secrets that still work."""

    async def work(desk: "Desk") -> tuple[TokenView, Any, list[OldSecretView]]:
        return (
            await desk.tokens.get(OPERATOR_HERE, token),
            await desk.tokens.milestones(OPERATOR_HERE, token),
            await desk.secrets.old(OPERATOR_HERE, token),
        )

    _show_whole(*with_desk(work), as_json=json)


@app.command()
def edit(
    token: TokenId,
    name: Annotated[str | None, typer.Option(help="1 to 255 characters.")] = None,
    description: Annotated[str | None, typer.Option(help="At most 2,000 characters.")] = None,
    expires_in: ExpiresIn = None,
    no_expiry: Annotated[bool, typer.Option("--no-expiry", help="It never ends.")] = False,
    module: Annotated[
        list[str] | None, typer.Option(help="A module's id; repeatable. The others are taken away.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(help="Only if the token still has this version.")
    ] = None,
    json: Json = False,
) -> None:
    """Change a token; what is not named stays as it is."""
    if no_expiry and expires_in is not None:
        raise typer.BadParameter("give --expires-in or --no-expiry, not both")
    texts: dict[str, Any] = {"name": name, "description": description}
    if all(
        each is None for each in (*texts.values(), expires_in, no_expiry or None, module or None)
    ):
        raise typer.BadParameter("name at least one thing to change")

    def patch(desk: "Desk") -> "TokenPatch":
        from server.domain.tokens.fields import UNSET
        from server.services.tokens.patch import TokenPatch

        until = desk.clock() + expires_in if expires_in else UNSET
        return TokenPatch(
            expires_at=None if no_expiry else until,
            module_ids=module or UNSET,
            **{key: text for key, text in texts.items() if text is not None},
        )

    changed = with_desk(
        lambda desk: desk.tokens.update(OPERATOR_HERE, token, patch(desk), version=version)
    )
    show(fields(changed), as_json=json)


for move in (token_moves.enable, token_moves.disable, token_moves.delete):
    app.command(epilog=token_moves.ANSWERS)(move)


@app.command()
def rotate(
    token: TokenId,
    grace: Annotated[Grace, typer.Option(help="How long the old secret still works.")],
    json: Json = False,
) -> None:
    """Give a token a new secret and print it; the old one works for the grace period."""

    async def work(desk: "Desk") -> tuple[MintedToken, list[OldSecretView]]:
        minted = await desk.secrets.rotate(OPERATOR_HERE, token, grace)
        return minted, await desk.secrets.old(OPERATOR_HERE, token)

    minted, old = with_desk(work)
    old_secrets = old_secret_fields(old) if json else old_secret_lines(old)
    facts = fields(minted.token) | {"oldSecrets": old_secrets}
    _show_minted(minted, "This is its new secret.", facts, as_json=json)


@app.command("end-grace")
def end_grace(token: TokenId, json: Json = False) -> None:
    """Have the old secrets of a rotated token refused from now on."""
    old = with_desk(lambda desk: desk.secrets.end_grace(OPERATOR_HERE, token))
    old_secrets = old_secret_fields(old) if json else old_secret_lines(old)
    show({"id": token, "oldSecrets": old_secrets}, as_json=json)


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


def _show_minted(minted: MintedToken, words: str, facts: dict[str, Any], *, as_json: bool) -> None:
    assert minted.secret is not None, "a new secret has its value"
    value = minted.secret.reveal()
    if as_json:
        show(facts | {"secret": value}, as_json=True)
        return
    show(facts, as_json=False)
    show_panel([f"{words} It is shown once, here: copy it now."], title=minted.token.id)
    # Outside the frame and not wrapped, so that it is copied whole from a narrow terminal.
    print(value)


def _show_whole(
    token: TokenView,
    passed: dict[Milestone, MilestoneView],
    old: list[OldSecretView],
    *,
    as_json: bool,
) -> None:
    if as_json:
        more = {"oldSecrets": old_secret_fields(old), "milestones": milestone_fields(passed)}
        show(fields(token) | more, as_json=True)
        return
    show(fields(token) | milestone_lines(passed), as_json=False)
    for line in old_secret_lines(old):
        print(f"An old secret {line}.")
