"""Keeps one process, and ends it with every process that it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec

from diagramgen.execution import linux

PATIENCE = 0.2
"""Seconds between two looks at what can't be waited for."""

_TOLD = (signal.SIGCHLD, signal.SIGTERM)


class End(msgspec.Struct, frozen=True):
    """How a process ended."""

    status: int
    """As `os.wait` says it."""
    crowded: bool = False
    """Whether it was ended for having more processes than it may."""


def fork(main: Callable[[], None]) -> int:
    """Start a process that runs ``main``, and dies with this one; its number."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            linux.prctl(linux.SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() in (0, parent):  # 0: the parent is in another namespace
                main()
                os._exit(0)
        except BaseException:  # noqa: BLE001 - it ends here, whatever it is
            traceback.print_exc()
        os._exit(1)
    return child


def keep(child: int, most: int | None = None) -> End:
    """Wait for a child, and end it when this process is sent a SIGTERM.

    Args:
        child: Its number.
        most: How many processes it may have; None if the kernel sees to that.

    Returns:
        How it ended, when nothing that it started is left.
    """
    linux.prctl(linux.SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD)
    crowded = False
    while (status := _reap(child)) is None:
        told = signal.sigtimedwait(_TOLD, PATIENCE)
        crowded = crowded or (most is not None and len(descendants()) > most)
        if crowded or (told and told.si_signo == signal.SIGTERM):
            os.kill(child, signal.SIGKILL)
    _end_descendants()
    return End(status, crowded)


def countable() -> bool:
    """Whether ``/proc`` shows this process's namespace, so that `descendants` can be told."""
    return Path("/proc/self").readlink().name == str(os.getpid())


def descendants() -> set[int]:
    """The processes that this one has started, and those that they have."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            parent = stat.read_text(errors="replace").rpartition(")")[2].split()[1]
            children[int(parent)].append(int(stat.parent.name))
    found: set[int] = set()
    wanted = [os.getpid()]
    while wanted:
        new = children[wanted.pop()]
        found.update(new)
        wanted += new
    return found


def _reap(child: int) -> int | None:
    """Take note of all children that have ended; how this one did, if it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                found = ended[1]
    return found


def _end_descendants() -> None:
    """End what is left. In a PID namespace, the kernel does so when its first process ends."""
    if os.getpid() == 1 or not countable():
        return
    while left := descendants():
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        signal.sigtimedwait(_TOLD, PATIENCE)
        _reap(0)
