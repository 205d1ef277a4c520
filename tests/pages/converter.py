"""The Markdown converter of a usual site with Material, for comparison."""

from __future__ import annotations

import re
from html import unescape

import markdown

EXTENSIONS: dict[str, dict[str, object]] = {
    "abbr": {},
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "toc": {},
    "pymdownx.betterem": {},
    "pymdownx.caret": {},
    "pymdownx.details": {},
    "pymdownx.highlight": {"pygments_lang_class": True, "linenums_style": "pymdownx-inline"},
    "pymdownx.inlinehilite": {},
    "pymdownx.keys": {},
    "pymdownx.mark": {},
    "pymdownx.smartsymbols": {},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {},
}

_PYTHON_BLOCK = re.compile(
    r'<div[^>]* class="language-py(?:thon)?(?: [^"]*)? highlight"[^>]*>.*?<pre[^>]*>(.*?)</pre>',
    re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def convert(text: str) -> str:
    """A page as HTML."""
    return markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)


def highlighted_blocks(text: str) -> list[str]:
    """The Python that the converter highlights as blocks, outside of comments."""
    html = _COMMENT.sub("", convert(text))
    return [unescape(_TAG.sub("", code)).strip("\n") for code in _PYTHON_BLOCK.findall(html)]
