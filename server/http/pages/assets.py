"""Style sheets and scripts, joined into one file each and compressed, and other static files."""

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
"""Files in static/css, joined into app.css in this order."""

SCRIPTS: Final = ("app", "failures", "wizard", "secret", "grid", "changes", "comfort")
"""Files in static/js, joined into app.js in this order, after htmx."""

_TEXTS: Final = frozenset({".css", ".js", ".svg"})
_MARKED: Final = re.compile(r'\b_\(\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Asset:
    """A static text file, and the media type that it is sent with."""

    content: bytes
    media_type: str

    @cached_property
    def version(self) -> str:
        """Hash of the content: 12 hexadecimal digits that change with it."""
        return hashlib.sha256(self.content).hexdigest()[:12]

    @cached_property
    def compressed(self) -> bytes:
        """The content as gzip."""
        return gzip.compress(self.content, mtime=0)


@cache
def find(path: str) -> Asset | None:
    """Return the text file at a path below /static; None for other files and unknown paths.

    The result is cached: changes of a file take effect after a restart.
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
    """Return a static file's URL with its version, so that browsers may cache it forever."""
    found = find(path) or Asset((STATIC / path).read_bytes(), "")
    return f"/static/{path}?v={found.version}"


def script_source() -> bytes:
    """Return all our scripts joined, inside one function scope."""
    return b"(() => {\n" + _joined("js", SCRIPTS, ".js") + b"})();\n"


def minified_script() -> Path:
    """Return the path of the minified build of exactly this source; `make` creates it."""
    version = Asset(script_source(), "").version
    return STATIC / "vendor" / f"own-{version}.min.js"


def script_texts() -> str:
    """Return the scripts' translated texts by their English ones, as JSON; "" in English."""
    return "" if language() == ENGLISH else _translated(language())


def marked_texts() -> frozenset[str]:
    """Return the texts in our scripts: the first argument of each `_("…")`."""
    return frozenset(json.loads(each) for each in _MARKED.findall(script_source().decode()))


@cache
def _translated(language: str) -> str:
    texts = sorted(marked_texts())
    return json.dumps({text: gettext(text) for text in texts}, ensure_ascii=False)


def _scripts() -> bytes:
    # Without a current build, serve the scripts unminified: the same code, only more bytes.
    made = minified_script()
    return made.read_bytes() if made.is_file() else script_source()


def _joined(folder: str, names: tuple[str, ...], kind: str) -> bytes:
    return b"\n".join((STATIC / folder / (name + kind)).read_bytes() for name in names)


@cache
def _files() -> frozenset[str]:
    files = (file for file in STATIC.rglob("*") if file.suffix in _TEXTS)
    return frozenset(file.relative_to(STATIC).as_posix() for file in files)
