"""The author's own names for what a call returns."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from keras import tree

Names = tuple[str | None, ...]


def assignments(module: ast.Module) -> dict[ast.expr, ast.expr]:
    """The calls whose result is assigned, each with what it is assigned to."""
    found: dict[ast.expr, ast.expr] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
            found[node.value] = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return found


def names(target: ast.expr, returned: Any) -> Names:
    """The names of the tensors in what a call returns, in the order of `keras.tree.flatten`.

    After ``output, *states = layer(x)`` they are ``output``, ``states[0]``, …. None stands for a
    tensor without a name of its own, and for ``_``, by which an author says that it isn't needed.
    """
    several = isinstance(returned, list | tuple)
    match target:
        case ast.Starred(value):
            return names(value, returned)
        case ast.Tuple(parts) | ast.List(parts) if several:
            return _joined(parts, _unpacked(parts, list(returned)))
        case ast.Name(name) if several and name != "_":
            return _joined([ast.Name(f"{name}[{i}]") for i in range(len(returned))], returned)
        case ast.Name(name) if name != "_" and not tree.is_nested(returned):
            return (name,)
    return (None,) * len(tree.flatten(returned))


def _joined(targets: Iterable[ast.expr], returned: Iterable[Any]) -> Names:
    pairs = zip(targets, returned, strict=False)  # an unpacking that fails is the program's matter
    return tuple(name for target, part in pairs for name in names(target, part))


def _unpacked(targets: list[ast.expr], returned: list[Any]) -> list[Any]:
    """The values that targets receive, a starred one a list of its own."""
    for i, target in enumerate(targets):
        if isinstance(target, ast.Starred):
            end = len(returned) - (len(targets) - 1 - i)
            return [*returned[:i], returned[i:end], *returned[end:]]
    return returned
