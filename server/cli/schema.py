"""`tokendesk schema …`"""

import sys

import typer

app = typer.Typer()


@app.command("print")
def print_schema() -> None:
    """Print the GraphQL schema (SDL)."""
    from schema.printed import print_sdl

    print(print_sdl(), end="")


@app.command()
def check() -> None:
    """Compare the committed schema with the code (exit code 1 when they differ)."""
    from schema.printed import SDL_FILE, print_sdl

    if SDL_FILE.read_text() != print_sdl():
        print(f"{SDL_FILE.name} is out of date: tokendesk schema print > it.", file=sys.stderr)
        raise typer.Exit(1)
