"""`tokendesk token enable`, `disable` and `delete`: of one token, or of many at once."""

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from server.cli.base.desk import OPERATOR_HERE, with_desk
from server.cli.base.output import Json, print_json, say_error, show, show_all
from server.cli.token_fields import fields, line
from server.domain.errors import Invalid
from server.services.tokens.views import BulkOutcome

TokenIds = Annotated[list[str], typer.Argument(metavar="TOKEN…", help="One id or many.")]

ANSWERS: Final = (
    "With one id the answer is that token, or a refusal's message. With many, one refusal stops no "
    'other: --json answers an object with "changed" (the tokens) and "refused" (id, code and '
    "message of each), and the exit code is 1 when any was refused."
)
"""Explains the output of the commands in this module; part of their help."""


def enable(tokens: TokenIds, json: Json = False) -> None:
    """Let disabled tokens be accepted again."""
    if len(tokens) == 1:
        enabled = with_desk(lambda desk: desk.tokens.enable(OPERATOR_HERE, tokens[0]))
        show(fields(enabled), as_json=json)
        return
    outcome = with_desk(lambda desk: desk.tokens.enable_all(OPERATOR_HERE, tokens))
    _tell(outcome, fields if json else line, as_json=json)


def disable(tokens: TokenIds, json: Json = False) -> None:
    """Have tokens refused until they are enabled again."""
    if len(tokens) == 1:
        disabled = with_desk(lambda desk: desk.tokens.disable(OPERATOR_HERE, tokens[0]))
        show(fields(disabled), as_json=json)
        return
    outcome = with_desk(lambda desk: desk.tokens.disable_all(OPERATOR_HERE, tokens))
    _tell(outcome, fields if json else line, as_json=json)


def delete(
    tokens: TokenIds,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """End tokens for good, and destroy their secrets; asks first, unless --yes is given."""
    if not yes:
        _ask(tokens)
    if len(tokens) == 1:
        deleted = with_desk(lambda desk: desk.tokens.delete(OPERATOR_HERE, tokens[0]))
        show(_deleted(deleted), as_json=json)
        return
    outcome = with_desk(lambda desk: desk.tokens.delete_all(OPERATOR_HERE, tokens))
    _tell(outcome, _deleted, as_json=json)


def _ask(tokens: list[str]) -> None:
    """Ask the person to type the token's name, or the number of tokens, to confirm the deletion."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("deleting cannot be undone: add --yes")
    if len(tokens) == 1:
        found = with_desk(lambda desk: desk.tokens.get(OPERATOR_HERE, tokens[0]))
        words, noun = found.name, "the token's name"
    else:
        words, noun = f"delete {len(tokens)}", f'"delete {len(tokens)}"'
    print(f"Deleting cannot be undone. Type {noun} to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != words:
        raise Invalid.one("name", f"That is not {noun}. Nothing was deleted.")


def _tell(
    outcome: BulkOutcome[Any], to_fields: Callable[[Any], Mapping[str, Any]], *, as_json: bool
) -> None:
    changed = [to_fields(item) for item in outcome.changed]
    if as_json:
        refused = [
            {"id": each.token_id, "code": each.refusal.code, "message": each.refusal.message}
            for each in outcome.refused
        ]
        print_json({"changed": changed, "refused": refused})
    else:
        show_all(changed, as_json=False)
        for each in outcome.refused:
            say_error(each.refusal.message)
    if outcome.refused:
        raise typer.Exit(1)


def _deleted(token_id: str) -> dict[str, Any]:
    return {"id": token_id, "status": "deleted"}
