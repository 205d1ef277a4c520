"""The fork server: imports Keras once, and forks a process for each session.

It runs as ``python -m diagramgen.execution.server FOLDER``. Its standard input is a socket, on
which it receives one connection for each program; when that socket closes, it ends, and every
session with it. No operation may run in it: the first one starts TensorFlow's threads, which a
fork does not copy. ::

    keeper              ends, and removes the folder, when the server has ended, however it did
    └─ server           imports Keras
       └─ first         of a session's PID namespace: sees to the session's end, and reports it
          └─ session    runs a program's code
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import shutil
import socket
import sys
from pathlib import Path

import msgspec

from diagramgen.execution import channel, limits, namespaces, processes
from diagramgen.execution.journal import Journal
from diagramgen.execution.messages import Begun, Reply, Request
from diagramgen.execution.output import redirect
from diagramgen.execution.processes import PATIENCE
from diagramgen.execution.start import Forked, Spawned
from diagramgen.execution.warden import STDERR, STDOUT, Warden
from diagramgen.program import Program
from diagramgen.trace import Failure

SEED = 1
"""Where every session's random numbers start."""


class Server:
    """Starts a session for each connection, and answers on it when the session is over."""

    def __init__(self, link: socket.socket, folder: Path) -> None:
        """Args: where connections come from, and where the sessions' folders go."""
        self._link = link
        self._folder = folder
        self._sessions: dict[Warden, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ)

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
            try:
                warden = Warden(request, self._folder)
            except OSError as error:  # the disk is full
                with connection:
                    _send(connection, _refusal(request.program, error))
                return True
            self._sessions[warden] = connection
            self._selector.register(warden.channel, selectors.EVENT_READ, warden)
            self._start(warden)
            _send(connection, Begun())
        return True

    def _start(self, warden: Warden) -> None:
        program = msgspec.json.encode(warden.program)
        link, folder = warden.theirs, warden.folder

        def session(apart: frozenset[str]) -> None:
            self._let_go()
            run_session(program, link, folder, apart)

        if _forks_are_safe():
            warden.started = Forked(session, link, network=warden.program.network)
        else:
            warden.started = Spawned(program, link, folder)
        link.close()

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


def run_session(
    program: bytes, link: socket.socket, folder: Path, apart: frozenset[str] = frozenset()
) -> None:
    """Run a program: all that a session's process does.

    Args:
        program: A `Program` as JSON.
        link: Where the session's events go.
        folder: An empty folder for the session.
        apart: What sets it apart already: see `limits.enter`.
    """
    # Not above, for the server whose sessions are spawned needs neither.
    import keras  # noqa: PLC0415

    from diagramgen.execution.session import Session  # noqa: PLC0415

    asked = msgspec.json.decode(program, type=Program)
    redirect(2, folder / STDERR)
    limits.enter(folder, apart, network=asked.network)
    # Keras has read where its home is, and keeps it; what a page downloads goes there.
    keras.src.backend.config._KERAS_DIR = os.environ["KERAS_HOME"]
    keras.utils.set_random_seed(SEED)
    Session(link, folder / STDOUT).run(asked)


def run_spawned() -> None:
    """Run the program that standard input holds; the arguments are its folder and its link."""
    folder, link = sys.argv[1:]
    program = sys.stdin.buffer.read()
    redirect(0, Path(os.devnull))
    run_session(program, socket.socket(fileno=int(link)), Path(folder))
    os._exit(0)


def main() -> None:
    """Keep a server, or be it where forks are not safe."""
    folder = Path(sys.argv[1])
    if _forks_are_safe():
        namespaces.nest()
        end = processes.keep(processes.fork(lambda: _serve(folder)))
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(abs(os.waitstatus_to_exitcode(end.status)))
    _serve(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path) -> None:
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
    server = Server(link, folder)
    try:
        server.serve()
    finally:
        server.end()


def _forks_are_safe() -> bool:
    """Whether this is Linux, and there is one thread.

    A fork copies no other thread; elsewhere the system's own libraries may have started some.
    """
    return sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1


def _refusal(program: Program, error: OSError) -> Reply:
    message = f"no folder can be made for its session: {error.strerror}"
    return Reply(Journal(program).outcome(Failure("OSError", message, fatal=True)), complete=False)


def _send(connection: socket.socket, answer: msgspec.Struct) -> None:
    # Whoever asked may be gone; then the link closes too.
    with contextlib.suppress(OSError):
        channel.send(connection, answer)


if __name__ == "__main__":
    main()
