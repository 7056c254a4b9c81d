"""`/public/v1/reference`: the OpenAPI document as a page for people."""

from typing import Any

import orjson
from starlette.responses import Response

from server.http.pages.templates import html

_METHODS = ("get", "post", "put", "delete")


def page(document: dict[str, Any]) -> Response:
    """Render every operation of the document with its parameters, bodies and responses."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = [
        {"name": tag["name"], "operations": [o for o in operations if tag["name"] in o["tags"]]}
        for tag in document["tags"]
    ]
    context = {
        "info": document["info"],
        "tags": tags,
        "schemas": document["components"]["schemas"],
        "pretty": _pretty,
        "viewer": None,
    }
    return html("public/v1/reference.html", context)


def _pretty(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
