"""What stands above a page of a served site on which something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from diagramgen.errors import DiagramgenError
from diagramgen.pages.text import plain


def problem_list(problems: Iterable[DiagramgenError]) -> str:
    """The problems of a page, as HTML for its author."""
    items = "".join(f"<li>{escape(plain(str(problem)))}</li>" for problem in problems)
    return f'<div class="dg-problems" role="alert"><ul>{items}</ul></div>'
