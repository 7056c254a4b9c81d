"""The secret: its form, its checksum, and that it never shows itself."""

import copy
import io
import json
import logging
import pickle
import re
import traceback
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.tokens.secret import ALPHABET, Secret, checksum

TOKEN_ID = "TKN-1234-5678"


def test_form_is_prefix_58_random_characters_and_6_of_checksum() -> None:
    text = Secret.generate(TOKEN_ID).reveal()
    assert re.fullmatch(r"idt:TKN-1234-5678:[A-Za-z0-9]{64}", text)
    assert text[-6:] == checksum(text[:-6])


def test_checksum_is_pinned_for_scanners_outside() -> None:
    assert checksum("idt:TKN-1234-5678:" + "A" * 58) == "1D3xMt"


def test_generated_secrets_parse_and_differ() -> None:
    secrets = [Secret.generate(TOKEN_ID) for _ in range(500)]
    assert len({secret.reveal() for secret in secrets}) == 500
    assert all(Secret.parse(secret.reveal()) == secret for secret in secrets)
    assert {character for secret in secrets for character in secret.reveal()[18:-6]} == set(
        ALPHABET
    )


@pytest.mark.parametrize("token_id", ["", "TKN-1", "ACC-1234-5678", "TKN-1234-5678\n"])
def test_only_a_token_has_a_secret(token_id: str) -> None:
    with pytest.raises(ValueError, match="not a token id"):
        Secret.generate(token_id)


@given(
    position=st.integers(0, 81),
    replacement=st.characters(codec="utf-8"),
)
def test_every_single_changed_character_is_noticed(position: int, replacement: str) -> None:
    text = Secret.generate(TOKEN_ID).reveal()
    changed = text[:position] + replacement + text[position + 1 :]
    assert (Secret.parse(changed) is not None) == (changed == text)


def test_all_single_changes_within_the_alphabet_are_noticed() -> None:
    text = Secret.generate(TOKEN_ID).reveal()
    for position in range(18, 82):
        for character in ALPHABET.replace(text[position], ""):
            assert Secret.parse(text[:position] + character + text[position + 1 :]) is None


@given(st.integers(18, 80))
def test_neighbours_swapped_are_noticed(position: int) -> None:
    text = Secret.generate(TOKEN_ID).reveal()
    swapped = text[:position] + text[position + 1] + text[position] + text[position + 2 :]
    assert (Secret.parse(swapped) is not None) == (swapped == text)


@given(st.text())
def test_any_text_is_parsed_without_an_error(text: str) -> None:
    assert Secret.parse(text) is None
    assert Secret.parse("idt:TKN-1234-5678:" + text) is None


@pytest.mark.parametrize("around", ["{}\n", "\n{}", " {}", "{} ", "{}\x00", "Bearer {}"])
def test_nothing_may_stand_around_it(around: str) -> None:
    assert Secret.parse(around.format(Secret.generate(TOKEN_ID).reveal())) is None


@dataclass
class Holder:
    secret: Secret


def test_it_never_shows_itself() -> None:
    secret = Secret.generate(TOKEN_ID)
    value = secret.reveal()[18:]
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r} {secret!s} {secret!a}",
        "%s %r" % (secret, secret),  # noqa: UP031 - the old way must not show it either
        "{}".format(secret),  # noqa: UP032 - nor this one
        repr([secret]),
        repr({secret: secret}),
        repr(Holder(secret)),
    ]
    assert not any(value in text for text in shown)
    assert shown[0] == "<Secret of TKN-1234-5678>"


def test_logging_does_not_show_it() -> None:
    secret = Secret.generate(TOKEN_ID)
    stream = io.StringIO()
    log = logging.Logger("test")
    log.addHandler(logging.StreamHandler(stream))
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("minted %s %r", secret, Holder(secret))
        log.error(traceback.format_exc())
    assert "<Secret of TKN-1234-5678>" in stream.getvalue()
    assert secret.reveal()[18:] not in stream.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret.generate(TOKEN_ID), protocol)


def test_it_is_not_json_and_has_no_dict() -> None:
    secret = Secret.generate(TOKEN_ID)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        vars(secret)


def test_a_copy_is_the_same_secret() -> None:
    secret = Secret.generate(TOKEN_ID)
    assert copy.copy(secret) is secret
    assert copy.deepcopy(Holder(secret)).secret is secret


def test_equality_is_of_the_text() -> None:
    secret = Secret.generate(TOKEN_ID)
    same = Secret.parse(secret.reveal())
    assert secret == same
    assert hash(secret) == hash(same)
    assert secret != Secret.generate(TOKEN_ID)
    assert secret != secret.reveal()
