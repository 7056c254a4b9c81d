"""What a change changed, in people's words."""

from typing import Any

import pytest

from server.domain.audit.describe import LABELS, Difference, differences, sentence
from server.domain.audit.events import EVENTS

TOKEN = {
    "name": "Robot",
    "description": "",
    "modules": ["MOD-1756", "MOD-2001"],
    "expires_at": None,
    "logo": None,
}


def test_only_fields_that_changed_are_told_with_their_labels() -> None:
    before = {"name": "Robot", "role": "viewer", "status": "active"}
    after = {"name": "Robot", "role": "administrator", "status": "disabled"}
    assert differences(before, after) == [
        Difference("Role", "Viewer", "Administrator"),
        Difference("Status", "Active", "Disabled"),
    ]
    assert differences(before, before) == []
    assert differences(None, None) == []


def test_a_new_object_has_nothing_before() -> None:
    assert differences(None, TOKEN) == [
        Difference("Name", "—", "Robot"),
        Difference("Modules", "—", "MOD-1756, MOD-2001"),
    ]


def test_a_list_says_what_was_added_and_removed() -> None:
    before = {"modules": ["MOD-1756", "MOD-2001"]}
    after = {"modules": ["MOD-2001", "MOD-2002", "MOD-2003"]}
    assert differences(before, after) == [
        Difference(
            "Modules",
            "MOD-1756, MOD-2001",
            "MOD-2001, MOD-2002, MOD-2003 (added MOD-2002, MOD-2003, removed MOD-1756)",
        )
    ]
    assert differences(before, {"modules": []}) == [
        Difference("Modules", "MOD-1756, MOD-2001", "— (removed MOD-1756, MOD-2001)")
    ]


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("expires_at", "2030-03-14T10:26:00+01:00", "14 Mar 2030 09:26 UTC"),
        ("old_secret_accepted_until", "2030-03-14T09:26:53+00:00", "14 Mar 2030 09:26 UTC"),
        ("expires_at", "no moment", "no moment"),
        ("reveal", "once", "Once"),
        ("type", "vendor", "Vendor"),
        ("grace", "24h", "For 24 hours"),
        ("grace", "later", "later"),
        ("logo", "0123456789abcdef.png", "Picture 01234567"),
        ("description", "", "—"),
        ("module", "MOD-1756", "MOD-1756"),
        ("unheard_of", 7, "7"),
        ("unheard_of", False, "False"),
    ],
)
def test_values_are_said_in_words(key: str, value: Any, text: str) -> None:
    label = LABELS.get(key, "Unheard of")
    expected = [] if text == "—" else [Difference(label, "—", text)]
    assert differences({}, {key: value}) == expected
    shown = differences({key: "x"}, {key: value})
    assert [(each.label, each.after) for each in shown] == [(label, text)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(None, "active", "Set"), ("active", None, "Cleared"), ("active", "disabled", "Changed")],
)
def test_a_word_says_what_happened_to_a_field(
    before: str | None, after: str | None, kind: str
) -> None:
    [found] = differences({"status": before}, {"status": after})
    assert found.kind == kind


@pytest.mark.parametrize(
    ("event", "before", "after", "said"),
    [
        ("token.created", None, TOKEN, "created: modules MOD-1756, MOD-2001."),
        (
            "token.updated",
            {"name": "Old"},
            {"name": "Robot"},
            "changed: name from “Old” to “Robot”.",
        ),
        (
            "token.updated",
            {"modules": ["MOD-1756"], "expires_at": None},
            {"modules": ["MOD-2001"], "expires_at": "2030-03-14T09:26:53+00:00"},
            "changed: modules added MOD-2001, removed MOD-1756; expiry 14 Mar 2030 09:26 UTC.",
        ),
        (
            "token.updated",
            {"logo": "ab.png"},
            {"logo": None},
            "changed: logo Picture ab.png removed.",
        ),
        (
            "token.disabled",
            {"status": "active"},
            {"status": "disabled"},
            "disabled: status from Active to Disabled.",
        ),
        ("token.deleted", None, None, "deleted."),
    ],
)
def test_a_sentence_for_a_token(
    event: str, before: dict[str, Any] | None, after: dict[str, Any] | None, said: str
) -> None:
    assert sentence(event, "Robot", before, after) == f"The API token Robot was {said}"


def test_sentences_for_people_and_unknown_events() -> None:
    assert sentence("user.signed_in", "Ada", None, None) == "Ada signed in."
    assert sentence("user.sign_in_failed", "", None, None) == "A sign-in as nobody known failed."
    role = {"role": "viewer"}, {"role": "administrator"}
    said = "The role of Ada was changed: role from Viewer to Administrator."
    assert sentence("user.role_changed", "Ada", *role) == said
    joined = sentence("user.joined", "Ada", None, {"email": "ada@client.example"})
    assert joined == "The user Ada was added to the account: E-mail ada@client.example."
    assert sentence("robot.painted", "Ada", None, {"colour": "red"}) == "robot.painted: colour red."


def test_a_name_that_looks_like_a_placeholder_is_only_a_name() -> None:
    assert sentence("user.signed_in", "{0.__class__}", None, None) == "{0.__class__} signed in."


def test_long_values_are_cut_in_sentences_and_whole_in_the_table() -> None:
    words = "word " * 400
    change: tuple[dict[str, Any], dict[str, Any]] = ({"description": "a"}, {"description": words})
    said = sentence("token.updated", "Robot", *change)
    assert len(said) < 220
    assert said.endswith("…”.")
    assert differences(*change) == [Difference("Description", "a", words)]


def test_every_event_has_a_sentence_of_its_own() -> None:
    said = {event: sentence(event, "Robot", None, None) for event in EVENTS}
    assert [event for event, text in said.items() if "Robot" not in text] == []
    assert len(set(said.values())) == len(EVENTS)
