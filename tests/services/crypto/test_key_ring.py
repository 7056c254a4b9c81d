"""The key ring: what it digests and seals, and what a rotation does to it."""

import pytest

from server.domain.tokens.secret import Secret
from server.services.crypto.key_ring import KeyRing

OLD, NEW = "old-" * 10, "new-" * 10
SECRET = Secret.generate("TKN-1234-5678")


def test_a_digest_is_keyed_and_tells_right_from_wrong() -> None:
    ring = KeyRing(OLD)
    key_id, digest = ring.digest(SECRET)
    assert (len(key_id), len(digest)) == (8, 64)
    assert ring.digest(SECRET) == (key_id, digest)
    assert ring.matches(SECRET, key_id, digest)
    assert not ring.matches(Secret.generate("TKN-1234-5678"), key_id, digest)
    assert not ring.matches(SECRET, key_id, digest[:-1])
    assert not ring.matches(SECRET, key_id, "")
    assert KeyRing(NEW).digest(SECRET)[1] != digest


def test_a_seal_opens_only_for_what_it_is_bound_to() -> None:
    ring = KeyRing(OLD)
    sealed = ring.seal(SECRET, "TKN-1234-5678")
    assert ring.open(sealed, "TKN-1234-5678") == SECRET
    for other in ("TKN-1234-5679", "", "TKN-1234-5678 "):
        assert ring.open(sealed, other) is None


def test_two_seals_of_one_secret_differ_and_hide_it() -> None:
    ring = KeyRing(OLD)
    seals = {ring.seal(SECRET, "x") for _ in range(100)}
    assert len(seals) == 100
    assert not any(SECRET.reveal().encode()[18:34] in sealed for sealed in seals)


def test_any_tampering_is_noticed() -> None:
    ring = KeyRing(OLD)
    sealed = ring.seal(SECRET, "x")
    for place in range(len(sealed)):
        for bit in (0x01, 0x80):
            changed = sealed[:place] + bytes([sealed[place] ^ bit]) + sealed[place + 1 :]
            assert ring.open(changed, "x") is None
    for length in range(len(sealed)):
        assert ring.open(sealed[:length], "x") is None
    assert ring.open(sealed + b"\0", "x") is None
    assert ring.open(b"\xff" * 8 + sealed[8:], "x") is None


def test_a_signature_is_of_one_content_for_one_purpose() -> None:
    ring = KeyRing(OLD)
    signature = ring.sign("cursor", b"content")
    assert len(signature) == 16
    assert ring.is_signed("cursor", b"content", signature)
    for purpose, content in (
        ("cursor", b"contents"),
        ("curso", b"rcontent"),
        ("other", b"content"),
    ):
        assert not ring.is_signed(purpose, content, signature)
    for changed in (b"", signature[:-1], signature + b"\0", bytes(16)):
        assert not ring.is_signed("cursor", b"content", changed)


def test_after_a_rotation_signatures_are_known_until_their_key_leaves() -> None:
    signature = KeyRing(OLD).sign("cursor", b"content")
    both = KeyRing(f"{NEW},{OLD}")
    assert both.is_signed("cursor", b"content", signature)
    assert both.sign("cursor", b"content") == KeyRing(NEW).sign("cursor", b"content") != signature
    assert not KeyRing(NEW).is_signed("cursor", b"content", signature)


def test_after_a_rotation_the_old_key_verifies_and_opens_and_the_new_one_signs() -> None:
    old = KeyRing(OLD)
    key_id, digest = old.digest(SECRET)
    sealed = old.seal(SECRET, "x")
    both = KeyRing(f" {NEW} , {OLD} ,")
    assert both.matches(SECRET, key_id, digest)
    assert both.open(sealed, "x") == SECRET
    assert both.digest(SECRET) == KeyRing(NEW).digest(SECRET)
    assert KeyRing(NEW).open(both.seal(SECRET, "x"), "x") == SECRET


def test_a_key_that_left_the_ring_neither_verifies_nor_opens() -> None:
    old, new = KeyRing(OLD), KeyRing(NEW)
    key_id, digest = old.digest(SECRET)
    assert not new.matches(SECRET, key_id, digest)
    assert not new.matches(SECRET, new.digest(SECRET)[0], digest)
    assert new.open(old.seal(SECRET, "x"), "x") is None


@pytest.mark.parametrize("text", ["", " , ", "short", "x" * 31, f"{OLD},short"])
def test_a_short_key_is_refused_by_the_name_of_its_setting(text: str) -> None:
    with pytest.raises(ValueError, match="TOKENDESK_SECRET_KEYS needs at least 32 characters"):
        KeyRing(text)


def test_it_shows_no_key() -> None:
    shown = repr(KeyRing(f"{OLD},{NEW}"))
    assert OLD not in shown
    assert NEW not in shown
