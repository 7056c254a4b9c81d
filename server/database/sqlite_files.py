"""The embedded database as a file: where it is, whether it can be written, how it is opened."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

MEMORY: Final = ":memory:"


def sqlite_file(database_url: str) -> Path | None:
    """The file of a `sqlite://` URL: all that follows, so that any folder's name will do."""
    scheme, _, path = database_url.partition("://")
    return Path(path) if scheme == "sqlite" else None


def is_writable(file: Path) -> bool:
    """Whether SQLite can write here: beside its file it needs a log."""
    folder = file.resolve().parent
    return os.access(folder, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def reading_uri(file: Path) -> str:
    """The file opened for reading alone.

    Where nothing can be written and no log is left, SQLite cannot make its side files; it is
    told that the file does not change.
    """
    place = file.resolve()
    log = place.with_name(f"{place.name}-wal")
    settled = not is_writable(file) and not (log.exists() and log.stat().st_size)
    return f"file:{quote(str(place))}?mode=ro" + ("&immutable=1" if settled else "")
