"""Texts that cost the most, where they are sent to, and as much of them as fits."""

from typing import Final
from urllib.parse import quote_plus

LARGEST_HEAD: Final = 60 * 1024
"""Bytes of a text in a head; a server takes 64 KiB of the whole."""
TEXTS: Final = {
    "marks": "a" + "\u0301\u0323" * 300_000,
    "blanks": " " * 1_048_576,
    "commas": "," * 1_048_576,
    "places": "{{" * 524_288,
    "values": ("idt:TKN-1234-5678:" + "a" * 64 + " ") * 12_000,
}
READ: Final = (
    *("/settings/api-tokens", "/sign-in", "/nothing", "/graphql", "/verify", "/metrics"),
    *("/public/v1/accounts/api-tokens", "/static/css/base.css", "/settings/audit-trail"),
)
WRITTEN: Final = (
    *("/graphql", "/sign-in", "/settings/api-tokens/search", "/oauth/introspect"),
    *("/public/v1/accounts/accounts", "/public/v1/accounts/api-tokens"),
)
IN_HEADS: Final = {
    **TEXTS,
    "backslashes": '"' + "\\" * 100_000 + '"',
    "semicolons": "a" + ';"' * 100_000,
    "ranges": "*/*;q=0.1," * 10_000,
    "no address": "http://[",
}


def fitting(text: str, size: int) -> str:
    """As much of a text as takes so many bytes."""
    return text.encode()[:size].decode("utf-8", "ignore")


def escaped(text: str, size: int) -> str:
    """As much of a text as takes so many bytes once it is escaped."""
    unit = quote_plus(text[:64])
    return (quote_plus(text[: size // max(1, len(unit) // 64)]))[:size].rsplit("%", 1)[0]
