"""Templates, what every template may use, and answers that htmx understands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.web.language import gettext, ngettext

ROOT: Final = Path(__file__).parents[2]
STATIC: Final = ROOT / "static"

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none';"
    " require-trusted-types-for 'script'; trusted-types htmx"
)


@dataclass(frozen=True)
class Htmx:
    """What htmx 4 says about itself in a request's headers."""

    partial: bool
    restores_history: bool
    target: str

    @classmethod
    def of(cls, request: Request) -> "Htmx":
        """Read the headers; a browser without htmx sends none."""
        headers = request.headers
        return cls(
            partial=headers.get("hx-request-type") == "partial",
            restores_history=headers.get("hx-history-restore-request") == "true",
            target=headers.get("hx-target", "").rpartition("#")[2],
        )


def html(
    name: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    policy: str = PAGE_POLICY,
) -> HTMLResponse:
    """A rendered template. Never cached: pages hold secrets, and htmx shares their URLs."""
    answer = HTMLResponse(_environment().get_template(name).render(context), status)
    answer.headers.update(
        {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Vary": "HX-Request, HX-Request-Type",
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
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["asset"] = asset
    environment.filters.update({"date": _date, "time": _time, "iso": _iso})
    return environment


@cache
def asset(path: str) -> str:
    """A static file's URL, which changes with its content, so that it may be cached for long."""
    content = (STATIC / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"


def _date(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
