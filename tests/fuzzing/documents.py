"""What is sent: documents that Schemathesis draws from the SDL for each operation.

Schemathesis writes every argument as a literal. For ids that exist and for files, which no literal
can be, it draws placeholders; `Sent.of` puts the real ids in, and makes variables of the files.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from schema.root.sdl import SDL_FILE
from tests.support.pictures import SVG, noise, picture, vast_png

FILES: Final = {
    "a good PNG": picture(),
    "a good JPEG": picture("JPEG"),
    "a large JPEG": noise(),
    "half a JPEG": noise()[:2_000],
    "a vast PNG": vast_png(),
    "a script": SVG,
    "nothing": b"",
    "bytes": bytes(range(256)),
}
_FILE: Final = re.compile(r'"file:([^"]*)"')
_OBJECT: Final = re.compile(r'"object:(\d+)"')
_KEY: Final = re.compile(r"(\w+): ")
_KINDS: Final = {"accountId": "account", "userId": "user", "moduleId": "module"}
"""What sort of object an argument names; others say it by the operation, or not at all."""

Ids = Mapping[str, Sequence[str]]
"""Ids of objects that exist, by `token`, `draft`, `account`, `module` and `user`."""


@dataclass(frozen=True)
class Sent:
    """A document, and the files of its variables `file0`, `file1` and so on."""

    document: str
    files: tuple[bytes, ...]

    @classmethod
    def of(cls, label: str, drawn: str, ids: Ids) -> "Sent":
        """The drawn document of an operation, about objects with these ids."""
        text = _OBJECT.sub(lambda match: f'"{_id(label, match, ids)}"', drawn)
        files = tuple(FILES[name] for name in _FILE.findall(text))
        if not files:
            return cls(text, ())
        names = [f"$file{number}" for number in range(len(files))]
        variables = ", ".join(f"{name}: Upload!" for name in names)
        for name in names:
            text = _FILE.sub(lambda _, name=name: name, text, count=1)  # type: ignore[misc]
        assert text.startswith("mutation {"), text
        return cls(text.replace("mutation {", f"mutation ({variables}) {{", 1), files)


def _id(label: str, placeholder: re.Match[str], ids: Ids) -> str:
    """Mostly of the sort that is wanted there, so that most documents do something."""
    number = int(placeholder[1])
    key = _KEY.findall(placeholder.string, 0, placeholder.start())[-1].replace("Ids", "Id")
    in_label = (kind for kind in ("draft", "account", "module") if kind in label.lower())
    kind = _KINDS.get(key) or next(in_label, "token")
    some = ids[kind] if number < 75 else [each for group in ids.values() for each in group]
    return some[number % len(some)]


def _register_scalars() -> None:
    now = datetime.now(UTC)
    near = st.integers(-400, 400).map(lambda days: (now + timedelta(days=days)).isoformat())
    moments = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
    no_moments = st.sampled_from(["2026-02-30T00:00:00Z", "2026-01-01", ""])
    objects = st.integers(0, 99).map(lambda number: f"object:{number}")
    files = st.sampled_from(list(FILES)).map(lambda name: f"file:{name}")
    for name, texts in {
        "DateTime": st.one_of(near, moments, no_moments),
        "ID": st.one_of(objects, objects, objects, st.text()),
        "Upload": st.one_of(files, files, files, st.just("no file")),
    }.items():
        schemathesis.graphql.scalar(name, texts.map(nodes.String))


_register_scalars()
_SCHEMA: Final = schemathesis.graphql.from_path(str(SDL_FILE))
LABELS: Final = [f"{root}.{field}" for root in _SCHEMA for field in _SCHEMA[root]]
"""`Query.viewer`, `Mutation.createApiToken` and all others but subscriptions."""


def documents(label: str) -> st.SearchStrategy[str]:
    """Documents of one operation, with placeholders."""
    operation = _SCHEMA.find_operation_by_label(label)
    assert operation is not None
    return operation.as_strategy().map(lambda case: str(case.body))
