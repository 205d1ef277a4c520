"""The fork server: imports Keras once, and forks a process for each session.

It runs as ``python -m diagramgen.execution.server FOLDER``. Its standard input is a socket, on
which it receives one connection for each program; when that socket closes, it ends, and every
session with it. No operation may run in it: the first one starts TensorFlow's threads, which a
fork does not copy.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import multiprocessing
import os
import selectors
import shutil
import socket
import sys
from multiprocessing.context import ForkContext, SpawnContext
from pathlib import Path

import msgspec

from diagramgen.execution import channel, limits
from diagramgen.execution.messages import Begun, Request
from diagramgen.execution.output import redirect
from diagramgen.execution.warden import STDERR, STDOUT, Warden
from diagramgen.program import Program

SEED = 1
"""Where every session's random numbers start."""

PATIENCE = 0.2
"""Seconds between two looks at the sessions' processes and deadlines."""


class Server:
    """Starts a session for each connection, and answers on it when the session is over."""

    def __init__(self, link: socket.socket, folder: Path) -> None:
        """Args: where connections come from, and where the sessions' folders go."""
        self._link = link
        self._folder = folder
        self._sessions: dict[Warden, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ)
        os.register_at_fork(after_in_child=self._let_go)

    def serve(self) -> None:
        """Serve until the other end of the link is closed."""
        linked = True
        while linked:
            for key, _ in self._selector.select(PATIENCE if self._sessions else None):
                if key.fileobj is self._link:
                    linked = self._accept()
                else:
                    key.data.listen()
            for warden in [warden for warden in self._sessions if warden.over]:
                self._answer(warden)

    def end(self) -> None:
        """End every session."""
        for warden in self._sessions:
            warden.end()

    def _accept(self) -> bool:
        """Receive a connection and start its session; False if the link is closed."""
        received, descriptors, _, _ = socket.recv_fds(self._link, 1, 1)
        if not received:
            return False
        connection = socket.socket(fileno=descriptors[0])
        request = channel.Receiver(connection, Request).wait()
        if request is not None:
            warden = Warden(request, self._folder)
            self._sessions[warden] = connection
            self._selector.register(warden.channel, selectors.EVENT_READ, warden)
            warden.start(run_session, _context())
            _send(connection, Begun())
        return True

    def _answer(self, warden: Warden) -> None:
        self._selector.unregister(warden.channel)
        with self._sessions.pop(warden) as connection:
            _send(connection, warden.end())

    def _let_go(self) -> None:
        """Close in a forked session what is none of its business."""
        self._selector.close()
        self._link.close()
        for warden, connection in self._sessions.items():
            warden.channel.close()
            connection.close()


def run_session(program: bytes, link: socket.socket, folder: str) -> None:
    """Run a program: all that a session's process does.

    Args:
        program: A `Program` as JSON.
        link: Where the session's events go.
        folder: An empty folder for the session.
    """
    # Not above, for the server whose sessions are spawned needs neither.
    import keras  # noqa: PLC0415

    from diagramgen.execution.session import Session  # noqa: PLC0415

    place = Path(folder)
    redirect(2, place / STDERR)
    limits.enter(place)
    keras.utils.set_random_seed(SEED)
    Session(link, place / STDOUT).run(msgspec.json.decode(program, type=Program))


def main() -> None:
    """Import Keras, then serve."""
    link = socket.socket(fileno=os.dup(0))
    redirect(0, Path(os.devnull))
    if sys.platform == "linux":
        # What a session needs; NumPy leaves its random numbers to their first user. Each session
        # would search all of it for garbage, and copy it in doing so: half the time of a page.
        gc.disable()
        for module in ("diagramgen.execution.session", "numpy.random"):
            importlib.import_module(module)
        gc.freeze()
        gc.enable()
    folder = Path(sys.argv[1])
    server = Server(link, folder)
    try:
        server.serve()
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # without taking TensorFlow apart, which lasts 0.7 s


def _context() -> ForkContext | SpawnContext:
    """How to start a process: by a fork only on Linux, and only while there is one thread.

    A fork copies no other thread; elsewhere the system's own libraries may have started some.
    """
    if sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _send(connection: socket.socket, answer: msgspec.Struct) -> None:
    # Whoever asked may be gone; then the link closes too.
    with contextlib.suppress(OSError):
        channel.send(connection, answer)


if __name__ == "__main__":
    main()
