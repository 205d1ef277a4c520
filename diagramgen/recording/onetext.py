"""A call that the author spread over several lines, on one line."""

from __future__ import annotations

import ast
import io
import tokenize

_LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}


def on_one_line(expression: str) -> str:
    """An expression in the author's own spelling, without line breaks and comments.

    Where lines were joined, the spacing is that of a call written on one line:
    ``Dense(⏎    4,⏎)`` becomes ``Dense(4)``.
    """
    if "\n" not in expression:
        return expression
    joined = _joined(expression)
    tree = ast.parse(f"({expression})", mode="eval")
    # The comma of a one-element tuple, or a string over several lines, can't be joined so.
    faithful = "\n" not in joined and ast.dump(_parsed(joined)) == ast.dump(tree)
    return joined if faithful else ast.unparse(tree)


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _joined(expression: str) -> str:
    text, end = "", (1, 0)
    # Parentheses keep the tokenizer from taking the expression's lines for statements.
    for token in tokenize.generate_tokens(io.StringIO(f"({expression})").readline):
        if token.type in _LAYOUT or not token.string:
            continue
        if token.start[0] == end[0]:
            text += " " * (token.start[1] - end[1])
        elif token.string in ")]}":
            text = text.removesuffix(",")
        elif text[-1:] not in "([{." and token.string != ".":
            text += " "
        text += token.string
        end = token.end
    return text[1:-1]
