"""The picture of a token's life is that of the rules."""

import re

from server.domain.tokens.lifecycle import TokenState, Transition
from tests.docs.pages import DOCS, Page

CONCEPTS = Page(DOCS / "concepts.md")


def drawn() -> set[tuple[str, str, str]]:
    """The arrows: from, to, and what is done."""
    [diagram] = CONCEPTS.blocks("mermaid")
    return set(re.findall(r"^ +(\w+) --> (\w+): (\w+)", diagram, re.MULTILINE))


def test_every_move_of_the_rules_is_drawn() -> None:
    moves = {
        (state.value.title(), move.target.value.title(), move.name.lower())
        for move in Transition
        if move.target is not None
        for state in move.value.allowed_from
    }
    assert moves <= drawn()


def test_no_other_move_between_states_is_drawn() -> None:
    states = {state.value.title() for state in TokenState}
    between = {arrow for arrow in drawn() if {arrow[0], arrow[1]} <= states}
    assert len(between) == sum(
        len(move.value.allowed_from) for move in Transition if move.target is not None
    )


def test_every_word_of_the_product_is_explained() -> None:
    words = set(re.findall(r"^\| \*\*([\w ]+)\*\*", CONCEPTS.section("## Words"), re.MULTILINE))
    assert words >= {"Account", "User", "Module", "Token", "Value", "Draft", "Audit record"}
