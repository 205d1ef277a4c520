"""Sizes, and the colours of each role.

Lengths are points, which an SVG shows as CSS pixels. The colours here are those that Graphviz
itself paints with, for a DOT file or a PNG on white paper; a page's style sheet
(``assets/figures.css``) names the same ones as variables and adds those of the dark palette.
"""

from __future__ import annotations

from typing import NamedTuple

VALUE_WIDTH = 40.0
VALUE_HEIGHT = 21.0
VALUE_SIZE = 11.0
SMALL_SIZE = 9.5
LABEL_SIZE = 11.5
CODE_SIZE = 12.5
WORD_SIZE = 17.0
CELL_SIZE = 13.0
LINE_HEIGHT = 14.0

SHOWN_UNITS = 8
SHOWN_STEPS = 6
SHOWN_LAYERS = 7
SHOWN_RECURRENT = 4
"""From so many on, the middle of an axis is elided; `LEADING` entries and the last one stay."""
LEADING = 3
SHOWN_PARTS = 3
"""Of calls that go on with one another's states, so many are drawn: the last ones."""

SANS = "Arial"
MONO = "Courier"
"""The two fonts whose widths Graphviz knows exactly; a page swaps them for stacks of the same
metrics."""


class Paint(NamedTuple):
    """How Graphviz paints a role: colours as ``#rrggbb``."""

    line: str
    fill: str
    text: str


INK = "#343a40"
PAPER = "#ffffff"
ROLES: dict[str, Paint] = {
    "input": Paint("#bf4408", "#fff4e6", INK),
    "state": Paint("#1864ab", "#e7f5ff", INK),
    "cell-state": Paint("#0b7285", "#e3fafc", INK),
    "output": Paint("#237a36", "#ebfbee", INK),
    "backward": Paint("#862e9c", "#f8f0fc", INK),
    "gate": Paint("#5f3dc4", "#f3f0ff", INK),
    "time": Paint("#5f3dc4", PAPER, INK),
    "misfit": Paint("#c92a2a", "#fff5f5", INK),
    "ghost": Paint("#868e96", PAPER, "#5c636a"),
    "muted": Paint("#868e96", PAPER, "#5c636a"),
    "ink": Paint(INK, "#f8f9fa", INK),
}
