"""The OpenAPI 3.1 document, generated from the served operations and their models."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import orjson
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from server.api.marketplace.openapi import examples
from server.api.marketplace.problems import MEDIA_TYPE, TITLES
from server.api.marketplace.query_string import LONGEST
from server.api.marketplace.request_bodies import FORM
from server.api.marketplace.responses import many, one
from server.api.marketplace.routes import Operation, Reads
from server.api.marketplace.wire.models import ApiToken, Omitted, Problem, Shape
from server.services.search.list_query import DEFAULT_LIMIT, LARGEST_LIMIT, ListQuery
from server.services.search.views import OffsetPage

PREFIX: Final = "/public/v1"

_Mode: TypeAlias = Literal["validation", "serialization"]

_JSON: Final = "application/json"
_COMMON: Final = (401, 429, 500, 503)
_LARGEST: Final = 10**15 - 1
_ABOUT: Final = f"""\
Tokendesk under the paths and in the words of the Marketplace's REST interface, so that its clients
work unchanged.

A list is filtered by RQL, which stands in the query string as it is, without a name:
`?limit=20&order=name&{examples.FILTER}`. `name=value` is short for `eq(name,value)`; several
pieces joined by `&` must all hold. The operators are `eq ne lt le gt ge like ilike in out and or
not any all`, with the values `null()` and `empty()`. A query string has at most {LONGEST:,} bytes.

