"""What reads foreign text takes a time that grows with its length, not with a power of it."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import thread_time
from types import ModuleType
from typing import Any, Final

import pytest
from prometheus_client.exposition import choose_encoder
from starlette.datastructures import QueryParams
from starlette.requests import Request

import schema
import server
from schema.http.negotiation import BODIES, negotiate
from schema.http.request import _decode
from server.api.marketplace.query_string import parse_list_query
from server.api.marketplace.wire.serializers import _filled
from server.api.verify.endpoint import _modules
from server.api.verify.responses import in_header
from server.domain.errors import FieldErrors
from server.domain.filters import describe
from server.domain.text.patterns import fold_case, parse_pattern
from server.domain.text.validation import (
    NAME,
    compose,
    is_stream_safe,
    name_key,
    normalize_search,
    validate_description,
    validate_name,
)
from server.domain.tokens.expiry import parse_expiry
from server.http.accept import read_ranges
from server.http.addresses import read_address, safe_path
from server.http.bearer import bearer
from server.http.cookies import cookie_value
from server.http.forms import _fields
from server.http.gzip import accepts_gzip, compress
from server.http.media_type import _read, read_media_type
from server.http.pages.accepted_language import quality
from server.services.people.users import email_key, validate_email_address
from server.services.search.token_list import search_words
from server.web.audit.list_state import AuditListState
from server.web.tokens.list_state import TokenListState
from tests.guarantees.records import RECORD

SIZE: Final = 64 * 1024
WIDEST: Final = 3.0
"""Twice the text may take three times as long; where time grows with the square it takes four."""
UNNOTICED: Final = 0.004
"""Seconds of CPU in which nothing can be told from a busy machine's moods."""

ENDINGS: Final = ("", "\x01", "'", "}")
UNITS: Final = (
    *(
        " ",
        "a",
        "0",
        "A",
        "é",
        "\u0301\u0323",
        "\u0344",
        ",",
        ";",
        "=",
        "&",
        "a&",
        "a=",
        "%",
        "%CC%81",
    ),
    *("{{", "{{ ", "{{a", "}}", "{", "'", '"', "\\", '\\"', '";', ';"', ';a="', "a;", "a,", "*/*,"),
    *(
        "a;q=0,",
        ";q=1",
        ", ;",
        "(",
        ")",
        "()",
        "in(a,(",
        "not(",
        "a.",
        "-",
        ".",
        "/",
        "//",
        "[",
        "]",
    ),
    *(
        ":",
        "@",
        "a@",
        "http://[",
        "idt:",
        "TKN-0000-0000:",
        "idt:TKN-1234-5678:",
        "\n",
        "\r\n",
        "\t",
    ),
    *(
        "module=MOD-1234&",
        "path=&",
        "+",
        "bearer ",
        "|",
        "and(a,",
        "a-",
        "de-",
        "*",
        '{"a":',
        "[1,",
    ),
    "idt:TKN-1234-5678:" + "a" * 64,
)


def request_with(name: str, value: str) -> Request:
    return Request({"type": "http", "headers": [(name.encode(), value.encode("utf-8", "replace"))]})


def _complaining(clean: Callable[..., object], **more: object) -> Callable[[str], object]:
    return lambda text: clean(text, FieldErrors(), **more)


