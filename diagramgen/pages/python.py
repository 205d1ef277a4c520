"""Python source, read without being run."""

from __future__ import annotations

import ast
import warnings

from diagramgen.errors import CodeError


def read_code(code: str) -> ast.Module:
    """The statements of a block.

    Raises:
        CodeError: It isn't Python; the line is counted from the block's first.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # they come up where it runs
            return ast.parse(code)
    except SyntaxError as error:
        raise CodeError(
            f"This isn't Python: {error.msg}",
            line=error.lineno or 1,
            hint='Mend it, or write run="no" on its fence to show it as it is',
        ) from None
    except ValueError as error:
        raise CodeError(f"This isn't Python: {error}", line=1, hint="Take it out") from None


def read_expression(code: str) -> None:
    """Check an inline expression.

    Raises:
        CodeError: It isn't one Python expression; without a line.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(code, mode="eval")
    except (SyntaxError, ValueError):
        raise CodeError(
            f"This isn't a Python expression: {code}",
            hint="Write one expression, or two backticks on each side to show it as it is",
        ) from None
