"""Folders and files for the desk alone, whatever the process's umask grants to others."""

import os
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def make_private_folder(folder: Path) -> None:
    """Create the folder, and those above it that are missing, for the owner alone."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def open_private(path: str, flags: int) -> int:
    """An `opener` for `open`: what it creates is for the owner alone."""
    return os.open(path, flags, FILE_MODE)


def create_private(file: Path) -> None:
    """Create an empty file for the owner alone; `FileExistsError` when there is one."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
