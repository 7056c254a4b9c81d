"""Schemathesis' requests from the OpenAPI document, for every operation, on both databases.

Nothing is a server error, and no answer is other than the document says. The suite sends a
hundred to each database. `TOKENDESK_FUZZ_CASES=5000` sends so many.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.api.marketplace.endpoint import OPERATIONS
from server.api.marketplace.openapi.document import document
from server.domain.actor import OPERATOR, Actor
from server.services.crypto.passwords import Passwords
from server.services.platform_events.event_types import event_types
from tests.fuzzing.documents import Ids
from tests.fuzzing.scene import Scene, scene_of

CASES: Final = int(os.environ.get("TOKENDESK_FUZZ_CASES", "110"))
"""For each database."""

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA: Final = schemathesis.openapi.from_dict(json.loads(json.dumps(document(OPERATIONS))))
LABELS: Final = {
    operation.definition.raw["operationId"]: operation
    for methods in SCHEMA.values()
    for operation in methods.values()
}
CALLERS: Final = ("operations", "operations", "manager", "manager", "reader", "nobody")
KINDS: Final = ("Account", "Module", "AuditRecord", "EventType")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def scene(request: pytest.FixtureRequest, quick_passwords: Passwords) -> Iterator[Scene]:
    """A live desk on each engine in turn."""
    with scene_of(request, quick_passwords) as scene:
        yield scene


def known_ids(scene: Scene) -> Ids:
    """Ids by the kinds of objects, in lower case."""
    records = scene.desk.audit_trail.page(scene.world.admin, number=1, size=20)
    found = [each.id for each in scene.runner.run(records).items]
    types = [each.id for each in event_types()]
    return {**scene.prepare(), "auditrecord": found, "eventtype": types}


def callers(scene: Scene) -> dict[str, str]:
    """Fresh tokens for one operation: what was sent for another may have ended the last ones."""
    world, run = scene.world, scene.runner.run

    def value(actor: Actor, module: str) -> str:
        minted = run(scene.desk.tokens.create(actor, name="Caller", module_ids=[module]))
        assert minted.secret is not None
        return minted.secret.reveal()

    run(scene.desk.modules.enable(OPERATOR, "MOD-1756", world.operations.id))
    return {
        "operations": value(world.operations_admin, "MOD-1756"),
        "manager": value(world.admin, "MOD-1756"),
        "reader": value(world.admin, "MOD-2001"),
        "nobody": "",
    }


@dataclass(frozen=True)
class Known:
    """Which ids that exist are put in the place of those that were drawn."""

    ids: Ids
    number: int

    def one(self, kind: str) -> str:
        """An id of a kind, mostly; now and then of another."""
        some = (
            self.ids[kind] if self.number % 8 else [x for each in self.ids.values() for x in each]
        )
        return some[self.number % len(some)]

    def put_into(self, case: Any, label: str) -> None:
        """Have the case be about something that is there."""
        kind = next((each for each in KINDS if each in label), "Token").lower()
        if case.path_parameters and "id" in case.path_parameters and self.number % 5:
            case.path_parameters["id"] = self.one(kind)
        if isinstance(case.body, dict) and self.number % 4:
            self._put_into_body(case.body)

    def _put_into_body(self, body: dict[str, Any]) -> None:
        for name, kind in (("account", "account"), ("object", "token")):
            if isinstance(body.get(name), dict) and "id" in body[name]:
                body[name]["id"] = self.one(kind)
        if isinstance(body.get("modules"), list):
            body["modules"] = [{"id": self.one("module")} for _ in body["modules"]]
        if "event" in body and self.number % 3:
            body["event"] = "extensions.fuzzing.test"


@pytest.mark.parametrize("label", LABELS)
def test_answers_are_as_the_document_says(scene: Scene, label: str) -> None:
    ids, tokens = known_ids(scene), callers(scene)
    scene.unread_log()
    operation, session = LABELS[label], requests.Session()
    drawn = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=-(-CASES // len(LABELS)),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=drawn, caller=st.sampled_from(CALLERS), number=st.integers(0, 10_000))
    def send(case: Any, caller: str, number: int) -> None:
        Known(ids, number).put_into(case, label)
        headers = {"Authorization": f"Bearer {tokens[caller]}"} if tokens[caller] else {}
        answer = case.call(base_url=scene.server.url, session=session, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    with session:
        send()
    written = scene.unread_log()
    assert "Traceback" not in written, written
    assert "crash" not in written, written
