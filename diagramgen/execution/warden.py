"""Watches one session from outside: what it says, how long it takes, how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from multiprocessing.context import ForkContext, SpawnContext
from pathlib import Path

import msgspec

from diagramgen.execution.channel import Receiver
from diagramgen.execution.journal import Journal
from diagramgen.execution.messages import Event, Reached, Reply, Request
from diagramgen.execution.output import interrupted_output, last_words
from diagramgen.program import DEFAULT_TIMEOUT, Block
from diagramgen.trace import Failure

STDOUT, STDERR = "stdout", "stderr"
"""Files in a session's folder, to which its standard output and standard error go."""

Entry = Callable[[bytes, socket.socket, str], None]
"""What runs in the session's process: the program as JSON, where its events go, its folder."""


class Warden:
    """One session: its process, its folder, and what is known of it."""

    def __init__(self, request: Request, folder: Path) -> None:
        """Make the session a folder below ``folder``."""
        self._request = request
        self._journal = Journal(request.program)
        self._folder = tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)
        self.channel, self._theirs = socket.socketpair()
        self.channel.setblocking(False)
        self._events: Receiver[Event] = Receiver(self.channel, Event)
        self._silent = False
        self._garbled = False

    def start(self, entry: Entry, context: ForkContext | SpawnContext) -> None:
        """Start the session's process, which runs ``entry``."""
        program = msgspec.json.encode(self._request.program)
        self._process = context.Process(
            target=entry, args=(program, self._theirs, self._folder.name)
        )
        self._process.start()
        self._theirs.close()
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
        gone = self._process.exitcode is not None
        return self._journal.finished or self._silent or self._late or gone

    def end(self) -> Reply:
        """End the session with all of its processes, remove its folder, say what it did."""
        late = self._late and self._process.exitcode is None
        self._kill()
        self.listen()
        failure = None if self._journal.finished else self._failure(late)
        reply = Reply(
            self._journal.outcome(failure, self._printed()),
            complete=self._journal.complete,
        )
        self.channel.close()
        self._folder.cleanup()
        return reply

    @property
    def _late(self) -> bool:
        return time.monotonic() >= self._deadline

    def _allow_time(self) -> None:
        """Give the step that begins now the time that it may take."""
        step = self._journal.step
        seconds = self._request.timeout
        if not self._journal.opened or step is None:
            # Imports before the first step and replays after the last are not the page's doing.
            seconds = max(seconds, DEFAULT_TIMEOUT)
        elif isinstance(step, Block) and step.timeout is not None:
            seconds = step.timeout
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def _kill(self) -> None:
        group = self._process.pid
        if group is not None:
            with contextlib.suppress(ProcessLookupError):  # it had no time to make it, or is gone
                os.killpg(group, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def _failure(self, late: bool) -> Failure:
        code = self._process.exitcode or 0
        if late:
            kind, message = "Timeout", f"still running after {self._seconds:g} s"
        elif code < 0:
            name = signal.strsignal(-code)
            kind, message = "Killed", f"its process was ended by signal {-code} ({name})"
        else:
            kind, message = "Exit", f"its process ended by itself with status {code}"
        if not late and (words := last_words(Path(self._folder.name, STDERR))):
            message += f", after writing to standard error: {words}"
        return Failure(kind, message, self._journal.line, fatal=True)

    def _printed(self) -> str:
        """What the block that runs has printed: see `Output`."""
        if self._journal.line is None:
            return ""
        return interrupted_output(Path(self._folder.name, STDOUT))
