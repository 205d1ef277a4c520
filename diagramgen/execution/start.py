"""Starts a session's process: a fork of the server, or where that is unsafe a new interpreter."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from diagramgen.execution.namespaces import PROCESSES, isolate, nested
from diagramgen.execution.processes import PATIENCE, End, countable, fork, keep

_SPAWNED = "from diagramgen.execution.server import run_spawned; run_spawned()"

_GRACE = 5.0
"""Seconds that a session's processes have to end when they are told to."""


class Started(Protocol):
    """A session's process, from outside."""

    def wait(self, seconds: float) -> End | None:
        """How it ended; None if it still runs after so many seconds."""
        ...

    def end(self) -> End:
        """End it with all that it started, if it hasn't ended; how it ended."""
        ...


class Forked:
    """A session as the second process of its own PID namespace, or what comes nearest to it.

    The first one sees to its end and reports it. It is no part of the session, which can end itself
    by a signal only if it isn't the first: the kernel keeps most signals from that one.
    """

    def __init__(
        self, session: Callable[[frozenset[str]], None], link: socket.socket, *, network: bool
    ) -> None:
        """Start it.

        Args:
            session: What it runs, given what `isolate` granted.
            link: A socket that nobody but the session shall hold.
            network: Whether it keeps the network.
        """
        self._report, report = os.pipe()
        with nested():
            self._first = fork(lambda: _first(session, link, report, network=network))
        os.close(report)
        self._end: End | None = None

    def wait(self, seconds: float) -> End | None:
        """See `Started`."""
        if self._end is None and select.select([self._report], [], [], seconds)[0]:
            with open(self._report, "rb") as report:  # noqa: PTH123 - a file descriptor
                told = report.read()
            os.waitpid(self._first, 0)
            # It says nothing if a page has ended it.
            self._end = msgspec.json.decode(told, type=End) if told else End(signal.SIGKILL)
        return self._end

    def end(self) -> End:
        """See `Started`."""
        if self._end is None:
            os.kill(self._first, signal.SIGTERM)
        if (end := self.wait(_GRACE)) is None:
            os.kill(self._first, signal.SIGKILL)  # a page has stopped it
            end = self.wait(PATIENCE)
        return end or End(signal.SIGKILL)


class Spawned:
    """A session in a new interpreter, where a fork is unsafe."""

    def __init__(self, program: bytes, link: socket.socket, folder: Path) -> None:
        """Start it; for the arguments see `diagramgen.execution.server.run_session`."""
        command = [sys.executable, "-P", "-c", _SPAWNED, str(folder), str(link.fileno())]
        asked = folder.with_suffix(".json")
        asked.write_bytes(program)
        with asked.open("rb") as stdin:
            self._process = subprocess.Popen(
                command, stdin=stdin, pass_fds=[link.fileno()], start_new_session=True
            )
        asked.unlink()

    def wait(self, seconds: float) -> End | None:
        """See `Started`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(seconds)
            return End(-code if code < 0 else code << 8)
        return None

    def end(self) -> End:
        """See `Started`."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left in it
            os.killpg(self._process.pid, signal.SIGKILL)
        return self.wait(_GRACE) or End(signal.SIGKILL)


def _first(
    session: Callable[[frozenset[str]], None], link: socket.socket, report: int, *, network: bool
) -> None:
    """What a session's first process does."""
    os.setsid()  # a signal to the server's group is none to the session
    apart = isolate(network=network) | {"kept"}
    counted = "pid_max" not in apart and countable()
    if counted:
        apart |= {"counted"}

    def second() -> None:
        os.close(report)
        session(apart)

    child = fork(second)
    link.close()
    end = keep(child, most=PROCESSES if counted else None)
    os.write(report, msgspec.json.encode(end))
