"""No document makes the desk crash: every operation, uploads included, on both databases.

The suite sends a few hundred documents to each database. `TOKENDESK_FUZZ_CASES=5000` sends so many.
"""

import os
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.services.crypto.passwords import Passwords
from tests.fuzzing.documents import LABELS, Sent, documents
from tests.fuzzing.scene import CALLERS, Scene, scene_of

CASES: Final = int(os.environ.get("TOKENDESK_FUZZ_CASES", "300"))
"""For each database."""

_EACH: Final = -(-CASES * 21 // (20 * len(LABELS)))
"""One in twenty more than its share: of some operations there are not so many documents."""

CRASHES: Final = {"INTERNAL", "UNAVAILABLE"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def scene(request: pytest.FixtureRequest, quick_passwords: Passwords) -> Iterator[Scene]:
    """A live desk on each engine in turn."""
    with scene_of(request, quick_passwords) as scene:
        yield scene


@pytest.mark.parametrize("label", LABELS)
def test_no_document_crashes_the_desk(scene: Scene, label: str) -> None:
    ids = scene.prepare()
    scene.unread_log()

    @settings(
        max_examples=_EACH,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(caller=st.sampled_from(CALLERS), drawn=documents(label))
    def send(caller: str, drawn: str) -> None:
        sent = Sent.of(label, drawn, ids)
        scene.counted[label] += 1
        must_be_an_answer(scene.send(caller, sent), caller, sent)

    send()
    written = scene.unread_log()
    assert "Traceback" not in written, written
    assert "crash" not in written, written


def test_so_many_were_sent(scene: Scene) -> None:
    if set(scene.counted) != set(LABELS):
        pytest.skip("counts only where all operations were chosen")
    assert scene.counted.total() >= CASES


def must_be_an_answer(answer: httpx.Response, caller: str, sent: Sent) -> None:
    """Data, or errors that are the client's; never a crash, masked or not."""
    told = f"{caller} sent\n{sent.document}\nand got {answer.status_code}\n{answer.text}"
    # A program's account may have been disabled by another document.
    assert answer.status_code in ({200, 400, 401} if caller == "manager" else {200, 400}), told
    result = answer.json()
    assert set(result) - {"extensions"} in ({"data"}, {"errors"}, {"data", "errors"}), told
    codes = {error["extensions"]["code"] for error in result.get("errors", [])}
    assert not codes & CRASHES, told
