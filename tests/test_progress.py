"""What is told of long builds."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from concurrent.futures import Future
from pathlib import Path

from diagramgen.program import Block, Program
from diagramgen.progress import Lines, Progress
from diagramgen.trace import Outcome

CACHED = Program((Block("cached"),))
DONE = Outcome({})
COMMAND = Path(sys.executable).with_name("diagramgen")


class Running:
    """A runner that remembers one program; the others end when they are told to."""

    def __init__(self) -> None:
        self.futures: list[Future[Outcome]] = []

    def submit(self, program: Program) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        if program == CACHED:
            future.set_result(DONE)
        else:
            self.futures.append(future)
        return future

    def close(self) -> None:
        pass


class Told:
    """Notes what is told, and lets one program end each time."""

    every = 0.01

    def __init__(self, runner: Running) -> None:
        self.runner = runner
        self.told: list[tuple[str, int, int]] = []
        self.cleared = 0

    def tell(self, page: str, done: int, total: int) -> None:
        self.told.append((page, done, total))
        self.runner.futures.pop(0).set_result(DONE)

    def clear(self) -> None:
        self.cleared += 1


def test_it_is_told_how_many_of_those_that_run_have_run() -> None:
    runner = Running()
    told = Told(runner)
    progress = Progress(runner, told)
    cached, first, second, third = (
        progress.submit(Program((Block(code),))) for code in ("cached", "1", "2", "3")
    )
    assert progress.results("cached.md", {"a": cached}) == {"a": DONE}
    assert (told.told, told.cleared) == ([], 0)
    assert progress.results("a.md", {"a": cached, "b": second}) == {"a": DONE, "b": DONE}
    assert told.told == [("a.md", 0, 3), ("a.md", 1, 3)]
    progress.results("b.md", {"a": third})
    assert told.told[2:] == [("b.md", 2, 3)]
    assert (told.cleared, first.done()) == (2, True)


def test_lines_come_some_time_apart() -> None:
    lines: list[str] = []
    for every in (0.0, 1e9):
        log = Lines(lines.append, every)
        log.tell("a.md", 1, 3)
        log.tell("b.md", 2, 3)
    assert lines == ["1 of 3 sessions have run, now a.md", "2 of 3 sessions have run, now b.md"]


def test_a_log_has_each_line_once_and_none_about_a_session_on_its_own() -> None:
    lines: list[str] = []
    log = Lines(lines.append, 0.0)
    log.tell("a.md", 0, 1)
    assert lines == []
    log.tell("a.md", 0, 2)
    log.tell("a.md", 0, 2)
    assert lines == ["0 of 2 sessions have run, now a.md"]


def shown(folder: Path, *words: str) -> str:
    """What a command shows on a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with subprocess.Popen([COMMAND, *words], cwd=folder, stderr=theirs, stdout=subprocess.DEVNULL):
        os.close(theirs)
        text = b""
        with os.fdopen(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
            while data := terminal.read(4096):  # until nobody has it open any more
                text += data
    return text.decode()


def test_a_terminal_shows_a_bar_and_is_left_clean(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("```python\nx = 1\n```\n")
    before, bar, *_, after = shown(tmp_path, "record", "page.md").split("\r\x1b[K")
    assert (before, after) == ("", "")
    assert bar.endswith("0 of 1 sessions, now page.md")
    assert shown(tmp_path, "record", "-q", "page.md") == ""
