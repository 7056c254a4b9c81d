"""Every place where a client can put a text, enumerated from what describes the faces."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLUnionType,
    is_leaf_type,
)
from starlette.applications import Starlette
from starlette.routing import Route

ROOT: Final = Path(__file__).parents[2]
Place = tuple[str | int, ...]
"""Where in a value a text stands."""

_OTHERS: Final = {"Int": 1, "Float": 1.0, "Boolean": True, "Count": 1, "Upload": None}
_FORM_FIELD: Final = re.compile(r"""\bform(?:\.get|\.getlist)?[(\[]\s*"(\w+)\"""")
_PARAMETER: Final = re.compile(
    r"""(?:params\.get(?:list)?|reading\.\w+|self\.(?:text|one_of|day|number))\(\s*"(\w+)\""""
)
_HEADER: Final = re.compile(
    r"""headers(?:\.get|\.getlist)?[(\[]\s*b?"([\w-]+)"|\.get\(\s*"([a-z]+(?:-[a-z]+)+)\""""
    r"""|name == b?"([\w-]+)"|"([\w-]+)" (?:not )?in \w*\.?headers"""
)
NO_HEADERS: Final = {"content-length", "module", "token", "query"}
"""Names that the patterns take for headers, and what the client's library writes by itself."""


def source(*folders: str) -> str:
    """All code in some folders."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def form_fields() -> list[str]:
    """The names of all fields that pages read."""
    templates = "\n".join(each.read_text() for each in (ROOT / "templates").rglob("*.html"))
    named = re.findall(r'<(?:input|textarea|select|button)\b[^>{]*\bname="(\w+)"', templates)
    return sorted({*_FORM_FIELD.findall(source("server/web")), *named})


def parameters() -> list[str]:
    """The names of all parameters of pages' addresses that the code reads."""
    return sorted(set(_PARAMETER.findall(source("server/web"))))


def header_names() -> list[str]:
    """The names of all headers that the code reads."""
    found = _HEADER.findall(source("server", "schema"))
    names = {name.lower() for each in found for name in each if name}
    return sorted((names | {"host", "cookie", "accept", "origin"}) - NO_HEADERS)


def routes(app: Starlette, method: str) -> list[str]:
    """The paths that take a method; `{name}` stands for a part of them."""
    paths = [
        re.sub(r":\w+\}", "}", route.path)
        for route in app.routes
        if isinstance(route, Route) and method in (route.methods or {method})
    ]
    return list(dict.fromkeys(paths))


def operations(schema: GraphQLSchema) -> Iterator[tuple[str, str, Mapping[str, Any], Place]]:
    """Each text of each operation: its kind, its document, variables, and the text's place."""
    roots = {
        "query": schema.query_type,
        "mutation": schema.mutation_type,
        "subscription": schema.subscription_type,
    }
    for kind, root in roots.items():
        assert root is not None
        for name, field in root.fields.items():
            types = {each: argument.type for each, argument in field.args.items()}
            result = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            selected = "" if is_leaf_type(_innermost(result)) else " { __typename }"
            told = ", ".join(f"${each}: {type_}" for each, type_ in types.items())
            given = ", ".join(f"{each}: ${each}" for each in types)
            head = f"{kind} ({told})" if told else kind
            document = f"{head} {{ {name}{f'({given})' if given else ''}{selected} }}"
            variables = {each: _value(type_, 0) for each, type_ in types.items()}
            for place in places(variables):
                yield kind, document, variables, place


def _innermost(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    assert not isinstance(type_, GraphQLUnionType) or type_.types
    return type_


def _value(type_: GraphQLInputType, depth: int) -> Any:
    """Something of an input's type; every text in it is `x`."""
    if isinstance(type_, GraphQLNonNull):
        return _value(type_.of_type, depth)
    if isinstance(type_, GraphQLList):
        return [_value(type_.of_type, depth)]
    if isinstance(type_, GraphQLInputObjectType):
        return {name: _value(each.type, depth + 1) for name, each in type_.fields.items()}
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return _OTHERS.get(type_.name, "x")


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where the texts `x` stand in a value."""
    if value == "x":
        yield at
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from places(part, (*at, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*at, number))


def put(value: Any, place: Place, text: str) -> Any:
    """A copy of a value with a text at a place."""
    if not place:
        return text
    first, *rest = place
    copy: Any = dict(value) if isinstance(value, Mapping) else list(value)
    copy[first] = put(value[first], tuple(rest), text)
    return copy


def rest_requests(
    document: Mapping[str, Any], text: str, short: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each request of the OpenAPI document, with a text in one of its inputs.

    The `short` one stands in addresses, where it is escaped already.
    """
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in {"get", "post", "put", "patch", "delete"}:
                continue
            url = re.sub(r"\{\w+\}", "x", path)
            for _ in re.findall(r"\{\w+\}", path):
                yield method, re.sub(r"\{\w+\}", short, path), {}
            for parameter in operation.get("parameters", ()):
                if parameter.get("in") == "query":
                    yield method, f"{url}?{parameter['name']}={short}", {}
            yield method, f"{url}?{short}", {}
            content = operation.get("requestBody", {}).get("content", {})
            for media_type, body in content.items():
                yield from _bodies(document, method, url, media_type, body["schema"], text)


def _bodies(
    document: Mapping[str, Any], method: str, url: str, media_type: str, shape: Any, text: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    whole = _example(document, shape)
    for place in places(whole):
        filled = put(whole, place, text)
        if media_type.startswith("multipart/"):
            account = filled["account"] if isinstance(filled, dict) else filled
            files = {"account": (None, orjson.dumps(account))}
            yield method, url, {"files": files}
        else:
            headers = {"Content-Type": "application/json"}
            yield method, url, {"content": orjson.dumps(filled), "headers": headers}


def _example(document: Mapping[str, Any], shape: Any) -> Any:
    """Something of a JSON schema's shape; every text in it is `x`."""
    if "$ref" in shape:
        found: Any = document
        for name in shape["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return _example(document, found)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in shape:
            return _example(document, shape[several][0])
    if shape.get("format") == "binary":
        return None
    if "properties" in shape:
        return {name: _example(document, each) for name, each in shape["properties"].items()}
    if shape.get("type") == "array":
        return [_example(document, shape["items"])]
    return "x" if shape.get("type") in {"string", None} else 1
