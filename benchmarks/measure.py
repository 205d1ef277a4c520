"""What a command takes: time, and memory of its own process."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

_INTERVAL = 0.02


@dataclass(frozen=True)
class Measured:
    """What one run of a command took, and what it said."""

    seconds: float
    """From start to end, by the clock on the wall."""
    processor: float
    """Seconds on all cores together, of the process and all that it started."""
    memory: int
    """Kilobytes that the process itself held at most, without those that it started."""
    output: str
    """Standard output and standard error."""


def measure(command: Sequence[str], folder: Path) -> Measured:
    """Run a command in a folder.

    Raises:
        click.ClickException: It failed; what it said is in the message.
    """
    log = folder / "log"
    with log.open("w") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        memory = _peak(process)
        seconds = time.perf_counter() - begin
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise click.ClickException(f"{' '.join(command)}\n{log.read_text()}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, memory, log.read_text())


def _peak(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process's end, and look meanwhile at the most memory that it has had.

    What the system itself tells after the end includes the process's children.
    """
    peak = 0
    status = Path(f"/proc/{process.pid}/status")
    end = os.pidfd_open(process.pid)
    while not select.select([end], [], [], _INTERVAL)[0]:
        if found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text()):
            peak = int(found[1])
    os.close(end)
    return peak
