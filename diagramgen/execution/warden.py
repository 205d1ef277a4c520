"""Watches one session from outside: what it says, how long it takes, how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
import time
from pathlib import Path

import msgspec

from diagramgen.execution.channel import Receiver
from diagramgen.execution.cures import FEWER_PROCESSES, NEEDS_LESS
from diagramgen.execution.journal import Journal
from diagramgen.execution.messages import Event, Reached, Reply, Request
from diagramgen.execution.namespaces import PROCESSES
from diagramgen.execution.output import interrupted_output, last_words
from diagramgen.execution.processes import PATIENCE, End
from diagramgen.execution.start import Started
from diagramgen.program import DEFAULT_TIMEOUT, Block
from diagramgen.trace import Failure

STDOUT, STDERR = "stdout", "stderr"
"""Files in a session's folder, to which its standard output and standard error go."""


class Warden:
    """One session: its process, its folder, and what is known of it."""

    started: Started
    """The session's process, once there is one."""

    def __init__(self, request: Request, folder: Path) -> None:
        """Make the session a folder below ``folder``.

        Raises:
            OSError: That is not possible.
        """
        self.program = request.program
        self._timeout = request.timeout
        self._journal = Journal(request.program)
        self._temporary = tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self.channel, self.theirs = socket.socketpair()
        self.channel.setblocking(False)
        self._events: Receiver[Event] = Receiver(self.channel, Event)
        self._silent = False
        self._garbled = False
        self._allow_time()

    def listen(self) -> None:
        """Take down all that the session has said by now."""
        if self._garbled:
            return
        try:
            while self._events.read():
                while event := self._events.next():
                    self._journal.add(event)
                    if not isinstance(event, Reached):
                        self._allow_time()
            self._silent = True
        except BlockingIOError:
            return
        except msgspec.MsgspecError:
            # The page's code wrote to a file descriptor that it never opened. What comes after
            # that can't be believed, however much of it arrives before the session is ended.
            self._silent = self._garbled = True

    @property
    def over(self) -> bool:
        """Whether the session has finished, fallen silent, run out of time, or is gone."""
        if self._journal.finished or self._silent or self._late:
            return True
        return self.started.wait(0) is not None

    def end(self) -> Reply:
        """End the session with all of its processes, remove its folder, say what it did."""
        # A session that has fallen silent is about to end, and its first process to say how.
        ended = self.started.wait(PATIENCE if self._silent else 0)
        late = self._late and ended is None
        ended = self.started.end()
        self.listen()
        failure = None if self._journal.finished else self._failure(ended, late=late)
        reply = Reply(
            self._journal.outcome(failure, self._printed()),
            complete=self._journal.complete,
        )
        self.channel.close()
        self._temporary.cleanup()
        return reply

    @property
    def _late(self) -> bool:
        return time.monotonic() >= self._deadline

    def _allow_time(self) -> None:
        """Give the step that begins now the time that it may take."""
        step = self._journal.step
        seconds = self._timeout
        if not self._journal.opened or step is None:
            # Imports before the first step and replays after the last are not the page's doing.
            seconds = max(seconds, DEFAULT_TIMEOUT)
        elif isinstance(step, Block) and step.timeout is not None:
            seconds = step.timeout
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def _failure(self, end: End, *, late: bool) -> Failure:
        code = os.waitstatus_to_exitcode(end.status)
        cure = None
        if late:
            kind, message = "Timeout", f"still running after {self._seconds:g} s"
        elif end.crowded:
            kind, message = "Killed", f"it had more than {PROCESSES} processes"
            cure = FEWER_PROCESSES
        elif code < 0:
            name = signal.strsignal(-code)
            kind, message = "Killed", f"its process was ended by signal {-code} ({name})"
            cure = NEEDS_LESS if code == -signal.SIGKILL else None
        else:
            kind, message = "Exit", f"its process ended by itself with status {code}"
        if not late and (words := self._last_words()):
            message += f", after writing to standard error: {words}"
        return Failure(kind, message, self._journal.line, fatal=True, cure=cure)

    def _printed(self) -> str:
        """What the block that runs has printed: see `Output`."""
        if self._journal.line is None:
            return ""
        return interrupted_output(self.folder / STDOUT)

    def _last_words(self) -> str:
        with contextlib.suppress(OSError), (self.folder / STDERR).open("rb") as errors:
            return last_words(errors)
        return ""
