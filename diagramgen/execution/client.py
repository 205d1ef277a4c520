"""A fork server as seen by the process that started it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from diagramgen.errors import EnvironmentProblem
from diagramgen.execution import channel
from diagramgen.execution.messages import Answer, Begun, Reply, Request
from diagramgen.execution.output import last_words

_KEPT = ("KERAS_BACKEND", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH")
_SET = {
    "LC_ALL": "C.UTF-8",
    "MATPLOTLIBRC": os.devnull,  # an author's own may change every colour
    "MPLBACKEND": "module://diagramgen.execution.plotting",
    "OPENBLAS_NUM_THREADS": "1",  # with more, NumPy has threads before any operation
    "PYTHONUTF8": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # rounds differently from one processor to the next
    "TZ": "UTC",
}


class ServerLostError(Exception):
    """The server ended before it answered."""

    def __init__(self, begun: bool) -> None:
        super().__init__()
        self.begun = begun
        """Whether the program's session had been started."""


class ServerProcess:
    """A fork server that runs as a process of its own."""

    def __init__(self, hash_seed: int = 0) -> None:
        """Start the server.

        Args:
            hash_seed: Where Python's own hashes start, on which the order of sets depends.

        Raises:
            EnvironmentProblem: This system can't run one.
        """
        if sys.platform == "win32":
            raise EnvironmentProblem(
                "Pages can't be run on Windows", hint="Build the site in its Linux subsystem"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="diagramgen-", ignore_cleanup_errors=True)
        self.last_words = ""
        """Once it is closed, what it wrote last to standard error."""
        self._served = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "diagramgen.execution.server", self._folder.name],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=_environment(Path(self._folder.name, "keras"), hash_seed),
                start_new_session=True,  # the terminal's Ctrl-C is for whoever started this
            )

    def run(self, request: Request) -> Reply:
        """Run a program and wait for what it did; several threads may do so at once.

        Raises:
            ServerLostError: The server ended first.
        """
        begun = False
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with theirs:
                    socket.send_fds(self._link, [b"+"], [theirs.fileno()])
                channel.send(ours, request)
                answers: channel.Receiver[Answer] = channel.Receiver(ours, Answer)
                while isinstance(answer := answers.wait(), Begun):
                    begun = self._served = True
            except OSError:
                answer = None
        if answer is None:
            raise ServerLostError(begun)
        return answer

    def close(self) -> None:
        """End the server and all its sessions, and remove what they left."""
        self._link.close()
        if not self._served:
            self._process.terminate()  # it may still be importing, when it doesn't watch the link
        status = self._process.wait()
        with self._errors as errors:
            self.last_words = last_words(errors) or f"its process ended with status {status}"
        self._folder.cleanup()


def _environment(keras_home: Path, hash_seed: int) -> dict[str, str]:
    """A few names of this process's environment, and what makes runs repeatable.

    Keras's home is an empty folder: an author's own ``keras.json`` may change every dtype.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    ours = {"KERAS_HOME": str(keras_home), "PYTHONHASHSEED": str(hash_seed)}
    return {**kept, **_SET, **ours}
