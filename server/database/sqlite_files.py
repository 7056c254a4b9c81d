"""The embedded database's file: where it is, whether it can be written, how to open it."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

MEMORY: Final = ":memory:"


def sqlite_file(database_url: str) -> Path | None:
    """Return the file of a `sqlite://` URL, taken literally, so that any folder name works."""
    scheme, _, path = database_url.partition("://")
    return Path(path) if scheme == "sqlite" else None


def is_writable(file: Path) -> bool:
    """Return whether SQLite can write the file, which needs a log beside it."""
    folder = file.resolve().parent
    return os.access(folder, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def reading_uri(file: Path) -> str:
    """Return the URI that opens the file for reading only.

    If nothing can be written and no log is left, SQLite cannot create its side files; the URI then
    says that the file is immutable.
    """
    place = file.resolve()
    log = place.with_name(f"{place.name}-wal")
    settled = not is_writable(file) and not (log.exists() and log.stat().st_size)
    return f"file:{quote(str(place))}?mode=ro" + ("&immutable=1" if settled else "")
