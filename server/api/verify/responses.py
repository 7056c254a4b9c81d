"""The responses of `/verify` as bytes of HTTP/1.1, prepared as far as possible."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.types import Message

from server.domain.verification.verdict import Outcome, Verdict

INVALID_TEXT: Final = "The token is invalid."
_REPORTED: Final = {Outcome.DISABLED, Outcome.EXPIRED, Outcome.ROTATED}
_JSON: Final = (b"content-type", b"application/json")
_GUARDS: Final = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Prevent caching, and prevent browsers from guessing another type than JSON."""

_PLAIN: Final = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
"""Characters that need no percent-encoding."""

Header = tuple[bytes, bytes]


class Answer:
    """A response: the head (status line and headers) and the body, as they are sent."""

    __slots__ = ("body", "head")

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head: Final = head
        """Without the empty line that ends it."""
        self.body: Final = body

    @property
    def start(self) -> Message:
        """The head as an ASGI message."""
        first, *lines = self.head.split(b"\r\n")[:-1]
        return {
            "type": "http.response.start",
            "status": int(first.split(b" ")[1]),
            "headers": [(name, value) for name, _, value in (x.partition(b": ") for x in lines)],
        }


class ResponseTemplate:
    """The 200 response that all tokens of an account with the same modules share.

    It lacks only id, name and expiry, which each request fills in. It is kept small because the
    cache holds many.
    """

    __slots__ = ("_body", "_head")

    def __init__(self, account_id: str, account_type: str, module_ids: Collection[str]) -> None:
        modules = sorted(module_ids)
        shared = {"accountId": account_id, "accountType": account_type, "modules": modules}
        body = orjson.dumps(shared).removeprefix(b"{").removesuffix(b"}")
        self._body = (
            b'{"active":true,"tokenId":"%b","tokenName":%b,' + _plain(body) + b',"expiresAt":%b}'
        )
        named = (
            (b"x-account-id", account_id.encode()),
            (b"x-account-type", account_type.encode()),
            (b"x-token-modules", ",".join(modules).encode()),
        )
        self._head = (
            _status_line(200)
            + _lines(_JSON)
            + b"content-length: %d\r\nx-token-id: %b\r\nx-token-name: %b\r\n"
            + _plain(_lines(*named))
            + b"%b"
            + _lines(*_GUARDS)
        )

    def answer(
        self, token_id: str, name: str, expires_at: datetime | None, *more: Header
    ) -> Answer:
        """Return 200 with identity headers for one of the tokens; `more` are further headers."""
        sent, expiry, further = token_id.encode(), b"null", b""
        if expires_at is not None:
            moment = expires_at.isoformat().encode()
            expiry, further = b'"%b"' % moment, _lines((b"x-token-expires-at", moment))
        if more:
            further += _lines(*more)
        body = self._body % (sent, orjson.dumps(name), expiry)
        return Answer(self._head % (len(body), sent, in_header(name), further), body)


def in_header(text: str) -> bytes:
    """Percent-encode a text for a header: `%` and all bytes of UTF-8 that aren't printable ASCII.

    Otherwise a server that truncates characters to their low bytes would read U+010D U+010A as CR
    LF.
    """
    if text.isascii() and text.isprintable() and "%" not in text:
        return text.encode()
    return quote(text, safe=_PLAIN, errors="replace").encode()


@lru_cache(maxsize=10_000)
def response_template(
    account_id: str, account_type: str, module_ids: frozenset[str]
) -> ResponseTemplate:
    """Return the response template for tokens of this account with these modules, cached."""
    return ResponseTemplate(account_id, account_type, module_ids)


def from_verdict(verdict: Verdict, *more: Header) -> Answer:
    """Return the response to a verdict: 200 with identity headers, 401 or 403."""
    grant = verdict.grant
    if verdict.valid and grant is not None:
        way = response_template(grant.account_id, grant.account_type, grant.module_ids)
        return way.answer(grant.token_id, grant.token_name, grant.expires_at, *more)
    if verdict.outcome is Outcome.INSUFFICIENT_SCOPE:
        return _insufficient(verdict, more)
    return invalid(verdict.reason if verdict.outcome in _REPORTED else INVALID_TEXT, more)


def invalid(description: str, more: Iterable[Header] = ()) -> Answer:
    """Return 401 for an invalid token (RFC 6750, section 3.1)."""
    value = f'Bearer error="invalid_token", error_description="{description}"'
    return _challenge(value, description, more)


def failure(status: int, description: str, *headers: Header) -> Answer:
    """Return an error response that is no verdict: the request or the storage is at fault."""
    return _answer(status, {"active": False, "error": description}, headers)


def _insufficient(verdict: Verdict, more: Iterable[Header]) -> Answer:
    missing, reason = verdict.missing_modules, verdict.reason
    challenge = (
        f'Bearer error="insufficient_scope", scope="{" ".join(missing)}", '
        f'error_description="{reason}"'
    )
    content = {"active": False, "error": reason, "missing": list(missing)}
    return _answer(403, content, [(b"www-authenticate", challenge.encode()), *more])


def _challenge(value: str, description: str, more: Iterable[Header] = ()) -> Answer:
    content = {"active": False, "error": description}
    return _answer(401, content, [(b"www-authenticate", value.encode()), *more])


def _answer(status: int, content: dict[str, Any], headers: Iterable[Header]) -> Answer:
    body = orjson.dumps(content)
    length = (b"content-length", str(len(body)).encode())
    return Answer(_status_line(status) + _lines(_JSON, length, *headers, *_GUARDS), body)


def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


def _lines(*headers: Header) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def _plain(text: bytes) -> bytes:
    """Escape a text for use in a `%` pattern."""
    return text.replace(b"%", b"%%")


INVALID: Final = invalid(INVALID_TEXT)
NOTHING_SENT: Final = _challenge("Bearer", "No token was sent.")
MALFORMED_MODULE: Final = failure(400, "?module= takes ids such as MOD-1234.")
UNKNOWN_PARAMETER: Final = failure(
    400, "The one parameter is module; path begins what a gateway appends."
)
AWAY: Final = failure(503, "Tokendesk cannot reach its storage right now.", (b"retry-after", b"1"))
FAILED: Final = failure(500, "Tokendesk failed to answer. What happened is in its log.")
FROM_MEMORY: Final = (b"x-tokendesk-outage", b"answered from memory")
