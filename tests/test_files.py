"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from diagramgen.files import keep

WRITE = """
import sys
from pathlib import Path
from diagramgen.files import keep
keep(Path(sys.argv[1]), b"new" * 1_000_000)
"""


def test_a_file_is_written_where_it_says_something_else(tmp_path: Path) -> None:
    path = tmp_path / ".records/guide/page.json"
    assert keep(path, b"one")
    assert not keep(path, b"one")
    path.chmod(0o640)
    assert keep(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    assert list(path.parent.iterdir()) == [path]


def test_a_build_that_is_killed_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    path, half = tmp_path / "page.json", tmp_path / "page.json.tmp"
    path.write_bytes(b"old")
    os.mkfifo(half)  # whoever writes to a pipe waits for its reader
    with subprocess.Popen([sys.executable, "-c", WRITE, path]) as build, half.open("rb") as reader:
        assert reader.read(3) == b"new"
        build.kill()
    assert path.read_bytes() == b"old"
    half.unlink()
    half.write_bytes(b"new" * 1000)  # what is left of it on a disk
    assert keep(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]
