"""What Linux grants beyond Python's own `os`, which has some of it from 3.12 only."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

SET_PDEATHSIG, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 1, 36, 38
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = (
    0x0002_0000,
    0x0800_0000,
    0x1000_0000,
    0x2000_0000,
    0x4000_0000,
)
NOSUID, NODEV, NOEXEC, RECURSIVE, PRIVATE = 2, 4, 8, 1 << 14, 1 << 18

_LIBC = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Set a property of this process."""
    _check(_LIBC.prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0))))


def unshare(namespaces: int) -> None:
    """Give this process namespaces of its own; of processes, to those that it starts."""
    _check(_LIBC.unshare(namespaces))


def enter(namespace: int, kind: int) -> None:
    """Enter the namespace that a file descriptor leads to."""
    _check(_LIBC.setns(namespace, kind))


def mount(kind: str, target: Path, flags: int, options: str = "") -> None:
    """Mount a file system that no device holds."""
    name = kind.encode()
    _check(_LIBC.mount(name, os.fsencode(target), name, ctypes.c_ulong(flags), options.encode()))


def syscall(number: int, *arguments: object) -> int:
    """Call what the C library has no name for.

    Raises:
        OSError: The kernel refuses, or doesn't know it.
    """
    longs = (ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)
    return _check(_LIBC.syscall(ctypes.c_long(number), *longs))


def _check(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
