"""What the documented gateways let through, what they refuse, and what they hand on."""

from pathlib import Path

import httpx
import pytest

from tests.gateways.conftest import Scene
from tests.gateways.programs import Gateway
from tests.gateways.service import Service, running
from tests.support.live_tokens import live_tokendesk

IDENTITY = {
    "X-Token-Id",
    "X-Token-Name",
    "X-Token-Modules",
    "X-Token-Expires-At",
    "X-Account-Id",
    "X-Account-Type",
}
FORGED = dict.fromkeys(IDENTITY, "forged") | {
    "X_Token_Id": "forged",
    "x-token_id": "forged",
    "X-Account_Id": "forged",
}
INVALID = 'Bearer error="invalid_token", error_description="The token is invalid."'
NOT_GRANTED = (
    'Bearer error="insufficient_scope", scope="MOD-2001", '
    'error_description="The token is not granted the module asked for."'
)


def challenges(answer: httpx.Response) -> list[str]:
    return answer.headers.get_list("www-authenticate")


def test_a_granted_token_passes_with_its_identity(scene: Scene) -> None:
    tokens = scene.tokendesk.tokens
    assert scene.ask(tokens.billing).status_code == 200
    (arrival,) = scene.service.arrivals
    assert {name: arrival.values(name) for name in sorted(IDENTITY)} == {
        "X-Account-Id": [tokens.account_id],
        "X-Account-Type": ["client"],
        "X-Token-Expires-At": [],
        "X-Token-Id": [tokens.billing_id],
        "X-Token-Modules": ["MOD-2001"],
        "X-Token-Name": ["Robot %C3%9Cnit %F0%9F%A4%96"],
    }


