"""A page's source text as code objects that know where they come from."""

from __future__ import annotations
import __future__

import ast
import linecache
from types import CodeType
from typing import Any, NamedTuple

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


class Statement(NamedTuple):
    """A top-level statement of a block, with its first and its last line."""

    code: CodeType
    first: int
    last: int


class Compiler:
    """Compiles the pieces of one namespace; ``from __future__`` holds from one to the next."""

    def __init__(self) -> None:
        self._flags = 0

    def statements(self, source: str, filename: str) -> list[Statement]:
        """A block's statements, each to be run by itself.

        `inspect`, tracebacks and TensorFlow's AutoGraph find the source under ``filename``.

        Raises:
            SyntaxError: Something in the block isn't Python, so that nothing of it can run.
        """
        lines = [f"{line}\n" for line in source.split("\n")]
        linecache.cache[filename] = (len(source), None, lines, filename)
        tree = self._compile(source, filename, flags=ast.PyCF_ONLY_AST)
        self._flags |= self._compile(tree, filename).co_flags & _FUTURES
        return [
            Statement(self._compile(ast.Module([node], []), filename), node.lineno, node.end_lineno)
            for node in tree.body
        ]

    def expression(self, source: str, filename: str) -> CodeType:
        """An inline expression.

        Raises:
            SyntaxError: It isn't one.
        """
        code: CodeType = self._compile(source.strip(), filename, "eval")
        return code

    def _compile(
        self, source: str | ast.Module, filename: str, mode: str = "exec", flags: int = 0
    ) -> Any:
        return compile(source, filename, mode, self._flags | flags, dont_inherit=True)
