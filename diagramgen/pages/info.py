"""What stands behind a fence's characters: the language and the options of a code block.

Two forms exist, ``python title="x"`` and ``{.python title="x"}``. SuperFences takes a fence with an
option that it doesn't know for prose, except in braces, where everything is an HTML attribute.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

PYTHON = ("python", "py")
"""The languages whose blocks run."""

_LINE_NUMBERS = r"\d+(?:-\d+)?"
MATERIAL = {
    "title": re.compile(r"(?s).*"),
    "title_mode": re.compile(r"(?s).*"),
    "hl_lines": re.compile(rf"{_LINE_NUMBERS}(?:[ \t]+{_LINE_NUMBERS})*$"),
    "linenums": re.compile(r"\d+"),
}
"""The options that SuperFences has itself, with how their values begin."""

_LANGUAGE = re.compile(r" *\.?(?P<language>[\w#.+-]+)(?= |$)")
_BRACES = re.compile(r" *\{(?P<inside>.*)\} *$")
_OPTION = re.compile(
    r""" *(?P<key>[a-zA-Z][a-zA-Z0-9_]*)(?:=(?P<quote>["'])(?P<value>.*?)(?P=quote))?(?= |$)"""
)
_ATTRIBUTE = re.compile(
    r""" *(?P<key>[^ =}]+)"""
    r"""(?:="(?P<value>.*?)"|='(?P<value_in_single_quotes>.*?)'|=(?P<value_in_none>[^ =}]+))?"""
)
_LIKE_PYTHON = re.compile(rf" *\.?(?:{'|'.join(PYTHON)})(?![\w#.+-])")


class Item(msgspec.Struct, frozen=True):
    """One option, as it is written."""

    key: str
    value: str | None
    """None where there is a key alone."""
    start: int
    """Where it begins in the info string, the blanks before it included."""
    end: int


class Info(msgspec.Struct, frozen=True):
    """The info string of a fence, read."""

    language: str = ""
    items: tuple[Item, ...] = ()
    braced: bool = False
    """Whether the options stand in braces."""
    unread: str = ""
    """What is no option in any form; empty but for Python, where it is an error to report."""

    @property
    def python(self) -> bool:
        """Whether the block is Python that runs, unless its options say otherwise."""
        return self.language in PYTHON

    def accepted(self, without: Collection[str] = ()) -> bool:
        """Whether SuperFences takes this for a fence when some options are taken out."""
        items = (item for item in self.items if item.key not in without)
        return not self.unread and (self.braced or all(known(item) for item in items))


def read_info(text: str, mark: str) -> Info | None:
    """Read an info string, without tabs; None if this is no fence.

    Args:
        text: All that follows the fence's characters.
        mark: The fence's character: a backtick or a tilde.
    """
    language = _LANGUAGE.match(text)
    start = language.end() if language else 0
    name = language["language"] if language else ""
    if braces := _BRACES.match(text, start):
        return _in_braces(name, braces)
    items, end = _items(_OPTION, text, start)
    unread = text[end:].strip()
    info = Info(name, items, unread=unread)
    if unread and not info.python and _LIKE_PYTHON.match(text):
        info = Info(PYTHON[0], unread=unread)
    if info.python:
        # In prose, a line may begin with a code span in three backticks.
        return None if unread and mark == "`" and "`" in text else info
    return info if info.accepted() else None


def known(item: Item) -> bool:
    """Whether SuperFences takes this for an option of its own."""
    form = MATERIAL.get(item.key)
    return (
        form is not None and form.match(item.key if item.value is None else item.value) is not None
    )


def _in_braces(name: str, braces: re.Match[str]) -> Info:
    items, _ = _items(_ATTRIBUTE, braces.string, braces.start("inside"), braces.end("inside"))
    classes = [item for item in items if item.value is None and item.key.startswith(".")]
    if not name and classes:
        name = classes[0].key[1:]
    return Info(name, items, braced=True)


def _items(
    pattern: re.Pattern[str], text: str, start: int, end: int | None = None
) -> tuple[tuple[Item, ...], int]:
    """The options from ``start`` on, and where they end."""
    items = []
    end = len(text) if end is None else end
    while match := pattern.match(text, start, end):
        values = (match[name] for name in pattern.groupindex if name.startswith("value"))
        value = next((value for value in values if value is not None), None)
        items.append(Item(match["key"], value, match.start(), match.end()))
        start = match.end()
    return tuple(items), start
