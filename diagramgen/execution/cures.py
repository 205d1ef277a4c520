"""What an author can do about an error, where one of the session's limits caused it."""

from __future__ import annotations

import errno
import re
import socket
import traceback
from collections.abc import Iterator

from diagramgen.execution.limits import FILE_SIZE, MEMORY
from diagramgen.execution.namespaces import PROCESSES
from diagramgen.execution.supplies import FileTooLargeError

_UNRUN = 'or show it without running it: run="no"'
NEEDS_LESS = f"A session's process has {MEMORY >> 30} GB of memory: make it need less, {_UNRUN}"
FEWER_PROCESSES = f"A session has room for {PROCESSES} processes and threads: start fewer, {_UNRUN}"
_SMALLER = (
    f"A session's output, and each of its files, has room for {FILE_SIZE >> 20} MB: write less"
)
_PART = (
    f"A session's files have room for {FILE_SIZE >> 20} MB each: let the block need a part of it"
)
_INSIDE = "Code on a page may write in the folder that it starts in, in no other of the machine"
_NETWORK = (
    "Grant the page the network in mkdocs.yml, under diagramgen: network, or load it from a file"
)

_BY_NUMBER = {
    errno.EFBIG: _SMALLER,
    errno.EROFS: _INSIDE,
    errno.ENETUNREACH: _NETWORK,
    errno.EHOSTUNREACH: _NETWORK,
}


def cure(error: BaseException, *, network: bool) -> str | None:
    """What to do about an error; None if no limit caused it.

    Args:
        error: What the page's code raised; its cause may say more.
        network: Whether the session has the network.
    """
    found = (_cure(each) for each in _chain(error))
    known = next((each for each in found if each), None)
    return None if network and known == _NETWORK else known


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it: its causes, and what `urllib` keeps as a reason."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        reason = getattr(error, "reason", None)
        inner = reason if isinstance(reason, BaseException) else None
        error = inner or error.__cause__ or error.__context__


def _cure(error: BaseException) -> str | None:
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return NEEDS_LESS
    if _too_many(error):
        return FEWER_PROCESSES
    if isinstance(error, FileTooLargeError):
        return _PART
    if isinstance(error, socket.gaierror):
        return _NETWORK
    if isinstance(error, PermissionError):  # of a connection it names no file
        return _INSIDE if error.filename else _NETWORK
    return _BY_NUMBER.get(error.errno or 0) if isinstance(error, OSError) else None


def _too_many(error: BaseException) -> bool:
    """Whether no process or thread more could be started."""
    if isinstance(error, BlockingIOError):  # a socket that doesn't wait raises it too
        innermost = traceback.extract_tb(error.__traceback__, limit=-1)
        return any(re.search("fork|spawn", call.line or "") for call in innermost)
    return type(error) is RuntimeError and str(error) == "can't start new thread"
