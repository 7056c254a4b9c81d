"""The OpenAPI document: published without a token, true, and readable as a page."""

import json
import re
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator, meta

from server.api.marketplace.endpoint import OPERATIONS
from server.api.marketplace.openapi.document import document
from server.api.marketplace.query_string import parse_list_query
from tests.api.marketplace.conftest import Market

DOCUMENT = document(OPERATIONS)


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator that finds the document's components."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize("path", ["/openapi.json", "/accounts/openapi.json"])
async def test_it_is_there_for_everybody(gateway: httpx.AsyncClient, path: str) -> None:
    answer = await gateway.get(f"/public/v1{path}")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(DOCUMENT))


def test_it_names_every_operation_once() -> None:
    described = [
        (method.upper(), path, operation["operationId"])
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]
    served = [(each.method, f"/public/v1{each.path}", each.name) for each in OPERATIONS]
    assert sorted(described) == sorted(served)
    names = [name for _, _, name in described]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-zA-Z0-9_-]{1,64}", name) for name in names)


def test_every_reference_leads_somewhere() -> None:
    names = re.findall('"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT))
    assert set(names) <= set(DOCUMENT["components"]["schemas"])
    for schema in DOCUMENT["components"]["schemas"].values():
        assert meta.is_valid(schema)


def contents() -> list[tuple[str, dict[str, Any]]]:
    """Every media type of the document that has an example."""
    found = []
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            answers = list(operation["responses"].values())
            for each in [operation.get("requestBody", {}), *answers]:
                for content in each.get("content", {}).values():
                    if "example" in content:
                        found.append((operation["operationId"], content))
    return found


def test_every_example_fits_its_schema() -> None:
    assert len(contents()) > 20
    for name, content in contents():
        errors = list(validator(content["schema"]).iter_errors(content["example"]))
        assert not errors, (name, errors)


def test_the_examples_of_queries_are_understood() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                pattern = parameter["schema"].get("pattern", "")
                for example in parameter.get("examples", {}).values():
                    assert re.search(pattern, example["value"])
                    parse_list_query(f"{parameter['name']}={example['value']}".encode())


async def test_answers_fit_their_schemas(market: Market) -> None:
    wire = market.operations.wire
    for path, methods in DOCUMENT["paths"].items():
        if "get" not in methods or "{id}" in path:
            continue
        answered = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        listed = await wire.get(f"{path}?limit=100&select=*")
        assert not list(validator(answered).iter_errors(listed.json)), path
        one = methods_of(f"{path}/{{id}}")["get"]["responses"]["200"]["content"]
        for found in listed.ids[:3]:
            answer = await wire.get(f"{path}/{found}?select=*")
            schema = one["application/json"]["schema"]
            assert not list(validator(schema).iter_errors(answer.json)), path


def methods_of(path: str) -> dict[str, Any]:
    methods: dict[str, Any] = DOCUMENT["paths"][path]
    return methods


@pytest.mark.parametrize("path", ["", "/", "/reference"])
async def test_it_is_a_page_of_our_own(gateway: httpx.AsyncClient, path: str) -> None:
    answer = await gateway.get(f"/public/v1{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in answer.text
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert all(each.startswith("/") and not each.startswith("//") for each in loaded)
    assert "<script" not in answer.text
