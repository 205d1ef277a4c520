"""What a session may use, and where it lives. Only the session's own process calls `enter`.

Not prevented: reading files that the author may read, and, where `granted` says so, what else this
system grants no means against.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from diagramgen.execution import landlock
from diagramgen.execution.namespaces import PROCESSES

MEMORY = 4 << 30
"""Bytes of data that each of a session's processes may hold. Address space has no limit:
TensorFlow's start reserves more than it uses."""
FILE_SIZE = 256 << 20
"""Bytes that one file may have, standard output among them."""


class Grant(msgspec.Struct, frozen=True):
    """One of the limits of a session, and by what means it is held here."""

    limit: str
    """What is limited: ``"network: none"``."""
    by: str
    """The means: ``"network namespace"``; empty if this system grants none."""


def granted() -> tuple[Grant, ...]:
    """What sessions without network are held to on this machine: tried, in a process like theirs.

    Raises:
        OSError: No process can be started, or no folder made.
    """
    with tempfile.TemporaryDirectory(prefix="diagramgen-") as folder:
        tried = subprocess.run(
            [sys.executable, "-P", "-m", "diagramgen.execution.probe", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(tried.stdout, type=tuple[Grant, ...])


def enter(folder: Path, apart: frozenset[str], *, network: bool) -> tuple[Grant, ...]:
    """Make this process a session's: a group of its own, a home, limits.

    Args:
        folder: An empty folder that is removed after the session.
        apart: What `namespaces.isolate` granted, and ``"counted"`` if its processes are counted.
        network: Whether the session may open connections to other machines.

    Returns:
        What it is held to from now on.
    """
    with contextlib.suppress(PermissionError):  # it leads one already
        os.setsid()
    _move_to(folder)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_DATA, MEMORY)
    _limit(resource.RLIMIT_FSIZE, FILE_SIZE)
    _limit(resource.RLIMIT_CORE, 0)
    abi = _restrict(folder, tcp=network or "network" in apart)
    return _grants(apart, abi, network=network)


def _grants(apart: frozenset[str], abi: int, *, network: bool) -> tuple[Grant, ...]:
    """The limits of a session, given what was granted to it, and the ABI of Landlock."""
    linux = sys.platform == "linux"
    return (
        _grant(f"memory of a process: {MEMORY >> 30} GB", ("RLIMIT_DATA", linux)),
        _grant(f"size of a file: {FILE_SIZE >> 20} MB", ("RLIMIT_FSIZE", True)),
        _grant(
            f"processes and threads: {PROCESSES}",
            ("pid_max", "pid_max" in apart),
            ("counting processes", "counted" in apart),
        ),
        _grant(
            "left-over processes: ended",
            ("PID namespace", "pids" in apart),
            ("child subreaper", linux and "kept" in apart),
            ("process group, if they stay in it", True),
        ),
        _grant(
            "signals to other processes: none",
            ("PID namespace", "pids" in apart),
            ("Landlock", abi >= landlock.SIGNALS),
        ),
        _grant("writing: the session's own folder", ("Landlock", abi >= landlock.FILES)),
        _grant(
            "network: none",
            ("network namespace", "network" in apart),
            ("Landlock, TCP only", abi >= landlock.TCP and not network),
        ),
    )


def _grant(limit: str, *means: tuple[str, bool]) -> Grant:
    """A limit, by the first of the means that is granted."""
    return Grant(limit, next((name for name, granted in means if granted), ""))


def _restrict(folder: Path, *, tcp: bool) -> int:
    """The ABI of Landlock that is in force from now on; 0 if none is."""
    if sys.platform != "linux":
        return 0
    writable = (folder, Path("/dev/shm"), Path(os.devnull))  # noqa: S108 - shared memory
    try:
        return landlock.restrict(writable, tcp=tcp)
    except OSError:
        return 0


def _move_to(folder: Path) -> None:
    work, home, scratch, keras = (folder / name for name in ("work", "home", "tmp", "keras"))
    for place in (work, home, scratch, keras):
        place.mkdir()
    os.chdir(work)
    sys.path.insert(0, str(work))
    os.environ.update(HOME=str(home), KERAS_HOME=str(keras), TMPDIR=str(scratch))
    tempfile.tempdir = str(scratch)


def _limit(what: int, most: int) -> None:
    granted = resource.getrlimit(what)[1]
    if granted != resource.RLIM_INFINITY:
        most = min(most, granted)
    resource.setrlimit(what, (most, most))
