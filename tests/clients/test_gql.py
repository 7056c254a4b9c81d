"""The Python client gql against a live desk."""

from pathlib import Path
from typing import Final

import httpx
import pytest
from gql import Client, FileVar, GraphQLRequest
from gql.transport.exceptions import TransportQueryError, TransportServerError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError

from tests.clients.changing import changing
from tests.support.live_tokens import Tokendesk

PAGE: Final = """
query ($first: Int!, $after: String) {
  apiTokens(first: $first, after: $after, orderBy: {field: NAME, descending: false}) {
    totalCount nodes { id name } pageInfo { hasNextPage endCursor }
  }
}"""
DISABLE: Final = """
mutation ($input: DisableApiTokenInput!) {
  disableApiToken(input: $input) { __typename ... on UserError { code message } }
}"""
SET_LOGO: Final = """
mutation ($input: SetApiTokenLogoInput!) {
  setApiTokenLogo(input: $input) {
    __typename
    ... on SetApiTokenLogoPayload { apiToken { id logoUrl } }
    ... on UserError { code message }
  }
}"""
CHANGED: Final = """
subscription ($id: ID!) { apiTokenChanged(id: $id) { apiToken { id description } } }"""


def over_http(tokendesk: Tokendesk, value: str | None = None) -> Client:
    """The client over HTTP, which reads the schema first and validates by it."""
    headers = {
        "Authorization": f"Bearer {value or tokendesk.tokens.manager}",
        "GraphQL-Require-Preflight": "1",
    }
    transport = HTTPXAsyncTransport(f"{tokendesk.server.url}/graphql", headers=headers)
    return Client(transport=transport, fetch_schema_from_transport=True)


def over_socket(tokendesk: Tokendesk, value: str | None = None) -> Client:
    """The client over a WebSocket."""
    url = f"{tokendesk.server.url}/graphql".replace("http", "ws", 1)
    bearer = {"Authorization": f"Bearer {value or tokendesk.tokens.manager}"}
    return Client(transport=WebsocketsTransport(url, init_payload=bearer))


async def test_the_pages_make_the_list(tokendesk: Tokendesk) -> None:
    names: list[str] = []
    after = None
    async with over_http(tokendesk) as session:
        while True:
            request = GraphQLRequest(PAGE, variable_values={"first": 2, "after": after})
            page = (await session.execute(request))["apiTokens"]
            names += [node["name"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    assert names == ["Catalog", "Doomed", "Expiring", "Manager", "Robot Ünit 🤖"]
    assert page["totalCount"] == 5


async def test_a_refusal_is_data(tokendesk: Tokendesk) -> None:
    request = GraphQLRequest(DISABLE, variable_values={"input": {"id": "TKN-0000-0000"}})
    async with over_http(tokendesk) as session:
        assert await session.execute(request) == {
            "disableApiToken": {
                "__typename": "NotFoundError",
                "code": "NOT_FOUND",
                "message": "There is no API token TKN-0000-0000.",
            }
        }


async def test_the_client_validates_by_the_schema_that_it_read(tokendesk: Tokendesk) -> None:
    async with over_http(tokendesk) as session:
        with pytest.raises(GraphQLError, match="Cannot query field 'shoeSize' on type 'Viewer'"):
            await session.execute(GraphQLRequest("{ viewer { shoeSize } }"))


async def test_the_servers_own_errors_have_codes(tokendesk: Tokendesk) -> None:
    async with over_http(tokendesk) as session:
        with pytest.raises(TransportQueryError) as told:
            await session.execute(GraphQLRequest("{ apiTokens(first: 101) { totalCount } }"))
    (error,) = told.value.errors or []
    assert (error["extensions"]["code"], error["path"]) == ("INVALID", ["apiTokens"])


async def test_an_invalid_token_is_a_401(tokendesk: Tokendesk) -> None:
    with pytest.raises((TransportServerError, TransportQueryError), match=r"401|invalid"):
        async with over_http(tokendesk, "idt:nothing"):
            pass


async def test_a_file_is_uploaded(tokendesk: Tokendesk, logo: Path) -> None:
    token_id = tokendesk.tokens.billing_id
    file = FileVar(str(logo), content_type="image/png")
    request = GraphQLRequest(SET_LOGO, variable_values={"input": {"id": token_id, "logo": file}})
    async with over_http(tokendesk) as session:
        answer = await session.execute(request, upload_files=True)
    payload = answer["setApiTokenLogo"]
    assert payload["apiToken"]["id"] == token_id
    picture = httpx.get(f"{tokendesk.server.url}{payload['apiToken']['logoUrl']}")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")


async def test_queries_go_over_the_socket_too(tokendesk: Tokendesk) -> None:
    async with over_socket(tokendesk) as session:
        answer = await session.execute(GraphQLRequest("{ viewer { kind name } }"))
    assert answer == {"viewer": {"kind": "TOKEN", "name": "Manager"}}


async def test_a_subscription_hears_of_a_change(tokendesk: Tokendesk) -> None:
    token_id = tokendesk.tokens.billing_id
    request = GraphQLRequest(CHANGED, variable_values={"id": token_id})
    async with over_socket(tokendesk) as session, changing(tokendesk, token_id):
        heard = await anext(session.subscribe(request))
    token = heard["apiTokenChanged"]["apiToken"]
    assert token["id"] == token_id
    assert token["description"].startswith("Change ")
