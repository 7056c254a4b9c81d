"""The template environment, its filters, and HTML responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from server.http.gzip import SMALLEST, accepts_gzip, compress
from server.http.pages.assets import ROOT, asset, script_texts
from server.http.pages.i18n import (
    PageLanguage,
    current_language,
    language,
    template_gettext,
    template_ngettext,
    translate,
)

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none';"
    " require-trusted-types-for 'script'; trusted-types htmx"
)


@dataclass(frozen=True)
class Htmx:
    """What htmx 4 reports in a request's headers."""

    partial: bool
    restores_history: bool
    target: str

    @classmethod
    def of(cls, request: Request) -> "Htmx":
        """Read the headers; without htmx, all flags are false and the target is empty."""
        headers = request.headers
        return cls(
            partial=headers.get("hx-request-type") == "partial",
            restores_history=headers.get("hx-history-restore-request") == "true",
            target=headers.get("hx-target", "").rpartition("#")[2],
        )


class Page(HTMLResponse):
    """HTML, compressed if the browser accepts gzip; secrets in it stay uncompressed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress the body if that is worth it, and send it."""
        accepted = Headers(scope=scope).get("accept-encoding", "")
        if len(self.body) >= SMALLEST and accepts_gzip(accepted):
            self.body = compress(bytes(self.body))
            self.headers["Content-Encoding"] = "gzip"
            self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def html(
    name: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    policy: str = PAGE_POLICY,
) -> Page:
    """Render a template. Never cached: pages hold secrets, and htmx partials share their URLs."""
    answer = Page(_environment().get_template(name).render(context), status)
    answer.headers.update(
        {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Vary": "HX-Request, HX-Request-Type, Accept-Language, Accept-Encoding",
            "Content-Language": language(),
            **(headers or {}),
        }
    )
    return answer


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        finalize=translate,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(
        {
            "_": template_gettext,
            "gettext": template_gettext,
            "ngettext": template_ngettext,
            "asset": asset,
            "language": language,
            "script_texts": script_texts,
        }
    )
    environment.filters.update({"date": _date, "time": _time, "iso": _iso, "moment": _moment})
    return environment


def _date(moment: datetime) -> str:
    return current_language().day(moment)


def _time(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.hour:02d}:{utc.minute:02d} UTC"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(moment: datetime) -> Markup:
    return _moment_in(current_language(), moment)


@lru_cache(maxsize=10_000)
def _moment_in(words: PageLanguage, moment: datetime) -> Markup:
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    exactly, day, time = utc.isoformat(timespec="seconds"), words.day(moment), _time(moment)
    return Markup(f'<time datetime="{exactly}Z">{day} <small>{time}</small></time>')  # noqa: S704
