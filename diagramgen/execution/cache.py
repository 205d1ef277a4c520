"""What is remembered between builds: a folder with one file for each entry."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from diagramgen.errors import EnvironmentProblem
from diagramgen.recording import versions

_PACKAGE = Path(__file__).parent.parent

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
            return self._decoder.decode(self._path(key).read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def put(self, key: str, entry: Entry) -> None:
        """Keep an entry, whole or not at all: others may read and write here now."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._path(key), msgspec.json.encode(entry))
        except OSError as error:
            self.problem = EnvironmentProblem(
                f"Nothing can be kept in {self._folder}: {error.strerror}",
                hint="Every build runs and draws all pages until it can be written",
            )

    def _write(self, path: Path, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".tmp", delete=False) as file:
            try:
                file.write(content)
                file.flush()
            except OSError:  # a full disk
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / (key + self._suffix)
