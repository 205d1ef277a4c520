"""Landlock: what a process refuses itself, and all that it starts, for good.

The kernel's manual is at https://docs.kernel.org/userspace-api/landlock.html. Nothing here needs a
privilege; each version of the interface (its ABI) can refuse more.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from diagramgen.execution import linux

FILES, TCP, SIGNALS = 1, 4, 6
"""The first ABI that can refuse writing, connections over TCP, and signals to other processes."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_WRITE_FILE = 1 << 1
_CHANGES = {1: 0b1_1111_1111_0010, 2: 1 << 13, 3: 1 << 14}
"""By ABI, the rights to write, remove and make; to move between folders; to shorten."""
_OF_A_FILE = _WRITE_FILE | _CHANGES[3]
_ALL_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The kernel's ABI; 0 if it has no Landlock."""
    try:
        return linux.syscall(_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict(writable: Iterable[Path], *, tcp: bool) -> int:
    """Refuse this process to write elsewhere, and to signal processes that it didn't start.

    Args:
        writable: Files, and folders with all that is in them, where it may go on to write.
        tcp: Whether it may go on to open and accept connections over TCP.

    Returns:
        The ABI that was used, which says what is refused by now: see `FILES`, `TCP`, `SIGNALS`.

    Raises:
        OSError: The kernel refuses: too many such restrictions are in force already.
    """
    abi = version()
    if not abi:
        return 0
    changes = sum(rights for since, rights in _CHANGES.items() if since <= abi)
    rules = _Ruleset(
        changes,
        _ALL_TCP if abi >= TCP and not tcp else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SIGNALS else 0,
    )
    ruleset = linux.syscall(_CREATE_RULESET, ctypes.byref(rules), _size(abi), 0)
    try:
        for path in writable:
            _allow(ruleset, path, changes)
        linux.prctl(linux.SET_NO_NEW_PRIVS, 1)
        linux.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _size(abi: int) -> int:
    """How much of a ruleset a kernel of that ABI knows, in bytes."""
    return 8 * (1 + (abi >= TCP) + (abi >= SIGNALS))


def _allow(ruleset: int, path: Path, changes: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = changes if path.is_dir() else changes & _OF_A_FILE
            rule = _Beneath(rights, descriptor)
            linux.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
        finally:
            os.close(descriptor)
