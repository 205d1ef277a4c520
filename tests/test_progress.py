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

from diagramgen.progress import Lines, Progress

COMMAND = Path(sys.executable).with_name("diagramgen")


class Told:
    """Notes what is told, and lets one session end each time."""

    every = 60.0

    def __init__(self, running: list[Future[None]]) -> None:
        self.running = running
        self.told: list[tuple[str, int, int]] = []
        self.cleared = 0

    def tell(self, page: str, done: int, total: int) -> None:
        self.told.append((page, done, total))
        self.running.pop(0).set_result(None)

    def clear(self) -> None:
        self.cleared += 1


def test_it_is_told_how_many_of_those_that_run_have_run() -> None:
    cached: Future[None] = Future()
    cached.set_result(None)
    running: list[Future[None]] = [Future(), Future(), Future()]
    first, second, third = running
    told = Told(running)
    progress = Progress(told)
    for future in (cached, first, second, third):
        progress.follow(future)
    progress.wait("cached.md", [cached])
    assert (told.told, told.cleared) == ([], 0)
    progress.wait("a.md", [cached, second])
    assert told.told == [("a.md", 0, 3), ("a.md", 1, 3)]
    progress.wait("b.md", [third])
    assert told.told[2:] == [("b.md", 2, 3)]
    assert told.cleared == 2


def test_nobody_is_told_when_all_is_to_be_quiet() -> None:
    progress = Progress(None)
    progress.follow(Future())
    progress.wait("a.md", [Future()])


def test_lines_come_some_time_apart() -> None:
    lines: list[str] = []
    for every in (0.0, 1e9):
        log = Lines(lines.append, every)
        log.tell("a.md", 1, 3)
        log.tell("b.md", 2, 3)
    assert lines == ["1 of 3 sessions have run, now a.md", "2 of 3 sessions have run, now b.md"]


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
