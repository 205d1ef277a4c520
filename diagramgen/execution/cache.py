"""Outcomes remembered between builds: a folder with one file for each."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import msgspec

from diagramgen.errors import EnvironmentProblem
from diagramgen.recording import versions
from diagramgen.trace import Outcome

_PACKAGE = Path(__file__).parent.parent


def key_versions() -> dict[str, str]:
    """What decides a program's outcome beside the program: see `Program.key`.

    Raises:
        EnvironmentProblem: Keras, its backend or NumPy is not installed.
    """
    sources = [_PACKAGE / "trace.py"]
    for folder in ("execution", "recording"):
        sources += sorted((_PACKAGE / folder).glob("*.py"))
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return {**versions(), "diagramgen": digest.hexdigest()}


class Cache:
    """A folder of outcomes, which anybody may empty at any time.

    Attributes:
        problem: Why an outcome could not be kept, once that has happened.
    """

    def __init__(self, folder: Path) -> None:
        """Args: the folder, which is made when the first outcome comes."""
        self._folder = folder
        self.problem: EnvironmentProblem | None = None

    def get(self, key: str) -> Outcome | None:
        """The outcome kept under a key; None if there is none that can be read."""
        try:
            return msgspec.json.decode(self._entry(key).read_bytes(), type=Outcome)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome, whole or not at all: others may read and write here now."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".tmp", delete=False) as file:
                file.write(msgspec.json.encode(outcome))
            Path(file.name).replace(self._entry(key))
        except OSError as error:
            self.problem = EnvironmentProblem(
                f"Outcomes can't be kept in {self._folder}: {error.strerror}",
                hint="Every build runs all pages until it can be written",
            )

    def _entry(self, key: str) -> Path:
        return self._folder / f"{key}.json"