def test_the_request_itself_reaches_the_service_whole(scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {scene.tokendesk.tokens.billing}", "X-Request-Id": "r-1"}
    answer = scene.client.put(
        "/orders/1?a=b&module=MOD-2002", content=b"x" * 9_999, headers=headers
    )
    assert answer.status_code == 200
    (arrival,) = scene.service.arrivals
    assert (arrival.method, arrival.path) == ("PUT", "/orders/1?a=b&module=MOD-2002")
    assert (arrival.body, arrival.values("X-Request-Id")) == (b"x" * 9_999, ["r-1"])


def test_the_service_never_gets_the_secret(scene: Scene) -> None:
    value = scene.tokendesk.tokens.billing
    assert scene.ask(value).status_code == 200
    assert value not in repr(scene.service.arrivals)
    assert scene.service.arrivals[0].values("Authorization") == []


def test_what_a_client_says_it_is_does_not_reach_the_service(scene: Scene) -> None:
    assert scene.ask(scene.tokendesk.tokens.billing, **FORGED).status_code == 200
    assert "forged" not in repr(scene.service.arrivals)
    assert scene.service.arrivals[0].values("X-Token-Id") == [scene.tokendesk.tokens.billing_id]


def test_a_token_that_expires_has_no_forged_end(scene: Scene, gateway: Gateway) -> None:
    assert scene.ask(scene.tokendesk.tokens.expiring, **FORGED).status_code == 200
    told = scene.service.arrivals[0].values("X-Token-Expires-At")
    if gateway.name == "nginx":
        verify = f"{scene.tokendesk.server.url}/verify"
        bearer = {"Authorization": f"Bearer {scene.tokendesk.tokens.expiring}"}
        direct = httpx.get(verify, headers=bearer, trust_env=False)
        assert told == [direct.headers["X-Token-Expires-At"]]
    else:
        assert told == []


def test_without_a_token_nothing_passes(scene: Scene) -> None:
    answer = scene.ask(**FORGED)
    assert (answer.status_code, challenges(answer)) == (401, ["Bearer"])
    assert scene.service.arrivals == []


@pytest.mark.parametrize("text", ["idt:", "x" * 4_000, "TKN", "idt:TKN-0000-0000:" + "0" * 64])
def test_a_wrong_token_is_refused_with_the_reason(scene: Scene, text: str) -> None:
    answer = scene.ask(text)
    assert (answer.status_code, challenges(answer)) == (401, [INVALID])
    assert scene.service.arrivals == []


def test_a_token_in_the_address_is_none(scene: Scene) -> None:
    answer = scene.client.get("/orders", params={"access_token": scene.tokendesk.tokens.billing})
    assert (answer.status_code, challenges(answer)) == (401, ["Bearer"])
    assert scene.service.arrivals == []


def test_a_token_without_the_module_is_refused_with_its_name(scene: Scene) -> None:
    answer = scene.ask(scene.tokendesk.tokens.catalog)
    assert (answer.status_code, challenges(answer)) == (403, [NOT_GRANTED])
    assert scene.service.arrivals == []


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_the_services_own_refusals_are_left_alone(scene: Scene, status: int) -> None:
    scene.service.status = status
    scene.service.headers = {"WWW-Authenticate": "Own", "X-Reason": "mine"}
    answer = scene.ask(scene.tokendesk.tokens.billing)
    assert (answer.status_code, challenges(answer)) == (status, ["Own"])
    assert answer.headers["X-Reason"] == "mine"


def test_a_disabled_token_is_refused_by_the_next_request(scene: Scene) -> None:
    tokens, url = scene.tokendesk.tokens, scene.tokendesk.server.url

    def move(name: str) -> None:
        query = f'mutation {{ r: {name}ApiToken(input: {{id: "{tokens.doomed_id}"}}) '
        query += "{ __typename } }"
        bearer = {"Authorization": f"Bearer {tokens.manager}"}
        answer = httpx.post(f"{url}/graphql", json={"query": query}, headers=bearer)
        assert answer.json() == {"data": {"r": {"__typename": f"{name.title()}ApiTokenPayload"}}}

    assert scene.ask(tokens.doomed).status_code == 200
    move("disable")
    answer = scene.ask(tokens.doomed)
    assert (answer.status_code, challenges(answer)) == (
        401,
        ['Bearer error="invalid_token", error_description="The token is disabled."'],
    )
    assert len(scene.service.arrivals) == 1
    move("enable")
    assert scene.ask(tokens.doomed).status_code == 200


def test_where_tokendesk_dies_nothing_passes(
    gateway: Gateway, service: Service, tmp_path: Path
) -> None:
    with (
        live_tokendesk(tmp_path / "data") as tokendesk,
        gateway.running(tmp_path / "gateway", tokendesk.port, service.port) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        scene = Scene(client, service, tokendesk)
        assert scene.ask(tokendesk.tokens.billing).status_code == 200
        tokendesk.server.kill()
        assert scene.ask(tokendesk.tokens.billing).status_code in {500, 502}
    assert len(service.arrivals) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_no_other_answer_of_tokendesk_lets_anything_pass(
    gateway: Gateway, service: Service, tmp_path: Path, status: int
) -> None:
    with (
        running(Service(status)) as odd,
        gateway.running(tmp_path / "gateway", odd.port, service.port) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        answer = client.get("/orders", headers={"Authorization": "Bearer any"})
    assert answer.status_code == (500 if gateway.name == "nginx" else status)
    assert len(odd.arrivals) == 1
    assert service.arrivals == []


def test_the_gateway_asks_without_the_body_and_with_the_module(
    gateway: Gateway, service: Service, tmp_path: Path
) -> None:
    identity = dict.fromkeys(IDENTITY, "told")
    with (
        running(Service(200, identity)) as stand_in,
        gateway.running(tmp_path / "gateway", stand_in.port, service.port) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        headers = {"Authorization": "Bearer any", "X-Forwarded-For": "203.0.113.99"}
        assert client.post("/orders", content=b"body", headers=headers).status_code == 200
    (question,) = stand_in.arrivals
    assert (question.method, question.path) == ("GET", "/verify?module=MOD-2001")
    assert (question.body, question.values("Authorization")) == (b"", ["Bearer any"])
    assert question.values("X-Forwarded-For") == ["127.0.0.1"]
    assert service.arrivals[0].body == b"body"
