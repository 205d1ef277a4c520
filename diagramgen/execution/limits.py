"""What a session may use, and where it lives. Only the session's own process calls this.

Not prevented: opening connections, reading files, writing outside the session's folder, and
signals to other processes of the same user.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

MEMORY = 4 << 30
"""Bytes of data that a session's process may hold. Address space has no limit: TensorFlow's start
reserves more than it uses."""
FILE_SIZE = 256 << 20
"""Bytes that one file may have, standard output among them."""

_PR_SET_PDEATHSIG = 1


def enter(folder: Path) -> None:
    """Make this process a session's: a group of its own, a home, limits.

    Args:
        folder: An empty folder that is removed after the session.
    """
    os.setsid()
    _die_with_parent()
    _move_to(folder)
    _limit(resource.RLIMIT_DATA, MEMORY)
    _limit(resource.RLIMIT_FSIZE, FILE_SIZE)
    _limit(resource.RLIMIT_CORE, 0)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _move_to(folder: Path) -> None:
    work, home, scratch = (folder / name for name in ("work", "home", "tmp"))
    for place in (work, home, scratch):
        place.mkdir()
    os.chdir(work)
    sys.path.insert(0, str(work))
    os.environ.update(HOME=str(home), TMPDIR=str(scratch))
    tempfile.tempdir = str(scratch)


def _limit(what: int, most: int) -> None:
    granted = resource.getrlimit(what)[1]
    if granted != resource.RLIM_INFINITY:
        most = min(most, granted)
    resource.setrlimit(what, (most, most))