READERS: Final[dict[str, Callable[[str], object]]] = {
    "a name": _complaining(validate_name, field="name", noun=NAME),
    "a description": _complaining(validate_description),
    "a search": normalize_search,
    "a search with a pasted value": search_words,
    "a name's key": name_key,
    "a text in a comparison": compose,
    "marks in a row": is_stream_safe,
    "an e-mail address": _complaining(validate_email_address),
    "an e-mail's key": email_key,
    "an expiry": _complaining(parse_expiry),
    "ranges": read_ranges,
    "Accept": lambda text: negotiate.__wrapped__(text, BODIES),
    "Accept of metrics": choose_encoder,
    "Accept-Language": lambda text: quality(text, "de"),
    "Accept-Encoding": accepts_gzip,
    "Content-Type": read_media_type,
    "Content-Type, however long": _read.__wrapped__,
    "Cookie": lambda text: cookie_value(request_with("cookie", text), "tokendesk"),
    "our Cookie": lambda text: cookie_value(
        request_with("cookie", f'tokendesk="{text}"'), "tokendesk"
    ),
    "an address": read_address,
    "a path": lambda text: safe_path(text, ""),
    "Host": lambda text: (
        Request(
            {"type": "http", "path": "/", "headers": [(b"host", text.encode())], "server": None}
        ).url.path
    ),
    "Authorization": lambda text: bearer([text]),
    "Authorization, a bearer": lambda text: bearer([f"Bearer {text}"]),
    "modules": lambda text: _modules(text.encode()),
    "a header that is answered": in_header,
    "a query of the REST face": lambda text: parse_list_query(text.encode()),
    "a piece in an error": describe,
    "a pattern": parse_pattern,
    "a text without case": fold_case,
    "places in a record": lambda text: _filled(text, RECORD),
    "a form": lambda text: _fields(text.encode(), 2_000),
    "the grid's query": lambda text: TokenListState.of_query(text),
    "the trail's query": lambda text: AuditListState.of_query(text),
    "the grid's search": lambda text: TokenListState.read(QueryParams({"search": text})),
    "JSON": lambda text: _decode(text, "The body"),
    "a page": lambda text: compress(text.encode()),
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """CPU of this thread, the least of a few attempts."""
    spent = []
    for _ in range(3):
        begun = thread_time()
        try:
            read(text)
        except Exception:  # what is wrong may be said to be so
            pass
        spent.append(thread_time() - begun)
        if spent[-1] < UNNOTICED:
            break
    return min(spent)


def growth(read: Callable[[str], object], unit: str, before: str = "", after: str = "") -> str:
    """What is wrong with the time for a text of so many units; empty where nothing is.

    Measured again where it is steep: a busy machine's mood is no law.
    """
    for _ in range(3):
        few, more, most = times = [
            seconds(read, before + unit * (size // len(unit.encode())) + after)
            for size in (SIZE // 4, SIZE // 2, SIZE)
        ]
        if more <= max(few * WIDEST, UNNOTICED) or most <= more * WIDEST:
            return ""
    return f"{before!r} + {unit!r}… + {after!r}: {times}"


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_twice_the_time_for_twice_the_text(name: str) -> None:
    found = [growth(READERS[name], unit, before) for unit in UNITS for before in ("", "a")]
    assert [each for each in found if each] == []


def modules() -> Iterator[ModuleType]:
    for package in (server, schema):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def expressions() -> Iterator[tuple[str, re.Pattern[Any], set[str]]]:
    """Every regular expression of a module, with the ways in which the module uses it."""
    for module in modules():
        assert module.__file__ is not None
        source = Path(module.__file__).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            patterns = value.values() if isinstance(value, dict) else [value]
            for pattern in patterns:
                if isinstance(pattern, re.Pattern) and f"{name}: Final" in source:
                    called = set(re.findall(rf"\b{name}(?:\[\w+\])?\.(\w+)\(", source))
                    yield f"{module.__name__}.{name}", pattern, called & USES.keys()


USES: Final[dict[str, Callable[[Any, Any], object]]] = {
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "match": lambda pattern, text: pattern.match(text),
    "search": lambda pattern, text: pattern.search(text),
    "sub": lambda pattern, text: pattern.sub("", text),
    "findall": lambda pattern, text: pattern.findall(text),
    "finditer": lambda pattern, text: sum(1 for _ in pattern.finditer(text)),
    "split": lambda pattern, text: pattern.split(text),
}
EXPRESSIONS: Final = list(expressions())


def literals(pattern: re.Pattern[Any]) -> list[str]:
    """The plain texts that an expression is made of."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    plain = re.sub(
        r"\[[^\]]*\]|\\[swdSWDb]|[*+?]\+?|\{\d*,?\d*\}|\(\?(?:P?<?[\w=!]+>?|:)", "\0", source
    )
    pieces = re.split(r"[\0|()^$]", re.sub(r"\\([(){}.\[\]|])", lambda m: f"\1{m[1]}", plain))
    return [each.replace("\1", "") for each in pieces if each.strip("\0\1")]


def _used(pattern: re.Pattern[Any], use: str, text: str) -> object:
    return USES[use](pattern, text if isinstance(pattern.pattern, str) else text.encode())


@pytest.mark.parametrize(
    ("pattern", "called"), [each[1:] for each in EXPRESSIONS], ids=[each[0] for each in EXPRESSIONS]
)
def test_an_expression_takes_twice_the_time_for_twice_the_text(
    pattern: re.Pattern[Any], called: set[str]
) -> None:
    known = literals(pattern)
    begun = {"", *known, *("".join(known[: number + 1]) for number in range(len(known)))}
    found = [
        growth(partial(_used, pattern, use), unit, before, "\x01")
        for use in called or {"fullmatch"}
        for before in begun
        for unit in dict.fromkeys([" ", "a", "0", "-", *known, *UNITS[:12]])
    ]
    assert [each for each in found if each] == []
