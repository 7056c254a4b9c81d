"""All commands under one name, and the reporting of errors."""

import io
import sys

import typer

from server.cli import accounts, audit, modules, schema, serving, tokens, users
from server.cli.base.output import drop_output, say_error
from server.domain.errors import DomainError, Invalid, Unavailable

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
    """Run a command; print a refusal as a message on stderr with exit code 1, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if any(map(_undecodable, sys.argv)):
        say_error("The arguments must be UTF-8 text.")
        sys.exit(2)
    try:
        app(prog_name="tokendesk")
    except Exception as error:
        messages = _messages(error)
        if messages is None:
            raise
        for message in messages:
            say_error(message)
        if isinstance(error, OSError | Unavailable):
            drop_output()
        sys.exit(1)


def _undecodable(word: str) -> bool:
    """Return whether an argument is not UTF-8; Python keeps such bytes as lone surrogates."""
    return any("\ud800" <= character <= "\udfff" for character in word)


def _messages(error: Exception) -> list[str] | None:
    """Return the messages of an error, one per line; None if it is a fault of the program."""
    match error:
        case Invalid(field_errors=field_errors) if field_errors:
            return [field_error.message for field_error in field_errors]
        case DomainError(message=message):
            return [message]
        case OSError(strerror=reason):
            # Storage failures arrive as DomainErrors, so this is stdout, for example on a full
            # disk.
            return [f"The output cannot be written: {reason}."]
    # Imported here, as it is slow; pydantic only validates the settings in this module.
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return None
    return [
        ": ".join([*_variables(each["loc"]), each["msg"].removeprefix("Value error, ")])
        for each in error.errors(include_input=False, include_url=False)
    ]


def _variables(path: tuple[int | str, ...]) -> list[str]:
    from server.settings import PREFIX

    # A validator of several settings has no path; its message names them.
    return [PREFIX + str(path[0]).upper().removeprefix(PREFIX)] if path else []
