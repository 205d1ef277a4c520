"""The options that an author writes on a code block, in one table.

The table is what the parser reads, what the error messages say, and what the documentation's own
table is tested against.
"""

from __future__ import annotations

import difflib
import math
import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from diagramgen.errors import OptionError
from diagramgen.pages.info import MATERIAL, Info, Item, known

DEFAULT_SESSION = "default"
"""The session of blocks that name none, and of the inline values."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a block's options say."""

    run: bool = True
    session: str = DEFAULT_SESSION
    hide: str | None = None
    raises: str | None = None
    warns: str | None = None
    figure: str | None = None
    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    steps: int | None = None
    caption: str | None = None
    alt: str | None = None
    timeout: float | None = None
    needs: tuple[str, ...] = ()

    def hides(self, part: str) -> bool:
        """Whether ``"code"``, ``"output"`` or ``"figure"`` is not shown."""
        return self.hide in (part, "all")


class Option(msgspec.Struct, frozen=True):
    """One row of the table."""

    name: str
    values: str
    """The values that it takes, in words, for ``name takes …``."""
    meaning: str
    read: Callable[[str], Any]
    """Reads a value; raises ValueError if the option doesn't take it."""


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return read


def _name(text: str) -> str:
    if not text.isidentifier():
        raise ValueError(text)
    return text


def _figure(text: str) -> str:
    if not re.fullmatch(r"(gates:)?(?!\d)\w+|gates:(?!\d)\w+:\d+", text):
        raise ValueError(text)
    return text


def _session(text: str) -> str:
    if not re.fullmatch(r"[\w-]+", text):
        raise ValueError(text)
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(_text(text).split())


def _labels(text: str) -> tuple[str, ...]:
    return tuple(_text(label) for label in text.split(","))


def _files(text: str) -> tuple[str, ...]:
    paths = [posixpath.normpath(_text(path)) for path in text.split(",")]
    if any(path.startswith(("/", "..")) or path == "." or "\\" in path for path in paths):
        raise ValueError(text)
    return tuple(dict.fromkeys(paths))


def _count(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]*", text):
        raise ValueError(text)
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(text)
    return seconds


def _no(text: str) -> bool:
    return _one_of("no")(text) != "no"


OPTIONS = (
    Option("run", '"no"', "shown, not run; the page says so to the reader", _no),
    Option("session", "a name", "another namespace on the same page", _session),
    Option(
        "hide",
        '"code", "output", "figure" or "all"',
        "runs, but that part is not shown",
        _one_of("code", "output", "figure", "all"),
    ),
    Option(
        "raises",
        'the name of an exception, as "ValueError"',
        "must raise it; the message is shown as a lesson; anything else is an error",
        _name,
    ),
    Option(
        "warns",
        'the name of a warning, as "UserWarning"',
        "must warn so; a warning that no block declares is a problem",
        _name,
    ),
    Option(
        "figure",
        '"none", the name of a variable, or "gates:" and that of an LSTM or a GRU',
        "no figure, or a variable's name: draw that layer, model or tensor; gates: one step of it",
        _figure,
    ),
    Option("words", "words with blanks between", "what stands under the time-steps", _words),
    Option(
        "labels", "names with commas between", "names for the classes of an output vector", _labels
    ),
    Option(
        "steps",
        "a whole number above 0",
        "time-steps to draw where the model leaves them open",
        _count,
    ),
    Option("caption", "text", "in place of the generated caption", _text),
    Option("alt", "text", "in place of the generated description", _text),
    Option("timeout", "a number of seconds above 0", "seconds for this block", _seconds),
    Option(
        "needs",
        "paths below the docs folder, with slashes in them and commas between",
        "files that the block reads, at the same path in the session's working directory",
        _files,
    ),
)

_TABLE = {option.name: option for option in OPTIONS}
OPTION_NAMES = frozenset(_TABLE)
_OF_LAYERS = ("words", "labels", "steps")


def read_options(info: Info, line: int) -> tuple[Options, list[OptionError]]:
    """The options of a block, and what is wrong with them.

    Args:
        info: The fence's info string.
        line: The line of the page that the errors bear.
    """
    values: dict[str, Any] = {}
    errors = [_unreadable(info)] if info.unread else []
    for item in info.items:
        try:
            if item.key in values:
                raise OptionError(f"{item.key} stands here twice", hint="Take one of them out")
            if item.key in _TABLE:
                values[item.key] = _value(item)
            elif not known(item):
                _refuse(item, info.braced)
        except OptionError as error:
            errors.append(error)
    errors += [
        OptionError(f"{name} says nothing beside {other}", hint=f"Take {name} out")
        for name, other in _idle(values)
    ]
    placed = [OptionError(error.message, line=line, hint=error.hint) for error in errors]
    return Options(**values), placed


def strip_options(text: str, info: Info) -> str:
    """An info string without the options that are ours, and as it is if there are none."""
    for item in reversed(info.items):
        if item.key in OPTION_NAMES:
            text = text[: item.start] + text[item.end :]
    return text


def _value(item: Item) -> Any:
    option = _TABLE[item.key]
    hint = f"{option.name} takes {option.values}"
    if item.value is None:
        raise OptionError(f"{item.key} has no value", hint=hint)
    try:
        return option.read(item.value)
    except ValueError:
        raise OptionError(f"{item.key} doesn't take {item.value!r}", hint=hint) from None


def _refuse(item: Item, braced: bool) -> None:
    """Raise an OptionError for an option that neither we nor SuperFences knows.

    In braces any other key is an HTML attribute, unless it looks like a misspelt option.
    """
    if item.key in MATERIAL:
        raise OptionError(f"{item.key} doesn't take {item.value!r}", hint=f'Write {item.key}="1"')
    names = sorted([*_TABLE, *MATERIAL])
    nearest = difflib.get_close_matches(item.key, names, n=1, cutoff=0.8 if braced else 0.6)
    if nearest:
        raise OptionError(f"There is no option {item.key}", hint=f'Did you mean {nearest[0]}="…"?')
    if not braced:
        raise OptionError(f"There is no option {item.key}", hint=f"There are {', '.join(names)}")


def _unreadable(info: Info) -> OptionError:
    return OptionError(
        f"These options can't be read: {info.unread}",
        hint='Write each as key="value", with a blank between, in either kind of quotes',
    )


def _idle(values: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Options without effect beside another one."""
    if not values.get("run", True):
        yield from ((name, 'run="no"') for name in values if name != "run")
    elif values.get("figure") == "none":
        yield from ((name, 'figure="none"') for name in values if name in _OF_LAYERS)
