"""What a session's blocks warn about."""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any

from diagramgen.execution.messages import sendable
from diagramgen.trace import Warned


class Warnings:
    """Collects the warnings that Python would show, under whatever filters the page sets.

    A warning's line is the innermost one of its block that led to it, wherever its ``stacklevel``
    points: those of Keras point into Keras.
    """

    def __init__(self) -> None:
        """Have this process's warnings collected from now on."""
        warnings.showwarning = self._collect
        self.begin("")

    def begin(self, filename: str) -> None:
        """Forget what was warned so far: the block in this file begins."""
        self._filename = filename
        self._warned: dict[Warned, None] = {}
        # Entering lets Python forget what it has shown, so that a later block warns again.
        with warnings.catch_warnings():
            pass

    def warned(self) -> tuple[Warned, ...]:
        """The block's warnings in order, each once."""
        return tuple(self._warned)

    def _collect(self, message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        line = _innermost_line(sys._getframe(), self._filename)
        self._warned[Warned(category.__name__, sendable(str(message)), line)] = None


def _innermost_line(frame: FrameType | None, filename: str) -> int | None:
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return frame.f_lineno if frame is not None else None
