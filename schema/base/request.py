"""A GraphQL request's parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from schema.base.http_error import HTTPError

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class GraphQLRequest:
    """One operation to run, as every transport sends it; the document may be named by its id."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None

    @classmethod
    def of(cls, sent: object) -> "GraphQLRequest":
        """From decoded JSON; `HTTPError` with 400 where something has the wrong form."""
        if isinstance(sent, list):
            raise HTTPError(400, "Send one operation, not a list: batching is not supported.")
        if not isinstance(sent, dict):
            raise HTTPError(400, "Send an object with query, variables and operationName.")
        return cls(
            query=_one(sent, "query", str, "a string"),
            document_id=_one(sent, "documentId", str, "a string"),
            operation_name=_one(sent, "operationName", str, "a string") or None,
            variables=_one(sent, "variables", dict, "an object"),
            extensions=_one(sent, "extensions", dict, "an object"),
        )


def _one(sent: Mapping[str, Any], name: str, kind: type[Kind], word: str) -> Kind | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, kind):
        raise HTTPError(400, f"The parameter {name} must be {word} or null.")
    return value
