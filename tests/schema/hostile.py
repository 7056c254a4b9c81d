"""Documents that no client sends, made to take much time or memory for few bytes."""

from typing import Final


def fragment_bomb(count: int) -> str:
    """Each fragment spreads the next one twice."""
    spreads = " ".join(
        f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(count)
    )
    return f"{{ ...f0 }} {spreads} fragment f{count} on Query {{ __typename }}"


def aliases(count: int) -> str:
    """One field under so many names."""
    return "{" + " ".join(f"a{i}: __typename" for i in range(count)) + "}"


def nested(depth: int, field: str = "x") -> str:
    """A field within itself."""
    return "{" + f"{field} {{" * depth + "__typename" + "}" * depth + "}"


def inline(depth: int) -> str:
    """Selections within selections, of no field."""
    return "{" + "... {" * depth + "__typename" + "}" * depth + "}"


def chained(fragments: int, depth: int) -> str:
    """Fragments that are deep each by itself, one at the bottom of the other."""
    parts = " ".join(
        f"fragment f{i} on Query {{" + "... {" * depth + f"...f{i + 1}" + "}" * depth + "}"
        for i in range(fragments)
    )
    return f"{{ ...f0 }} {parts} fragment f{fragments} on Query {{ __typename }}"


def repeated(times: int, inside: int) -> str:
    """A field over and over in one place, and in it another: each is compared with each."""
    return "{ viewer {" + ("account {" + "id " * inside + "}") * times + "} }"


def crossed(fragments: int, fields: int) -> str:
    """Fragments of the same place, each compared with each, that no operation spreads."""
    spreads = " ".join(f"...f{i}" for i in range(fragments))
    parts = " ".join(
        f"fragment f{i} on Query {{ {'__typename ' * fields}}}" for i in range(fragments)
    )
    return f"{{ __typename }} fragment all on Query {{ {spreads} }} {parts}"


def introspection_nest(depth: int) -> str:
    """The schema's types within its types."""
    return "{ __schema { types {" + "fields { type {" * depth + "name" + "} }" * depth + "} } }"


CYCLE: Final = "{ ...f } fragment f on Query { ...f }"
LONG_CYCLE: Final = "{ ...f0 } " + " ".join(
    f"fragment f{i} on Query {{ ...f{(i + 1) % 40} }}" for i in range(40)
)
CYCLIC_NEST: Final = (
    "{ account { ...f } } fragment f on Account { enabledModules { id } ... { ...f ...f } }"
)
WIDE_INTROSPECTION: Final = (
    "{ __schema { types {"
    + " ".join(f"a{i}: fields {{ name type {{ name }} args {{ name }} }}" for i in range(40))
    + "} } }"
)
DIRECTIVES: Final = "{ __typename " + "@a" * 450 + "}"
OPERATIONS: Final = " ".join(f"query q{i} {{ __typename }}" for i in range(150))
COMMENT: Final = "#" + "x" * 900_000 + "\n{ __typename }"
BLANKS: Final = " " * 900_000 + "{ __typename }"
LONG_NAME: Final = "{ " + "a" * 900_000 + " }"
LONG_STRING: Final = '{ node(id: "' + "x" * 900_000 + '") { id } }'
TYPOS: Final = "{" + " ".join(f"apiTokenz{i}" for i in range(900)) + "}"
LITERALS: Final = "{ apiTokens(filter: {moduleIds: [" + '"a" ' * 950 + "]}) { totalCount } }"
VARIABLES: Final = "query (" + " ".join(f"$v{i}: Int" for i in range(220)) + ") { __typename }"
