"""All commands under one name, and what happens when one fails."""

import sys

import typer
from pydantic import ValidationError

from server.cli import accounts, audit, modules, schema, serving, tokens, users
from server.cli.output import complain
from server.database import STORAGE_FAILURES
from server.domain.errors import Refusal

app = typer.Typer(
    name="tokendesk",
    help="A self-hosted desk for API tokens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("migrate")(serving.migrate)
app.command("settings")(serving.settings)
app.command("demo")(serving.demo)
for name, group, purpose in (
    ("account", accounts.app, "Tenants."),
    ("user", users.app, "People and their ways in."),
    ("module", modules.app, "Parts of the platform, and for whom they are enabled."),
    ("token", tokens.app, "API tokens."),
    ("audit", audit.app, "The audit trail."),
    ("schema", schema.app, "The GraphQL schema."),
):
    app.add_typer(group, name=name, help=purpose, no_args_is_help=True)


def main() -> None:
    """Run a command; a refusal is a message on stderr and exit code 1, never a traceback."""
    try:
        app()
    except Refusal as refusal:
        complain(refusal)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            name = "_".join(["TOKENDESK", *(str(part).upper() for part in each["loc"])])
            print(f"{name}: {each['msg']}", file=sys.stderr)
        sys.exit(1)
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except STORAGE_FAILURES as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no access"
        print(f"Tokendesk cannot reach its storage ({reason}).", file=sys.stderr)
        sys.exit(1)
