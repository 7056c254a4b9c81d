"""The verdict table: every outcome, and which reason wins when several hold."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.verification.verdict import Grant, Outcome, Verdict, judge
from tests.support.clock import START as NOW

INSTANT = timedelta(microseconds=1)
GRANT = Grant(
    token_id="TKN-1234-5678",
    token_name="Nightly export",
    account_id="ACC-1234-5678",
    account_name="Blue Client",
    account_type="client",
    account_active=True,
    token_active=True,
    module_ids=frozenset({"MOD-1756", "MOD-2001"}),
    created_at=NOW - timedelta(days=1),
    expires_at=None,
    secret_id=1,
    secret_accepted_until=None,
    used_before=True,
)
PAST, FUTURE = NOW, NOW + INSTANT


@pytest.mark.parametrize("asked", [(), ("MOD-1756",), ("MOD-1756", "MOD-2001")])
@pytest.mark.parametrize("expires_at", [None, FUTURE])
@pytest.mark.parametrize("accepted_until", [None, FUTURE])
def test_valid(
    asked: tuple[str, ...], expires_at: datetime | None, accepted_until: datetime | None
) -> None:
    grant = GRANT._replace(expires_at=expires_at, secret_accepted_until=accepted_until)
    verdict = judge(grant, NOW, asked)
    assert verdict == Verdict(Outcome.VALID, grant)
    assert verdict.valid


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"token_active": False}, Outcome.DISABLED),
        ({"account_active": False}, Outcome.DISABLED),
        ({"token_active": False, "expires_at": PAST}, Outcome.DISABLED),
        ({"expires_at": PAST}, Outcome.EXPIRED),
        ({"expires_at": PAST, "secret_accepted_until": PAST}, Outcome.EXPIRED),
        ({"secret_accepted_until": PAST}, Outcome.ROTATED),
    ],
)
def test_refused_whatever_module_is_asked_for(change: dict[str, Any], outcome: Outcome) -> None:
    grant = GRANT._replace(**change)
    for asked in ((), ("MOD-1756",), ("MOD-9999",)):
        verdict = judge(grant, NOW, asked)
        assert verdict == Verdict(outcome, grant)
        assert not verdict.valid


def test_insufficient_scope_names_what_is_missing_in_the_order_asked() -> None:
    verdict = judge(GRANT, NOW, ["MOD-9999", "MOD-1756", "MOD-2003"])
    assert verdict == Verdict(Outcome.INSUFFICIENT_SCOPE, GRANT, ("MOD-9999", "MOD-2003"))
    assert not verdict.valid


def test_every_outcome_has_its_reason() -> None:
    assert {outcome: Verdict(outcome).reason for outcome in Outcome} == {
        Outcome.VALID: "The token is valid.",
        Outcome.INVALID: "The token is invalid.",
        Outcome.UNKNOWN: "The token is invalid.",
        Outcome.DISABLED: "The token is disabled.",
        Outcome.EXPIRED: "The token is expired.",
        Outcome.ROTATED: "The token's secret was rotated.",
        Outcome.INSUFFICIENT_SCOPE: "The token is not granted the module asked for.",
    }
    assert [outcome for outcome in Outcome if Verdict(outcome).valid] == [Outcome.VALID]
