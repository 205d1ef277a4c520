"""The author's names on a scene: words under the time-steps, labels on the output's entries."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from diagramgen.errors import FigureError
from diagramgen.figures.scene import Unrolled
from diagramgen.figures.text import count


def with_words(parts: Sequence[Unrolled], words: Sequence[str]) -> list[Unrolled]:
    """The parts with their words, given in the order of time.

    Raises:
        FigureError: There are more or fewer words than time-steps.
    """
    if not words:
        return list(parts)
    _check("words", len(words), sum(part.length for part in parts), "time-step")
    named, start = [], 0
    for part in parts:
        shown = tuple(words[start + t] for t in part.steps)
        named.append(replace(part, words=shown))
        start += part.length
    return named


def with_labels(part: Unrolled, labels: Sequence[str]) -> Unrolled:
    """The part with names for the entries of its topmost output.

    Raises:
        FigureError: There are more or fewer labels than entries, or no entries.
    """
    if not labels:
        return part
    *below, top = part.rows
    if len(top.outputs[-1].shape) > 1:
        raise FigureError(
            f'labels="…" has nothing to name: {top.title} gives images, which are drawn as shapes',
            hint="Take labels out",
        )
    _check("labels", len(labels), top.outputs[-1].length, "number")
    return replace(part, rows=(*below, replace(top, labels=tuple(labels))))


def _check(option: str, given: int, wanted: int, what: str) -> None:
    if given != wanted:
        raise FigureError(
            f'{option}="…" names {given}, but the figure has {count(wanted, what)} to name',
            hint=f"Give {count(wanted, option.removesuffix('s'))}, or leave the option out",
        )
