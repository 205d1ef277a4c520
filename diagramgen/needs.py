"""The files that a page's blocks need: found in the docs folder, and known by their content."""

from __future__ import annotations

import difflib
import hashlib
import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from diagramgen.errors import OptionError
from diagramgen.program import NeededFile

if TYPE_CHECKING:
    from diagramgen.pages.read import Page


def find(page: Page, docs: Path) -> tuple[dict[str, NeededFile], list[OptionError]]:
    """The files that a page's blocks need, by path, and what is wrong with them.

    Args:
        page: The page; the errors bear its lines.
        docs: The folder from which the blocks name their files.
    """
    files: dict[str, NeededFile] = {}
    problems = []
    for block in page.blocks:
        for path in block.options.needs:
            source = (docs / path).resolve()
            try:
                files[path] = NeededFile(path, _sha256(source), str(source))
            except OSError as error:
                message, hint = _said(error, path, docs)
                problems.append(OptionError(message, line=block.line(), hint=hint))
    return files, problems


def digest(path: Path) -> str | None:
    """The digest of a file, as `NeededFile.sha256`; None if it can't be read."""
    try:
        return _sha256(path.resolve())
    except OSError:
        return None


def _sha256(path: Path) -> str:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise IsADirectoryError
    return _digest(path, about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=1024)
def _digest(path: Path, *_about: int) -> str:
    """The digest of a file, which is read again only when something about it has changed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _said(error: OSError, path: str, docs: Path) -> tuple[str, str]:
    """Why a file can't be had, and the cure."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"There is no file {path} in {docs.resolve().name}", _nearest(path, docs)
        case IsADirectoryError():
            return f"{path} is not a file", "Name the files in it, with commas between"
        case _:
            return f"{path} can't be read: {error.strerror}", "Make it readable"


def _nearest(path: str, docs: Path) -> str:
    there = [file.relative_to(docs).as_posix() for file in docs.rglob("*") if file.is_file()]
    nearest = difflib.get_close_matches(path, there, n=1)
    return f'Did you mean needs="{nearest[0]}"?' if nearest else "Put it there, or mend its name"
