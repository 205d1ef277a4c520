"""Tokens that stand in a page for HTML, and the HTML put in their place.

What a program printed goes in as soon as the Markdown is converted. Figures wait, each as a
comment, until the page is written: a search would read every number in them, and a site holds all
its pages until the last one is converted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FRAME = '<figure class="dg-figure'
"""What the HTML of a figure begins with."""

_NAME = r"dg[0-9a-f]{16}x\d+x"
_TOKEN = re.compile(rf"<p>\s*(?P<alone>{_NAME})\s*</p>|<!--(?P<waits>{_NAME})-->|{_NAME}")


def token(digest: str, number: int) -> str:
    """The name of a placeholder: letters and digits, which Markdown leaves alone.

    Args:
        digest: Of the page, in hexadecimal digits.
        number: Which of the page's placeholders it is.
    """
    return f"dg{digest[:16]}x{number}x"


def swap(html: str, placeholders: Mapping[str, str]) -> str:
    """Put the HTML of placeholders into a converted page."""

    def replace(token: re.Match[str]) -> str:
        return placeholders.get(token["alone"] or token["waits"] or token[0], token[0])

    return _TOKEN.sub(replace, html) if placeholders else html


def set_aside(placeholders: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Have the figures wait: placeholders with a comment for each, and what goes in its place."""
    figures = {token: html for token, html in placeholders.items() if html.startswith(FRAME)}
    return {**placeholders, **{token: f"<!--{token}-->" for token in figures}}, figures
