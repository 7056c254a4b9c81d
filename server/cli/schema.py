"""`tokendesk schema …`"""

import typer

from server.cli.output import Json, print_json, say_error

app = typer.Typer()


@app.command("print")
def print_schema(json: Json = False) -> None:
    """Print the GraphQL schema (SDL)."""
    from schema.printed import print_sdl

    if json:
        print_json({"sdl": print_sdl()})
    else:
        print(print_sdl(), end="")


@app.command()
def check(json: Json = False) -> None:
    """Compare the committed schema with the code (exit code 1 when they differ)."""
    from schema.printed import SDL_FILE, print_sdl

    current = SDL_FILE.exists() and SDL_FILE.read_text(encoding="utf-8") == print_sdl()
    if json:
        print_json({"current": current})
    if not current:
        say_error(
            f"{SDL_FILE.name} is out of date: tokendesk schema print > schema/{SDL_FILE.name}"
        )
        raise typer.Exit(1)
