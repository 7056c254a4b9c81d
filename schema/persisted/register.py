"""Validating and registering documents from .graphql files and clients' manifests."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, specified_rules
from strawberry.schema.schema import validate_document

from schema.execution.limits import LONGEST_TEXT, MOST_TOKENS, check_size
from schema.persisted.documents import SHA256, Registry, id_of, is_id
from schema.root.schema import DeskSchema
from server.domain.errors import FieldError, Invalid

_APOLLO: Final = "apollo-persisted-query-manifest"
_FORMS: Final = (
    'an object {"id": "document"} as GraphQL Code Generator and the Relay compiler write it,'
    " or Apollo's persisted query manifest"
)


@dataclass(frozen=True)
class Found:
    """A document in a file; `name` is the id that a manifest gives it, if any."""

    source: str
    text: str
    name: str | None = None


@dataclass(frozen=True)
class Registered:
    """A registered document, and all ids that it can be requested by."""

    source: str
    operations: list[str]
    ids: list[str]


def find_documents(file: Path) -> list[Found]:
    """Return the documents of a manifest (.json), or the single document that the file is.

    Raises `Invalid` if it is neither.
    """
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        raise Invalid.one("file", f"{file.name} is not UTF-8 text.") from None
    if file.suffix != ".json":
        return [Found(file.name, text)]
    try:
        manifest = _manifest(orjson.loads(text))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Invalid.one("file", f"{file.name} is no manifest: write {_FORMS}.") from None
    return [Found(f"{file.name}, {name[:80]}", text, name) for name, text in manifest]


def _manifest(sent: Any) -> list[tuple[str, str]]:
    if not isinstance(sent, dict):
        raise TypeError
    if sent.get("format") == _APOLLO:
        entries = [(each["id"], each["body"]) for each in sent["operations"]]
    else:
        entries = list(sent.items())
    if not all(isinstance(name, str) and isinstance(text, str) for name, text in entries):
        raise TypeError
    return entries


def register(registry: Registry, schema: DeskSchema, found: Iterable[Found]) -> list[Registered]:
    """Validate and store all documents; raise `Invalid` with all errors, and then store none."""
    field_errors: list[FieldError] = []
    texts: dict[str, str] = {}
    registered = []
    for each in found:
        document, wrong = _read(schema, each)
        ids = [id_of(each.text), *([each.name] if each.name else [])]
        for document_id in dict.fromkeys(ids):
            known = texts.setdefault(document_id, registry.text(document_id) or each.text)
            if known != each.text:
                wrong.append(f"{document_id} names another document already.")
        field_errors += [FieldError(("file",), f"{each.source}: {text}") for text in wrong]
        registered.append(Registered(each.source, _operations(document), list(dict.fromkeys(ids))))
    if field_errors:
        raise Invalid(*field_errors)
    registry.register(texts)
    return registered


def _read(schema: DeskSchema, found: Found) -> tuple[DocumentNode | None, list[str]]:
    """Parse and validate a document with the endpoint's limits; return it and its errors."""
    if found.name is not None and not is_id(found.name):
        return None, ["An id has at most 200 letters, digits and -._~, or is sha256: and a hash."]
    if found.name is not None and found.name.startswith(SHA256) and found.name != id_of(found.text):
        return None, ["This is not the hash of the document."]
    if len(found.text) > LONGEST_TEXT:
        return None, [f"The document has more than {LONGEST_TEXT:,} characters."]
    try:
        document = parse(found.text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return None, [_say(error)]
    errors = check_size(document) or validate_document(
        schema._schema, document, tuple(specified_rules)
    )
    if not errors and not _operations(document):
        return document, ["The document has no operation."]
    return document, [_say(error) for error in errors]


def _operations(document: DocumentNode | None) -> list[str]:
    """Return the name of each operation, or its kind if it has no name."""
    return [
        each.name.value if each.name else each.operation.value
        for each in (document.definitions if document else ())
        if isinstance(each, OperationDefinitionNode)
    ]


def _say(error: GraphQLError) -> str:
    places = [f"line {each.line}, column {each.column}" for each in error.locations or ()]
    return " ".join([error.message, f"({places[0]})" if places else ""]).rstrip()
