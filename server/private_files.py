"""Files and folders that only the desk's user can read, whatever the umask."""

import os
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents, accessible to the owner only."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def open_private(path: str, flags: int) -> int:
    """Open a path, as an `opener` for `open`; new files are accessible to the owner only."""
    return os.open(path, flags, FILE_MODE)


def create_private(file: Path) -> None:
    """Create an empty file for the owner only. Raise `FileExistsError` if it exists."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
