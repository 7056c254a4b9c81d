"""The schema as text, committed beside the code so that every change of it is seen."""

from pathlib import Path
from typing import Final

from schema.build import build_schema

SDL_FILE: Final = Path(__file__).with_name("schema.graphql")


def print_sdl() -> str:
    """The schema in GraphQL's schema definition language."""
    return build_schema().as_str() + "\n"
