"""The files that a block needs, put where it reads them."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from diagramgen.program import NeededFile


class FileChangedError(Exception):
    """A file isn't what it was when the page was read."""


class FileTooLargeError(Exception):
    """A session may have no file of this size."""


def supply(files: Iterable[NeededFile], folder: Path) -> None:
    """Copy files into a session's folder: what the page does to a copy changes no original.

    Raises:
        FileChangedError: A file has changed since its page was read, or is gone.
        FileTooLargeError: The session's limits leave no room for it.
    """
    for file in files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file.source, place)
        except FileNotFoundError:
            raise FileChangedError(f"{file.path} is gone since the page was read") from None
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            raise FileTooLargeError(f"{file.path} is too large") from None
        with place.open("rb") as copy:
            if hashlib.file_digest(copy, "sha256").hexdigest() != file.sha256:
                raise FileChangedError(f"{file.path} has changed since the page was read")
