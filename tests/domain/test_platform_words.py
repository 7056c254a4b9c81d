"""The Marketplace's words for what the desk knows."""

import pytest

from server.domain.actor import AccountType
from server.domain.platform_words import (
    account_status_word,
    account_type_word,
    event_key,
    object_type,
    status_word,
)
from server.domain.tokens.lifecycle import TokenStatus


def test_an_expired_token_is_disabled_as_it_is_refused() -> None:
    words = {status: status_word(status) for status in TokenStatus}
    assert words == {
        TokenStatus.ACTIVE: "Active",
        TokenStatus.DISABLED: "Disabled",
        TokenStatus.EXPIRED: "Disabled",
    }


def test_accounts() -> None:
    assert [account_type_word(each) for each in AccountType] == ["Client", "Vendor", "Operations"]
    assert [account_status_word(each) for each in (True, False)] == ["Active", "Disabled"]


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("token.created", "platform.accounts.api-token.created"),
        ("token.old_secret_refused", "platform.accounts.api-token.old-secret-refused"),
        ("account.renamed", "platform.accounts.account.renamed"),
        ("user.signed_in", "platform.accounts.user.signed-in"),
        ("extensions.e2e.test", "extensions.e2e.test"),
        ("odd", "odd"),
    ],
)
def test_events(event: str, key: str) -> None:
    assert event_key(event) == key


@pytest.mark.parametrize(
    ("object_id", "word"),
    [
        ("TKN-1234-5678", "ApiToken"),
        ("ACC-1234-5678", "Account"),
        ("MOD-1234", "Module"),
        ("USR-1234-5678", "User"),
        ("DRF-1234-5678-9012-3456", None),
        ("anything", None),
    ],
)
def test_object_types(object_id: str, word: str | None) -> None:
    assert object_type(object_id) == word
