"""What is remembered between builds: a folder with one file for each entry."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from diagramgen.errors import EnvironmentProblem
from diagramgen.recording import versions

UNUSED_DAYS = 30
"""How long an entry is kept that no build asks for."""

_PACKAGE = Path(__file__).parent.parent
_OURS = re.compile(r"[0-9a-f]{64}\.[a-z]+\.json|diagramgen-\w+\.tmp")

Entry = TypeVar("Entry", bound=msgspec.Struct)


def key_versions() -> dict[str, str]:
    """What decides a program's outcome beside the program: see `Program.key`.

    Raises:
        EnvironmentProblem: Keras, its backend or NumPy is not installed.
    """
    digest = sources_digest("trace.py", "execution", "recording")
    return {**versions(), **_plots_version(), "diagramgen": digest}


def sources_digest(*names: str) -> str:
    """A digest of some of this package's files, and of all Python files in some of its folders."""
    digest = hashlib.sha256()
    for name in names:
        path = _PACKAGE / name
        for source in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _plots_version() -> dict[str, str]:
    """The version of matplotlib, where a page can import one: another draws other pictures."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return {"matplotlib": metadata.version("matplotlib")}
    return {}


class Cache(Generic[Entry]):
    """One kind of entries in a folder, which anybody may empty at any time.

    Attributes:
        problem: Why an entry could not be kept, once that has happened.
    """

    def __init__(self, folder: Path, kind: type[Entry]) -> None:
        """Args: the folder, which is made when the first entry comes, and what an entry holds."""
        self._folder = folder
        self._suffix = f".{kind.__name__.lower()}.json"
        self._decoder = msgspec.json.Decoder(kind)
        self.problem: EnvironmentProblem | None = None

    def __contains__(self, key: str) -> bool:
        """Whether there is an entry, readable or not."""
        return self._path(key).exists()

    def get(self, key: str) -> Entry | None:
        """The entry kept under a key; None if there is none that can be read."""
        try:
            path = self._path(key)
            entry = self._decoder.decode(path.read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        with contextlib.suppress(OSError):  # others' files, which can't be marked as used
            os.utime(path)
        return entry

    def put(self, key: str, entry: Entry) -> bool:
        """Keep an entry, whole or not at all: others may read and write here now.

        Returns:
            Whether it is kept.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._path(key), msgspec.json.encode(entry))
        except OSError as error:
            self.problem = EnvironmentProblem(
                f"Nothing can be kept in {self._folder}: {error.strerror}",
                hint="Every build runs and draws all pages until it can be written",
            )
            return False
        return True

    def _write(self, path: Path, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(
            dir=self._folder, prefix="diagramgen-", suffix=".tmp", delete=False
        ) as file:
            try:
                file.write(content)
                file.flush()
            except OSError:  # a full disk
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / (key + self._suffix)


def remove_unused(folder: Path) -> None:
    """Remove the entries that nobody asked for in the last `UNUSED_DAYS`."""
    oldest = time.time() - UNUSED_DAYS * 24 * 60 * 60
    for path in _ours(folder):
        with contextlib.suppress(OSError):  # another build removed it first, or we may not
            if path.stat().st_mtime < oldest:
                path.unlink()


def empty(folder: Path) -> tuple[int, int]:
    """Remove all entries, and the folder if nothing else is in it.

    Returns:
        How many files that were, and their bytes.
    """
    paths = list(_ours(folder))
    size = sum(path.stat().st_size for path in paths)
    for path in paths:
        path.unlink()
    with contextlib.suppress(OSError):  # it was never made, or holds other files
        folder.rmdir()
    return len(paths), size


def _ours(folder: Path) -> Iterator[Path]:
    """The files that a `Cache` makes: whatever else lies in its folder is somebody else's."""
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if _OURS.fullmatch(path.name))
