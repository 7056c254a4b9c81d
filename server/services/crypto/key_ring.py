"""The key ring: digests and seals secrets, signs cursors, and witnesses audit records."""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.domain.tokens.secret import Secret

SHORTEST_KEY: Final = 32
SIGNATURE_BYTES: Final = 16
_KEY_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12


class _Key:
    """One key of the ring: a separate subkey for each use and a public id, derived by HKDF."""

    def __init__(self, text: str) -> None:
        material = text.encode()
        self.id = _derive(material, b"tokendesk key id", _KEY_ID_BYTES // 2).hex()
        self.digesting = _derive(material, b"tokendesk digest", 32)
        self.sealing = AESGCM(_derive(material, b"tokendesk seal", 32))
        self.signing = _derive(material, b"tokendesk sign", 32)
        self.witnessing = _derive(material, b"tokendesk witness", 32)


class KeyRing:
    """Makes everything with its first key; verifies and opens with every key."""

    def __init__(self, text: str) -> None:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts or any(len(part) < SHORTEST_KEY for part in parts):
            raise ValueError(
                f"every key in TOKENDESK_SECRET_KEYS needs at least {SHORTEST_KEY} characters"
            )
        self._keys = {key.id: key for key in map(_Key, parts)}
        self._first = next(iter(self._keys.values()))

    def digest(self, secret: Secret) -> tuple[str, str]:
        """Return the key id and the keyed digest (HMAC-SHA-256, hex) to store for a secret."""
        return self._first.id, _hmac(self._first.digesting, secret)

    def matches(self, secret: Secret, key_id: str, digest: str) -> bool:
        """Return whether the digest belongs to the secret, compared in constant time."""
        key = self._keys.get(key_id)
        return key is not None and hmac.compare_digest(_hmac(key.digesting, secret), digest)

    def seal(self, secret: Secret, bound_to: str) -> bytes:
        """Encrypt a secret (AES-256-GCM). It can only be opened with the same `bound_to`."""
        nonce = os.urandom(_NONCE_BYTES)
        text = secret.reveal().encode()
        sealed = self._first.sealing.encrypt(nonce, text, bound_to.encode())
        return self._first.id.encode() + nonce + sealed

    def open(self, sealed: bytes, bound_to: str) -> Secret | None:
        """Decrypt a sealed secret; None if its key has left the ring or it was tampered with."""
        key = self._keys.get(sealed[:_KEY_ID_BYTES].decode("ascii", "replace"))
        if key is None:
            return None
        nonce, text = sealed[_KEY_ID_BYTES:][:_NONCE_BYTES], sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            return Secret.parse(key.sealing.decrypt(nonce, text, bound_to.encode()).decode())
        except (InvalidTag, ValueError):
            return None

    def sign(self, purpose: str, content: bytes) -> bytes:
        """Return a signature that is valid for this purpose only: 16 bytes of HMAC-SHA-256."""
        return _signature(self._first.signing, purpose, content)

    def is_signed(self, purpose: str, content: bytes, signature: bytes) -> bool:
        """Return whether a key of the ring signed this content for this purpose (constant time)."""
        return any(
            hmac.compare_digest(_signature(key.signing, purpose, content), signature)
            for key in self._keys.values()
        )

    @property
    def first_id(self) -> str:
        """The public id of the key that signs and seals."""
        return self._first.id

    def witness(self, purpose: str, content: bytes) -> str:
        """Return the key id and an HMAC-SHA-256 (hex) that later prove this content."""
        return self._first.id + _witness(self._first, purpose, content)

    def is_witnessed(self, purpose: str, content: bytes, mark: str) -> bool | None:
        """Return whether the mark proves this content; None if its key has left the ring."""
        key = self._keys.get(mark[:_KEY_ID_BYTES])
        if key is None:
            return None if len(mark) > _KEY_ID_BYTES else False
        return hmac.compare_digest(
            _witness(key, purpose, content).encode(), mark[_KEY_ID_BYTES:].encode()
        )

    def __repr__(self) -> str:
        return f"<KeyRing of {', '.join(self._keys)}>"


def _derive(material: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(material)


def _signature(key: bytes, purpose: str, content: bytes) -> bytes:
    message = purpose.encode() + b"\0" + content
    return hmac.digest(key, message, "sha256")[:SIGNATURE_BYTES]


def _witness(key: _Key, purpose: str, content: bytes) -> str:
    return hmac.digest(key.witnessing, purpose.encode() + b"\0" + content, "sha256").hex()


def _hmac(key: bytes, secret: Secret) -> str:
    return hmac.digest(key, secret.reveal().encode(), "sha256").hex()
