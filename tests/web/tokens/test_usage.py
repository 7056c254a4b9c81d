"""A token's tab Usage: exact numbers as bars, words and a table; for whoever may see the token."""

import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import Origin
from server.domain.verification.verdict import Grant, Outcome
from server.web.tokens.usage import RANGES
from tests.support.clock import TurnableClock
from tests.support.factories import made, text_of
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.pages import LIST
from tests.web.pages import text_of as words_of

GATEWAY = Origin("203.0.113.9", "gateway/1.2 (internal)")


@pytest.fixture
async def grant(desk: Desk, world: World) -> Grant:
    """The facts about a token of the client that is granted two modules."""
    minted = await made(desk, world.admin, "Robot", module_ids=["MOD-1756", "MOD-2001"])
    found = (await desk.verifier.verify(text_of(minted))).grant
    assert found is not None
    return found


@pytest.fixture
async def used(desk: Desk, clock: TurnableClock, grant: Grant) -> str:
    """The address of the tab; the token was used in the past hours, days and weeks."""
    note, now = desk.usage.note, clock()
    for ago, calls in ((60, 1_000), (20, 300), (3, 40), (0, 5)):
        at = now - timedelta(days=ago)
        note(grant, Outcome.VALID, ["MOD-2001"], GATEWAY, at, calls=calls)
    note(grant, Outcome.INSUFFICIENT_SCOPE, ["MOD-2002"], GATEWAY, now, calls=2)
    note(grant, Outcome.DISABLED, (), GATEWAY, now - timedelta(days=3))
    await desk.usage.write()
    return f"{LIST}/{grant.token_id}/usage"


@pytest.mark.parametrize(
    ("query", "bars", "said"),
    [
        ("", 24, "In the last 24 hours: 5 accepted and 2 refused calls."),
        ("?range=24h", 24, "In the last 24 hours: 5 accepted and 2 refused calls."),
        ("?range=7d", 7, "In the last 7 days: 45 accepted and 3 refused calls."),
        ("?range=30d", 30, "In the last 30 days: 345 accepted and 3 refused calls."),
        ("?range=90d", 90, "In the last 90 days: 1,345 accepted and 3 refused calls."),
        ("?range=%00nonsense", 24, "In the last 24 hours: 5 accepted and 2 refused calls."),
    ],
)
async def test_each_range_has_its_numbers(
    viewer: httpx.AsyncClient, used: str, query: str, bars: int, said: str
) -> None:
    answer = await viewer.get(used + query)
    assert answer.status_code == 200
    assert said in words_of(answer.text)
    assert answer.text.count('<g class="bar">') == bars
    assert answer.text.count('aria-current="true"') == 1


async def test_the_picture_and_the_table_agree(viewer: httpx.AsyncClient, used: str) -> None:
    page = (await viewer.get(f"{used}?range=7d")).text
    titles = re.findall(r"<title>(\d+ Mar 2030: .*?)</title>", page)
    assert titles[-4:] == [
        "11 Mar 2030: 40 accepted, 1 refused",
        "12 Mar 2030: 0 accepted, 0 refused",
        "13 Mar 2030: 0 accepted, 0 refused",
        "14 Mar 2030: 5 accepted, 2 refused",
    ]
    words = words_of(page)
    assert "14 Mar 2030 5 2 11 Mar 2030 40 1 In all 45 3" in words
    drawn = re.findall(r'<rect class="(accepted|refused)"[^>]* y="(\d+)"[^>]* height="(\d+)"', page)
    # Of a scale up to 60: heights to the pixel, the smallest still to be seen.
    assert drawn == [
        ("accepted", "53", "107"),
        ("refused", "50", "3"),
        ("accepted", "147", "13"),
        ("refused", "142", "5"),
    ]
    assert "Accepted 45 14 Mar 2030 09:26 UTC 203.0.113.9 gateway/1.2" in words
    assert "Refused: disabled 1 11 Mar 2030 09:26 UTC 203.0.113.9 gateway/1.2" in words
    assert "Refused: module not granted 2 14 Mar 2030 09:26 UTC" in words
    assert "Refused: expired" not in words


async def test_modules_and_the_way_to_trim_them(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, used: str
) -> None:
    page = (await admin.get(used)).text
    words = words_of(page)
    assert "Access management MOD-1756 Never asked for" in words
    assert "Billing MOD-2001 14 Mar 2030 09:26 UTC" in words
    [trim] = re.findall(r'id="trim" href="(.*?)"', page)
    edit = (await admin.get(trim)).text
    assert re.search(r'class="edit-step current" data-part="modules"', edit)
    assert re.search(r'class="edit-step narrow" data-part="general"', edit)
    seen = (await viewer.get(used)).text
    assert 'id="trim"' not in seen
    assert "Never asked for" in seen


async def test_a_token_that_was_never_sent(admin: httpx.AsyncClient, grant: Grant) -> None:
    page = (await admin.get(f"{LIST}/{grant.token_id}/usage")).text
    assert "Not used yet" in page
    assert "<figure" not in page
    assert page.count("Never asked for") == 2


async def test_a_token_that_was_used_long_ago_has_an_empty_picture(
    admin: httpx.AsyncClient, used: str, clock: TurnableClock, sign_in: SignIn, world: World
) -> None:
    clock.advance(timedelta(days=200))
    page = (await (await sign_in(world.admin_email)).get(f"{used}?range=90d")).text
    assert "In the last 90 days: 0 accepted and 0 refused calls." in words_of(page)
    assert '<rect class="accepted"' not in page
    assert 'id="numbers"' not in page
    assert "Accepted 0 14 Mar 2030" in words_of(page)


async def test_another_account_sees_nothing(
    sign_in: SignIn, world: World, used: str, nobody: httpx.AsyncClient
) -> None:
    other = await sign_in(world.other_admin_email)
    answer = await other.get(used)
    assert answer.status_code == 404
    assert "203.0.113.9" not in answer.text
    assert (await nobody.get(used)).status_code == 303
    assert (await other.get(f"{LIST}/TKN-0000-0000/usage")).status_code == 404


def test_marks_divide_each_range() -> None:
    assert all(each.points % each.marks == 0 for each in RANGES)
