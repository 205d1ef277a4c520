"""What a session's process prints: into files, so that it can be read even after a crash."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from diagramgen.trace import Printed

OUTPUT_LIMIT = 200_000
"""Bytes of a block's output that are kept."""

_LAST_WORDS = 4096
_LIBC = ctypes.CDLL(None)


def redirect(descriptor: int, path: Path) -> None:
    """Let a file descriptor lead to a file, made if need be, and written at its end."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


class Output:
    """Standard output, and what Python writes to standard error, read back after each statement.

    Of standard output, the descriptor is redirected rather than `sys.stdout`, so that what child
    processes and native code print is seen too. A pipe would do as little as a file if nobody
    emptied it while native code holds the interpreter's lock. Of standard error it is `sys.stderr`:
    what TensorFlow's native code writes there has times and addresses in it.
    """

    def __init__(self, path: Path) -> None:
        """Redirect this process's output into a file."""
        redirect(1, path)
        self._file = os.dup(1)
        self._stream = sys.stdout
        self._stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        self._errors = open(  # noqa: PTH123, SIM115 - a file descriptor, and for good
            os.dup(1), "w", buffering=1, encoding="utf-8", errors="backslashreplace"
        )
        _take_over_stderr(self._errors)
        self.begin()

    def begin(self) -> None:
        """Forget what was printed so far: a block begins."""
        self._flush()
        os.ftruncate(self._file, 0)
        self._size = 0
        self._kept: list[tuple[int, bytes]] = []

    def end_statement(self, line: int) -> None:
        """Ascribe what was printed since the last call to the statement that ends on a line."""
        self._flush()
        before, self._size = self._size, os.fstat(self._file).st_size
        end = min(self._size, OUTPUT_LIMIT)
        if before < end:
            self._kept.append((line, os.pread(self._file, end - before, before)))

    def printed(self) -> tuple[Printed, ...]:
        """What each of the block's statements printed, up to `OUTPUT_LIMIT` in all."""
        texts: dict[int, str] = {}
        for line, data in self._kept:
            texts[line] = texts.get(line, "") + data.decode("utf-8", "replace")
        if self._size > OUTPUT_LIMIT:
            texts[self._kept[-1][0]] += _cut(self._size)
        return tuple(Printed(line, text) for line, text in texts.items())

    def _flush(self) -> None:
        for stream in (self._stream, sys.stdout, sys.stderr):
            # The page may have closed its stream, or put anything in its place.
            with contextlib.suppress(AttributeError, OSError, ValueError):
                stream.flush()
        _LIBC.fflush(None)


def _take_over_stderr(stream: TextIO) -> None:
    """Put a stream in place of `sys.stderr`.

    TensorFlow's own log keeps the one that it has: there are addresses in that too.
    """
    before, sys.stderr = sys.stderr, stream
    # No traceback is published: neither a thread's, nor one that nobody could be told.
    threading.excepthook = _unpublished(threading.excepthook, before)
    sys.unraisablehook = _unpublished(sys.unraisablehook, before)


def _unpublished(hook: Callable[[Any], object], stream: TextIO) -> Callable[[Any], None]:
    def unpublished(unheard: object) -> None:
        with contextlib.redirect_stderr(stream):
            hook(unheard)

    return unpublished


def interrupted_output(path: Path) -> str:
    """What a block had printed when its process ended."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        text = file.read(OUTPUT_LIMIT).decode("utf-8", "replace")
        size = os.fstat(file.fileno()).st_size
        return text + _cut(size) if size > OUTPUT_LIMIT else text
    return ""


def last_words(file: BinaryIO) -> str:
    """The last line of what a process wrote to standard error, or nothing."""
    file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_WORDS))
    lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _cut(size: int) -> str:
    return f"\n… {size - OUTPUT_LIMIT} more bytes were printed\n"
