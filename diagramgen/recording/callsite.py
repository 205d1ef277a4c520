"""Where on the page a layer was made and called, as exact source text.

A frame that is making a call knows that call's position in its file (`co_positions`), so the text
of the very call is found in the block's syntax tree, not guessed from a line.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, ModuleType
from typing import Any

import keras

from diagramgen.recording.names import assignments
from diagramgen.recording.onetext import on_one_line
from diagramgen.trace import Argument, Source

Resolve = Callable[[ast.expr], object]

Position = tuple[int | None, int | None]
"""A line and a column."""


class Pages:
    """The blocks of a session, by the file name that their frames bear."""

    def __init__(self) -> None:
        self._code: dict[str, str] = {}
        self._calls: dict[str, dict[Position, ast.Call]] = {}
        self._targets: dict[str, dict[ast.expr, ast.expr]] = {}

    def add(self, filename: str, code: str) -> None:
        """A block is about to run."""
        self._code[filename] = code
        self._calls.pop(filename, None)
        self._targets.pop(filename, None)

    def source(self, cls: type, frame: FrameType) -> Source | None:
        """The call by which a frame of a block is making an object of a class.

        None if the frame belongs to no block, or if the call that it is in names another function,
        as where ``map`` or a helper elsewhere makes the layer.
        """
        filename = frame.f_code.co_filename
        node = self._call_of(frame)
        if node is None:
            return None
        made = _resolver(frame)(node.func)
        if made is not keras.Input and not (isinstance(made, type) and issubclass(cls, made)):
            return None
        text = ast.get_source_segment(self._code[filename], node)
        return source_of(text, cls, _resolver(frame)) if text else None

    def target(self, frame: FrameType) -> ast.expr | None:
        """What a frame of a block assigns the result of its present call to, if it does so."""
        node = self._call_of(frame)
        return self._targets[frame.f_code.co_filename].get(node) if node else None

    def _call_of(self, frame: FrameType) -> ast.Call | None:
        """The call that a frame is making, if the frame belongs to a block."""
        filename = frame.f_code.co_filename
        if filename not in self._code:
            return None
        if filename not in self._calls:
            module = ast.parse(self._code[filename])
            self._targets[filename] = assignments(module)
            self._calls[filename] = {
                (node.end_lineno, node.end_col_offset): node
                for node in ast.walk(module)
                if isinstance(node, ast.Call)
            }
        return self._calls[filename].get(_end_of_instruction(frame))


def caller(frame: FrameType | None, filename: str) -> FrameType | None:
    """The innermost frame, from this one outwards, that runs code of a file."""
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return frame


def maker(frame: FrameType | None) -> FrameType | None:
    """The frame that makes an object, from a frame inside ``__new__`` or ``keras.Input``."""
    while frame is not None and (
        frame.f_code.co_name == "__new__" or frame.f_code is keras.Input.__code__
    ):
        frame = frame.f_back
    return frame


def source_of(text: str, cls: type, resolve: Resolve, *, respelt: bool = False) -> Source | None:
    """A call's text with its arguments marked.

    Args:
        text: A call expression, on one line or several.
        cls: The class that it makes an object of.
        resolve: Finds what a name in the text means.
        respelt: Whether the text is ours and not the author's.

    Returns:
        None for a call with starred arguments: what they hold doesn't stand in the text.
    """
    line = on_one_line(text)
    node = ast.parse(line, mode="eval").body
    if not isinstance(node, ast.Call) or _starred(node):
        return None
    starts = list(itertools.accumulate((len(char.encode()) for char in line), initial=0))
    arguments = [
        Argument(name, starts.index(part.col_offset), starts.index(part.end_col_offset))
        for name, part in _parts(node, cls, resolve)
        if part.end_col_offset is not None
    ]
    return Source(line, tuple(arguments), respelt)


def argument_source(source: Source, cls: type, name: str, made: type) -> Source | None:
    """The call that stands as an argument in the text of another call.

    Args:
        source: The outer call.
        cls: The class that it makes an object of.
        name: The parameter that received the argument.
        made: The class that the inner call makes an object of.

    Returns:
        None where the argument is no call.
    """
    call = ast.parse(source.text, mode="eval").body
    value = _paired(call, cls).get(name) if isinstance(call, ast.Call) else None
    text = ast.get_source_segment(source.text, value) if isinstance(value, ast.Call) else None
    return source_of(text, made, lambda _: None) if text else None


def _parts(node: ast.Call, cls: type, resolve: Resolve) -> Iterator[tuple[str, ast.expr]]:
    """The arguments' names and values."""
    for name, value in _paired(node, cls).items():
        yield from _taken_apart(name, value, resolve)


def _taken_apart(name: str, value: ast.expr, resolve: Resolve) -> Iterator[tuple[str, ast.expr]]:
    """A value, or the parts of a tuple, a list or an inner layer."""
    inner = resolve(value.func) if isinstance(value, ast.Call) else None
    if isinstance(value, ast.Tuple | ast.List) and not any(
        isinstance(element, ast.Starred) for element in value.elts
    ):
        for i, element in enumerate(value.elts):
            yield from _taken_apart(f"{name}[{i}]", element, resolve)
    elif (
        isinstance(value, ast.Call)
        and isinstance(inner, type)
        and issubclass(inner, keras.Layer)
        and not _starred(value)
    ):
        for inner_name, part in _parts(value, inner, resolve):
            yield f"{name}.{inner_name}", part
    else:
        yield name, value


def _paired(node: ast.Call, cls: type) -> Mapping[str, ast.expr]:
    """Each argument's value under the name of the parameter that received it."""
    signature = inspect.signature(
        keras.Input if issubclass(cls, keras.layers.InputLayer) else cls.__init__  # type: ignore[misc]
    )
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    positional = dict(zip(names, node.args, strict=False))
    return positional | {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}


def _starred(node: ast.Call) -> bool:
    return any(isinstance(value, ast.Starred) for value in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    )


def _end_of_instruction(frame: FrameType) -> Position:
    """Where the call that a frame is making ends; no two calls end at the same place."""
    positions = frame.f_code.co_positions()
    _, end_line, _, end_column = next(itertools.islice(positions, frame.f_lasti // 2, None))
    return end_line, end_column


def _resolver(frame: FrameType) -> Resolve:
    """Looks names up as the frame does, and attributes of modules and classes alone.

    Asking any other object for an attribute might run the author's code a second time.
    """

    def resolve(node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            for scope in (frame.f_locals, frame.f_globals, vars(builtins)):
                if node.id in scope:
                    return scope[node.id]
        if isinstance(node, ast.Attribute):
            owner = resolve(node.value)
            if isinstance(owner, ModuleType | type):
                return getattr(owner, node.attr, None)
        return None

    return resolve
