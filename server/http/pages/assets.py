"""Style sheets, scripts and pictures: joined where every page wants all of them, and compressed."""

import gzip
import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from server.http.pages.i18n import ENGLISH, gettext, language

ROOT: Final = Path(__file__).parents[3]
STATIC: Final = ROOT / "static"

SHEETS: Final = (
    "base",
    "pieces",
    "forms",
    "frame",
    "tokens",
    "lists",
    "usage",
    "grid",
    "menus",
    "dialogs",
    "records",
    "account",
    "wizard",
    "wizard-steps",
    "examples",
    "media",
    "cards",
    "print",
)
"""In static/css, joined into app.css in this order."""

SCRIPTS: Final = ("app", "failures", "wizard", "secret", "grid", "changes", "comfort")
"""In static/js, joined into app.js in this order, after htmx."""

_TEXTS: Final = frozenset({".css", ".js", ".svg"})
_MARKED: Final = re.compile(r'\b_\(\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Asset:
    """A static text and how it is sent."""

    content: bytes
    media_type: str

    @cached_property
    def version(self) -> str:
        """Changes with the content."""
        return hashlib.sha256(self.content).hexdigest()[:12]

    @cached_property
    def compressed(self) -> bytes:
        """The content as gzip."""
        return gzip.compress(self.content, mtime=0)


@cache
def find(path: str) -> Asset | None:
    """The text at a path below /static; None for pictures, and where there is none.

    Read once: a changed file is seen after a restart.
    """
    media_type = mimetypes.guess_type(path)[0] or "text/plain"
    if path == "app.css":
        return Asset(_joined("css", SHEETS, ".css"), media_type)
    if path == "app.js":
        htmx = (STATIC / "vendor" / "htmx.min.js").read_bytes()
        return Asset(htmx + b"\n" + _scripts(), media_type)
    if path in _files():
        return Asset((STATIC / path).read_bytes(), media_type)
    return None


@cache
def asset(path: str) -> str:
    """A static file's URL, which changes with its content, so that it may be cached for long."""
    found = find(path) or Asset((STATIC / path).read_bytes(), "")
    return f"/static/{path}?v={found.version}"


def script_source() -> bytes:
    """Our scripts as one, in a scope of its own."""
    return b"(() => {\n" + _joined("js", SCRIPTS, ".js") + b"})();\n"


def minified_script() -> Path:
    """Where `make` puts what it made of exactly this source."""
    version = Asset(script_source(), "").version
    return STATIC / "vendor" / f"own-{version}.min.js"


def script_texts() -> str:
    """What scripts say, as a JSON object from English to this request's language; "" in English."""
    return "" if language() == ENGLISH else _translated(language())


def marked_texts() -> frozenset[str]:
    """What our scripts say: the first argument of each `_("…")`."""
    return frozenset(json.loads(each) for each in _MARKED.findall(script_source().decode()))


@cache
def _translated(language: str) -> str:
    texts = sorted(marked_texts())
    return json.dumps({text: gettext(text) for text in texts}, ensure_ascii=False)


def _scripts() -> bytes:
    # Without a build, or after a change, the scripts as they are do the same with more bytes.
    made = minified_script()
    return made.read_bytes() if made.is_file() else script_source()


def _joined(folder: str, names: tuple[str, ...], kind: str) -> bytes:
    return b"\n".join((STATIC / folder / (name + kind)).read_bytes() for name in names)


@cache
def _files() -> frozenset[str]:
    files = (file for file in STATIC.rglob("*") if file.suffix in _TEXTS)
    return frozenset(file.relative_to(STATIC).as_posix() for file in files)
