"""Find the indented code of a page, where a fence is text and not a block.

Four columns of indent are code, unless something above took them for its own content: a list item,
an admonition, a tab, a footnote. So this module follows Python-Markdown through a page's blocks
(lines without a blank one between) and keeps, for each of them, what stands open above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

FENCE = "\1"
"""What stands for a fence."""
HTML = "\3"
"""A line that begins with this is a block of its own: a comment or raw HTML."""

Line = tuple[int, str]
"""A line's number and what is left of its text."""

_INDENT = "    "
_DEEPEST = 50
_FENCE = re.compile(f"[> ]*{FENCE}")
_BOX = re.compile(
    r'!!! ?[\w\-]+(?: +[\w\-]+)*(?: +".*?")? *$'
    r'|\?{3}\+? ?(?:(?:[\w\-]+(?: +[\w\-]+)*?)?(?: +".*?")|[\w\-]+(?: +[\w\-]+)*?) *$'
    r'|={3}[+!]{0,2} +".*?" *$'
)
_RULE = re.compile(r" {0,3}(?:(?:- {0,2}){3,}|(?:_ {0,2}){3,}|(?:\* {0,2}){3,}) *$")
_UNDERLINE = re.compile(r"(?:=+|-+) *$")
_ITEM = re.compile(r" {0,3}(?:\d+\.|[*+-]) +(?P<text>.*)")
_NESTED_ITEM = re.compile(r" {4,7}(?:\d+\.|[*+-]) +")
_DEFINITION = re.compile(r" {0,3}: {1,3}(?P<text>.*)")
_QUOTE = re.compile(r" {0,3}> ?(?P<text>.*)")
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]]*\]:")


def indented_code(lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines that are indented code, or a fence that is text because of it.

    Args:
        lines: The page, with one line for each fence.
    """
    reader = _Reader()
    reader.read_all(_Container(), lines)
    return reader.code


class _Container:
    """Something that holds blocks, with what stands open in it: its last child."""

    def __init__(self, kind: str = "", depth: int = 0) -> None:
        self.kind = kind
        self.depth = depth
        self.last: _Container | None = None

    def open(self, kind: str) -> _Container:
        self.last = _Container(kind, self.depth + 1)
        return self.last

    def opened(self, kind: str) -> _Container | None:
        return self.last if self.last is not None and self.last.kind == kind else None


class _Reader:
    """Reads blocks into containers, and collects the lines that are code."""

    def __init__(self) -> None:
        self.code: set[int] = set()
        # In the order in which Python-Markdown asks: what makes a block one of its kind, on which
        # line of it (None: on any), and what reads it from there and gives back what it leaves.
        self.kinds: tuple[tuple[re.Pattern[str], int | None, _Read], ...] = (
            (_BOX, None, self.box),
            (re.compile(_INDENT), 0, self.indented),
            (re.compile("#"), None, self.heading_or_rule),
            (_UNDERLINE, 1, self.underlined),
            (_RULE, None, self.heading_or_rule),
            (_ITEM, 0, self.items),
            (_DEFINITION, None, self.definition),
            (_QUOTE, None, self.quote),
            (_FOOTNOTE, None, self.box),
            (re.compile(""), 0, self.paragraph),
        )

    def read_all(self, parent: _Container, lines: Sequence[Line]) -> None:
        """Read lines as blocks: blank lines part them, and so does HTML."""
        block: list[Line] = []
        for number, text in lines:
            if text.startswith(HTML):
                self.read(parent, block)
                parent.last = None
                block = [(number, tail)] if (tail := text.lstrip(HTML)).strip() else []
            elif text.strip():
                block.append((number, text))
            else:
                self.read(parent, block)
                block = []
        self.read(parent, block)

    def read(self, parent: _Container, block: list[Line]) -> None:
        """Read one block."""
        while block and parent.depth < _DEEPEST:
            at, read = next(
                (at, read)
                for pattern, where, read in self.kinds
                if (at := _find(pattern, block, where)) is not None
            )
            block = read(parent, block, at)

    def box(self, parent: _Container, block: list[Line], at: int) -> list[Line]:
        """An admonition, a tab or a footnote."""
        self.read(parent, block[:at])
        inside, rest = _detab(block[at + 1 :])
        self.read_all(parent.open("box"), inside)
        return rest

    def indented(self, parent: _Container, block: list[Line], _: int) -> list[Line]:
        """Content of what stands open, or code."""
        if item := parent.opened("item"):
            self.read(item, [(number, text.removeprefix(_INDENT)) for number, text in block])
            return []
        inside, rest = _detab(block)
        if box := parent.opened("box"):
            self.read_all(box, inside)
            return rest
        # SuperFences takes its blocks back wherever they stand in the same run of lines.
        self.code.update(number for number, text in block if _FENCE.match(text))
        self.code.update(number for number, _ in inside)
        parent.last = None
        return rest

    def heading_or_rule(self, parent: _Container, block: list[Line], at: int) -> list[Line]:
        """What ends all that is open."""
        self.read(parent, block[:at])
        parent.last = None
        return block[at + 1 :]

    def underlined(self, parent: _Container, block: list[Line], at: int) -> list[Line]:
        """A heading whose second line makes it one."""
        parent.last = None
        return block[at + 1 :]

    def items(self, parent: _Container, block: list[Line], _: int) -> list[Line]:
        """The items of a list, and those nested in them."""
        items: list[list[Line]] = []
        for number, text in block:
            if item := _ITEM.match(text):
                items.append([(number, item["text"])])
            elif _NESTED_ITEM.match(text) and not items[-1][0][1].startswith(_INDENT):
                items.append([(number, text)])
            else:
                items[-1].append((number, text))
        for lines in items:
            if lines[0][1].startswith(_INDENT):
                self.indented(parent, lines, 0)
            else:
                self.read(parent.open("item"), lines)
        return []

    def definition(self, parent: _Container, block: list[Line], at: int) -> list[Line]:
        """A term's definition."""
        inside, rest = _detab(block[at + 1 :])
        self.read(parent.open("item"), [*_unmark(_DEFINITION, block[at : at + 1]), *inside])
        return rest

    def quote(self, parent: _Container, block: list[Line], at: int) -> list[Line]:
        """A blockquote, which goes on to the block's end."""
        self.read(parent, block[:at])
        quote = parent.opened("quote") or parent.open("quote")
        self.read_all(quote, _unmark(_QUOTE, block[at:]))
        return []

    def paragraph(self, parent: _Container, *_: object) -> list[Line]:
        """Anything else, which ends what was open."""
        parent.last = None
        return []


_Read = Callable[[_Container, list[Line], int], list[Line]]


def _find(pattern: re.Pattern[str], block: list[Line], where: int | None) -> int | None:
    """The first line of a block that a pattern fits, among all or at one place."""
    places = range(len(block)) if where is None else range(len(block))[where : where + 1]
    return next((at for at in places if pattern.match(block[at][1])), None)


def _unmark(pattern: re.Pattern[str], lines: list[Line]) -> list[Line]:
    """The lines without the mark that a pattern's text stands behind."""
    return [(n, match["text"] if (match := pattern.match(text)) else text) for n, text in lines]


def _detab(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines up to the first without indent, less one step of it; and the others."""
    inside: list[Line] = []
    for number, text in lines:
        if not text.startswith(_INDENT):
            break
        inside.append((number, text[len(_INDENT) :]))
    return inside, lines[len(inside) :]
