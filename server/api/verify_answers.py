"""What `/verify` answers: each answer prepared as the bytes of HTTP/1.1, to be sent as they are."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.types import Message

from server.domain.verdict import Grant, Outcome, Verdict

INVALID_TEXT: Final = "The token is invalid."
_TOLD: Final = {Outcome.DISABLED, Outcome.EXPIRED, Outcome.ROTATED}
_JSON: Final = (b"content-type", b"application/json")
_GUARDS: Final = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Never stored, and never taken for anything but JSON."""

Header = tuple[bytes, bytes]


class Answer:
    """A status line with headers, and a JSON body: lean, as a memory keeps many of them."""

    __slots__ = ("_start", "body", "head")

    def __init__(self, status: int, content: dict[str, Any], headers: Iterable[Header]) -> None:
        self.body: Final = orjson.dumps(content)
        length = (b"content-length", str(len(self.body)).encode())
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(),
            *(name + b": " + value for name, value in (_JSON, length, *headers, *_GUARDS)),
        ]
        self.head: Final = b"\r\n".join(lines) + b"\r\n"
        """Status line and headers; the empty line is not among them."""
        self._start: Message | None = None

    @property
    def start(self) -> Message:
        """The head as ASGI's message."""
        if self._start is None:
            first, *lines = self.head.split(b"\r\n")[:-1]
            self._start = {
                "type": "http.response.start",
                "status": int(first.split(b" ")[1]),
                "headers": [
                    (name, value) for name, _, value in (x.partition(b": ") for x in lines)
                ],
            }
        return self._start


def from_verdict(verdict: Verdict, *more: Header) -> Answer:
    """200 with identity headers, 401 or 403; `more` are further headers."""
    grant = verdict.grant
    if verdict.valid and grant is not None:
        return _valid(grant, more)
    if verdict.outcome is Outcome.INSUFFICIENT_SCOPE:
        return _insufficient(verdict, more)
    return invalid(verdict.reason if verdict.outcome in _TOLD else INVALID_TEXT, more)


def invalid(description: str, more: Iterable[Header] = ()) -> Answer:
    """401 for a token that was sent (RFC 6750, section 3.1)."""
    value = f'Bearer error="invalid_token", error_description="{description}"'
    return _challenge(value, description, more)


def failure(status: int, description: str, *headers: Header) -> Answer:
    """Neither passed nor refused: the request, or the storage, is at fault."""
    return Answer(status, {"active": False, "error": description}, headers)


def _valid(grant: Grant, more: Iterable[Header]) -> Answer:
    modules = sorted(grant.module_ids)
    expires_at = grant.expires_at.isoformat() if grant.expires_at else None
    content = {
        "active": True,
        "tokenId": grant.token_id,
        "tokenName": grant.token_name,
        "accountId": grant.account_id,
        "accountType": grant.account_type,
        "modules": modules,
        "expiresAt": expires_at,
    }
    headers = [
        (b"x-token-id", grant.token_id.encode()),
        # Header values are bytes: names go as UTF-8, as gateways pass them on unchanged.
        (b"x-token-name", grant.token_name.encode()),
        (b"x-account-id", grant.account_id.encode()),
        (b"x-account-type", grant.account_type.encode()),
        (b"x-token-modules", ",".join(modules).encode()),
    ]
    if expires_at is not None:
        headers.append((b"x-token-expires-at", expires_at.encode()))
    return Answer(200, content, [*headers, *more])


def _insufficient(verdict: Verdict, more: Iterable[Header]) -> Answer:
    missing, reason = verdict.missing_modules, verdict.reason
    challenge = (
        f'Bearer error="insufficient_scope", scope="{" ".join(missing)}", '
        f'error_description="{reason}"'
    )
    content = {"active": False, "error": reason, "missing": list(missing)}
    return Answer(403, content, [(b"www-authenticate", challenge.encode()), *more])


def _challenge(value: str, description: str, more: Iterable[Header] = ()) -> Answer:
    content = {"active": False, "error": description}
    return Answer(401, content, [(b"www-authenticate", value.encode()), *more])


INVALID: Final = invalid(INVALID_TEXT)
NOTHING_SENT: Final = _challenge("Bearer", "No token was sent.")
MALFORMED_MODULE: Final = failure(400, "?module= takes ids such as MOD-1234.")
AWAY: Final = failure(503, "Tokendesk cannot reach its storage right now.", (b"retry-after", b"1"))
FAILED: Final = failure(500, "Tokendesk failed to answer. What happened is in its log.")
FROM_MEMORY: Final = (b"x-tokendesk-outage", b"answered from memory")