Whatever is 429 or 503 has had no effect and says in `Retry-After` when to come again.
"""
_QUERY: Final[dict[str, dict[str, Any]]] = {
    "limit": {
        "description": f"How many to answer. More than {LARGEST_LIMIT} are {LARGEST_LIMIT}.",
        "schema": {
            "type": "integer",
            "minimum": 0,
            "maximum": _LARGEST,
            "default": DEFAULT_LIMIT,
        },
    },
    "offset": {
        "description": "How many to skip.",
        "schema": {"type": "integer", "minimum": 0, "maximum": _LARGEST, "default": 0},
    },
    "order": {
        "description": "Properties, separated by commas; `-` before one turns its order round.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z.,+\-]*$"},
    },
    "select": {
        "description": "Fields to show besides the usual ones, or after `-` to leave out;"
        " `-*` leaves out all that are not named, `*` shows all.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z.,+*\-]*$"},
    },
}
_READ: Final[Mapping[Reads, Sequence[str]]] = {
    Reads.NOTHING: (),
    Reads.SELECTION: ("select",),
    Reads.LIST: ("limit", "offset", "order", "select"),
}
_TELLS: Final = {
    400: "Something in the body or in the query is wrong, or the state does not allow it.",
    401: "No token was sent, or it is not valid.",
    403: "This token may not do that.",
    404: "There is no such object, or it is not the caller's to see.",
    413: "The body is too large.",
    415: "The body is of another type.",
    429: "Too much was asked within a minute. Nothing was done.",
    500: "Tokendesk's fault.",
    503: "The storage is away. Nothing was done.",
}
_HEADERS: Final[Mapping[int, str]] = {
    201: "Location",
    307: "Location",
    401: "WWW-Authenticate",
    429: "Retry-After",
    503: "Retry-After",
}


class _Plain(GenerateJsonSchema):
    """Generates schemas without titles that repeat names, and without the defaults of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return False: titles would repeat the names."""
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of the field without its default."""
        return self.generate_inner(schema["schema"])


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Build the document as a JSON object."""
    operations = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        at_path = paths.setdefault(PREFIX + operation.path, {})
        at_path[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tokendesk for the Marketplace's clients", "version": "1"}
        | {"description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.tag for each in operations)],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token's value, `idt:TKN-1234-5678:…`.",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": {str(status): _response(operation, status) for status in _statuses(operation)},
    }
    if operation.description:
        described["description"] = operation.description
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation)}
    if operation.open:
        described["security"] = []
    return described


def _statuses(operation: Operation) -> list[int]:
    """Return all statuses that an operation can answer with."""
    statuses = {operation.status, *operation.refusals}
    statuses.update((500, 503) if operation.open else _COMMON)
    if operation.body is not None:
        statuses.update((400, 413, 415))
    if operation.reads is not Reads.NOTHING:
        statuses.add(400)
    return sorted(statuses)


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{id}" in operation.path:
        schema = {"type": "string", "minLength": 1}
        found.append({"name": "id", "in": "path", "required": True, "schema": schema})
    for name in _READ[operation.reads]:
        some = examples.QUERIES.get(name, [])
        described = {"examples": {text: {"value": text} for text in some}} if some else {}
        found.append({"name": name, "in": "query"} | _QUERY[name] | described)
    return found


def _content(operation: Operation) -> dict[str, Any]:
    assert operation.body is not None
    schema = _reference(operation.body.__name__)
    example = examples.BODIES[operation.body]
    if not operation.form:
        return {each: {"schema": schema, "example": example} for each in (_JSON, "text/json")}
    file = {"type": "string", "contentMediaType": "image/png"}
    form = {
        "type": "object",
        "required": ["account"],
        "properties": {"logo": file, "account": schema},
    }
    encoding = {"logo": {"contentType": "image/png"}, "account": {"contentType": _JSON}}
    return {FORM: {"schema": form, "encoding": encoding, "example": {"account": example}}}


def _response(operation: Operation, status: int) -> dict[str, Any]:
    if status >= 400:
        described: dict[str, Any] = {
            "description": f"{TITLES[status][0]}. {_TELLS[status]}",
            "content": {MEDIA_TYPE: {"schema": _reference("Problem")}},
        }
    elif operation.answers is None:
        described = {"description": "It is there." if status >= 300 else "Done."}
    else:
        answered = _listed if operation.reads is Reads.LIST else _alone
        described = {
            "description": "Made." if status == 201 else "Done.",
            "content": {_JSON: answered(_example(operation))},
        }
    header = _HEADERS.get(status)
    if header is not None:
        described["headers"] = {header: {"schema": {"type": "string"}}}
    return described


def _example(operation: Operation) -> Shape:
    assert operation.answers is not None
    if operation.answers is ApiToken and operation.status == 201:
        return examples.NEW_TOKEN
    return examples.OBJECTS[operation.answers]


def _alone(shape: Shape) -> dict[str, Any]:
    properties = {"$meta": _reference("Omitted")}
    meta = {"type": "object", "required": ["$meta"], "properties": properties}
    example = orjson.loads(one(shape).body)
    return {"schema": {"allOf": [_reference(type(shape).__name__), meta]}, "example": example}


def _listed(shape: Shape) -> dict[str, Any]:
    part = OffsetPage([shape], total=1, limit=DEFAULT_LIMIT, offset=0)
    example = orjson.loads(many(part, type(shape), lambda each: each, ListQuery()).body)
    number = {"type": "integer", "minimum": 0}
    names = ["offset", "limit", "total"]
    pagination = {
        "type": "object",
        "required": names,
        "properties": dict.fromkeys(names, number),
        "additionalProperties": False,
    }
    meta = {
        "type": "object",
        "required": ["pagination", "omitted"],
        "properties": {
            "pagination": pagination,
            "omitted": {"type": "array", "items": {"type": "string"}},
        },
    }
    data = {"type": "array", "items": _reference(type(shape).__name__)}
    schema = {
        "type": "object",
        "required": ["$meta", "data"],
        "properties": {"$meta": meta, "data": data},
    }
    return {"schema": schema, "example": example}


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    shown: dict[type[BaseModel], _Mode] = {Problem: "serialization", Omitted: "serialization"}
    for each in operations:
        if each.answers is not None:
            shown[each.answers] = "serialization"
        if each.body is not None:
            shown[each.body] = "validation"
    _, schemas = models_json_schema(
        list(shown.items()),
        ref_template="#/components/schemas/{model}",
        schema_generator=_Plain,
    )
    return dict(schemas["$defs"])


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
