"""What a program says, without what only a terminal understands."""

from __future__ import annotations

import re

_TERMINAL = re.compile(
    r"\x1b\[(?![0-2]?K)[0-?]*[ -/]*[@-~]"  # colours, movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b(?!\[[0-2]?K)[ -/]*[0-~]?"
)
_MOVES = re.compile(r"[\r\b]|\x1b\[[0-2]?K")
_PART = re.compile(f"({_MOVES.pattern})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """A program's output as a reader of a terminal sees it in the end.

    What was written over after a carriage return or a backspace is gone, as are colours and other
    control characters: of a progress bar, its last state is left.
    """
    text = _TERMINAL.sub("", text).replace("\r\n", "\n")
    return _CONTROL.sub("", "\n".join(map(_written_over, text.split("\n"))))


def _written_over(line: str) -> str:
    """A line as it stands when all that moves back in it has been written over."""
    line = line.rstrip("\r")
    if not _MOVES.search(line):
        return line
    shown, at = "", 0
    for part in _PART.split(line):
        if part == "\r":
            at = 0
        elif part == "\b":
            at = max(0, at - 1)
        elif part.startswith("\x1b"):
            shown, at = _erased(part, shown, at)
        else:
            shown = shown[:at] + part + shown[at + len(part) :]
            at += len(part)
    return shown.rstrip(" ")


def _erased(command: str, shown: str, at: int) -> tuple[str, int]:
    """A line after a command that erases from the cursor on, up to it, or all."""
    kept = {"1": " " * at + shown[at:], "2": " " * at}
    return kept.get(command[2], shown[:at]), at
