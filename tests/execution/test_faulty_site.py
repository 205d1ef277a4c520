"""A site in which each page does its worst: what its author reads, and what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diagramgen.execution.namespaces import PROCESSES

ProcessesIn = Callable[[Path], list[int]]
WaitForEnd = Callable[[Path], None]

COMMAND = Path(sys.executable).with_name("diagramgen")
MEMORY = "A session's process has 4 GB of memory: make it need less"
PROCESS = "A page's code can't end its process"
SPAWN = "os.posix_spawn('/bin/sleep', ['sleep', '99'], {})"
FAULTS = {
    "loop": ("while True: pass", "Timeout: still running after 8 s. Make it quicker"),
    "output": (
        "while True: print('again' * 9999)",
        "File too large. A session's output, and each of its files, has room for 256 MB",
    ),
    "memory": ("data = bytearray(50 << 30)", f"MemoryError. {MEMORY}"),
    "array": ("import numpy\ndata = numpy.ones(50 << 30, 'int8')", MEMORY),
    "tensor": ("import keras\ndata = keras.ops.ones(13 << 30)", MEMORY),
    "exit": ("raise SystemExit(0)", f"SystemExit: 0. {PROCESS}"),
    "end": (
        "import os\nos._exit(0)",
        f"Exit: its process ended by itself with status 0. {PROCESS}",
    ),
    "fault": ("import ctypes\nctypes.string_at(0)", "by signal 11 (Segmentation fault). Take out"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "its process was ended by signal 9 (Killed)"),
    "group": ("import os\nos.killpg(0, 9)", "its process was ended by signal 9 (Killed)"),
    "input": ("name = input('Your name? ')", "EOFError: EOF when reading a line"),
    "bomb": (
        f"import os\nfor _ in range({PROCESSES + 50}): {SPAWN}",
        f"A session has room for {PROCESSES} processes and threads: start fewer",
    ),
    "hidden": ("print('\\033[2J</script>')\n1 / 0", "ZeroDivisionError: division by zero"),
}
"""Code whose last line fails, and what is said of it."""

ENDLESS = """\
```python
import subprocess
subprocess.Popen(["sleep", "99"], start_new_session=True)
open({pipe!r})
while True: pass
```
"""


def page(code: str) -> str:
    return f"# Page\n\n```python\nprint(1)\n{code}\n```\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an empty site, and one for what is temporary."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "temporary").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Faults\nplugins:\n  - diagramgen: {timeout: 8, jobs: 2}\n"
    )
    return tmp_path


def environment(site: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(site / "temporary")}


def test_each_fault_is_told_and_leaves_nothing(site: Path, processes_in: ProcessesIn) -> None:
    for name, (code, _) in FAULTS.items():
        (site / "docs" / f"{name}.md").write_text(page(code))
    (site / "docs" / "good.md").write_text("# Page\n\n```python\nprint(1)\n#> 1\n```\n")
    done = subprocess.run(
        [COMMAND, "check", "docs"],
        cwd=site,
        env=environment(site),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    for name, (code, told) in FAULTS.items():
        (line,) = [one for one in done.stderr.splitlines() if f"docs/{name}.md:" in one]
        assert f"docs/{name}.md:{4 + len(code.splitlines())}: " in line
        assert told in line
    assert "docs/good.md" not in done.stderr
    assert processes_in(site / "temporary") == []
    assert list((site / "temporary").iterdir()) == []
    assert len(list((site / ".cache" / "diagramgen").glob("*.outcome.json"))) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("command", [["diagramgen", "check", "docs"], ["mkdocs", "build", "-q"]])
def test_nothing_outlives_a_killed_build(
    site: Path, wait_for_end: WaitForEnd, number: int, command: list[str]
) -> None:
    pipe = site / "pipe"
    os.mkfifo(pipe)
    (site / "docs" / "index.md").write_text(ENDLESS.format(pipe=str(pipe)))
    program = COMMAND.with_name(command[0])
    with subprocess.Popen(
        [program, *command[1:]],
        cwd=site,
        env=environment(site),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        pipe.open("w").close()
        process.send_signal(number)
    wait_for_end(site / "temporary")
    assert list((site / "temporary").iterdir()) == []


def test_two_builds_at_once_share_a_cache(site: Path) -> None:
    for number in range(3):
        (site / "docs" / f"{number}.md").write_text(f"```python\nprint({number})\n```\n")
    command = [str(COMMAND.with_name("mkdocs")), "build", "-q", "-d"]
    builds = [
        subprocess.Popen([*command, str(site / name)], cwd=site, env=environment(site))
        for name in ("one", "two")
    ]
    assert [build.wait() for build in builds] == [0, 0]
    for number in range(3):
        one, two = (site / name / f"{number}" / "index.html" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    kept = (site / ".cache" / "diagramgen").rglob("*")
    assert {path.suffix for path in kept if path.is_file()} == {".json"}
