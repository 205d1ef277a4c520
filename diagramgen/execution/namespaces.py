"""Namespaces: a session's own processes, network, mounts, where this system grants them.

The server's first process makes a PID namespace for the server, in a user namespace if it may not
do so otherwise; the server makes one for each session in it. So killing a session's first process
ends all of the session, and killing the server's ends all sessions.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from diagramgen.execution import linux

PROCESSES = 320 + 8 * (os.cpu_count() or 1)
"""Processes and threads that a session may have; TensorFlow starts a few threads for each core."""
SHARED_MEMORY = 1 << 30
"""Bytes that a session's ``/dev/shm`` may hold."""

_PROC, _SHM = Path("/proc"), Path("/dev/shm")  # noqa: S108 - shared memory, not a file
_SET_FLAGS, _IFF_UP = 0x8914, 1


def nest() -> None:
    """Let the next process that this one starts be the first of a PID namespace, if granted."""
    for kinds in (linux.NEW_PIDS, linux.NEW_USER | linux.NEW_PIDS):
        if _granted(kinds):
            _unshare(kinds)
            return


@contextlib.contextmanager
def nested() -> Iterator[None]:
    """Let the process that is started meanwhile be the first of a PID namespace, if granted."""
    with _PROC.joinpath("self/ns/pid").open("rb") as own:
        unshared = _try(lambda: linux.unshare(linux.NEW_PIDS))
        try:
            yield
        finally:
            if unshared:
                linux.enter(own.fileno(), linux.NEW_PIDS)


def isolate(*, network: bool) -> frozenset[str]:
    """Cut this process off from the rest of the system, as far as that is granted.

    Args:
        network: Whether it keeps the network. If not, it has a loopback of its own.

    Returns:
        What was granted, of ``"pids"``, ``"network"``, ``"pid_max"``.
    """
    first = os.getpid() == 1
    own_network = not network and _try(lambda: linux.unshare(linux.NEW_NETWORK))
    if own_network:
        _try(_loopback_up)
    _try(lambda: linux.unshare(linux.NEW_IPC))
    if _try(lambda: linux.unshare(linux.NEW_MOUNTS)):
        _try(lambda: _mount_own(proc=first))
    limited = first and _try(_limit_processes)
    names = {"pids": first, "network": own_network, "pid_max": limited}
    return frozenset(name for name, granted in names.items() if granted)


def _granted(kinds: int) -> bool:
    """Whether namespaces are granted: tried elsewhere, since half of it can't be undone."""
    child = os.fork()
    if child == 0:
        done = _try(lambda: _unshare(kinds)) and _try(lambda: linux.unshare(linux.NEW_NETWORK))
        os._exit(not done)
    return os.waitpid(child, 0)[1] == 0


def _unshare(kinds: int) -> None:
    user, group = os.geteuid(), os.getegid()
    linux.unshare(kinds)
    if kinds & linux.NEW_USER:
        _PROC.joinpath("self/setgroups").write_text("deny")
        _PROC.joinpath("self/uid_map").write_text(f"{user} {user} 1")
        _PROC.joinpath("self/gid_map").write_text(f"{group} {group} 1")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _mount_own(*, proc: bool) -> None:
    linux.mount("none", Path("/"), linux.RECURSIVE | linux.PRIVATE)
    if _SHM.is_dir():
        flags = linux.NOSUID | linux.NODEV
        _try(lambda: linux.mount("tmpfs", _SHM, flags, f"size={SHARED_MEMORY},mode=1777"))
    if proc:
        linux.mount("proc", _PROC, linux.NOSUID | linux.NODEV | linux.NOEXEC)


def _limit_processes() -> None:
    """Bound the namespace's process numbers; before Linux 6.14 they would be the whole system's."""
    release = re.findall(r"\d+", os.uname().release)  # of "6.14-rc1" too
    if tuple(map(int, release[:2])) < (6, 14):
        raise OSError("its limit is not its own")
    _PROC.joinpath("sys/kernel/pid_max").write_text(str(PROCESSES))


def _try(action: Callable[[], None]) -> bool:
    """Whether the system grants it."""
    try:
        action()
    except OSError:
        return False
    return True
