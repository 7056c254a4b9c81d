"""`tokendesk schema …`"""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.base.desk import load_settings
from server.cli.base.output import Json, print_json, say_error, show_all

app = typer.Typer()

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A document (.graphql), or a manifest of many (.json).",
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        readable=True,
        help="An older schema (SDL); without it the committed one.",
    ),
]


@app.command("print")
def print_schema(json: Json = False) -> None:
    """Print the GraphQL schema (SDL)."""
    from schema.root.sdl import print_sdl

    if json:
        print_json({"sdl": print_sdl()})
    else:
        print(print_sdl(), end="")


@app.command()
def check(against: Against = None, json: Json = False) -> None:
    """Compare the code's schema with the committed one, and tell what breaks clients.

    The exit code is 1 when the committed schema is out of date, or a change breaks clients.
    """
    from schema.root.sdl import SDL_FILE, compare, print_sdl

    served = print_sdl()
    committed = SDL_FILE.read_text(encoding="utf-8") if SDL_FILE.exists() else ""
    older = against.read_text(encoding="utf-8", errors="replace") if against else committed
    changes = compare(older or served, served)
    current = committed == served
    if json:
        words = {"breaking": changes.breaking, "dangerous": changes.dangerous}
        print_json({"current": current, **words})
    for kind, sentences in (("Breaking", changes.breaking), ("Dangerous", changes.dangerous)):
        for sentence in () if json else sentences:
            say_error(f"{kind}: {sentence}")
    if not current:
        name = SDL_FILE.name
        say_error(f"{name} is out of date: tokendesk schema print > schema/{name}")
    if changes.breaking or not current:
        raise typer.Exit(1)


@app.command()
def register(files: Files, json: Json = False) -> None:
    """Register documents that clients may ask for by their ids.

    A .graphql file is one document. A .json file is a manifest of GraphQL Code Generator, the
    Relay compiler or Apollo. Each document must be right for this schema; if one is wrong, none
    is registered.
    """
    settings = load_settings()
    from schema.persisted.documents import Registry
    from schema.persisted.register import find_documents, register
    from schema.root.schema import build_schema

    found = [document for file in files for document in find_documents(file)]
    settings.make_data_dir()
    schema = build_schema(introspection=settings.introspection)
    registered = register(Registry(settings.document_dir), schema, found)
    rows = [
        {"id": each.ids[0], "operations": each.operations, "alsoKnownAs": each.ids[1:]}
        for each in registered
    ]
    show_all(rows, as_json=json)
