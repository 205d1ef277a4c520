"""Explains the glossary's words where a page first uses them; a hook of MkDocs.

Each word goes through Markdown as an abbreviation. Those would be marked wherever they stand; here
the first one of a page is left, in its text and not in a heading or a link.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

GLOSSARY = "glossary.md"
_TERM = re.compile(r"^### (?P<term>.+)\n\n(?P<says>.+?\.)(?:\s|$)", re.MULTILINE)
_ABBREVIATION = re.compile(r'<abbr title="(?P<title>[^"]*)">(?P<text>[^<]*)</abbr>')
_MARKED = re.compile(
    rf"<(?P<tag>h[1-6]|a)\b[^>]*>.*?</(?P=tag)>|{_ABBREVIATION.pattern}", re.DOTALL
)


def on_config(config: MkDocsConfig) -> None:
    """Hand the words to the extension that marks abbreviations."""
    text = Path(config.docs_dir, GLOSSARY).read_text("utf-8")
    config.mdx_configs.setdefault("abbr", {})["glossary"] = _definitions(text)


def on_page_content(html: str, /, *, page: Page, **_: object) -> str:
    """Leave the first use of each word marked, and no other; none in the glossary itself."""
    if page.file.src_uri == GLOSSARY:
        return _ABBREVIATION.sub(r"\g<text>", html)
    seen: set[str] = set()

    def unmark(marked: re.Match[str]) -> str:
        if marked["tag"]:
            return _ABBREVIATION.sub(r"\g<text>", marked[0])
        if marked["title"] in seen:
            return marked["text"]
        seen.add(marked["title"])
        return marked[0]

    return _MARKED.sub(unmark, html)


def forms(term: str) -> list[str]:
    """A term as it may stand in a sentence: one or several, at its beginning or later."""
    if term.endswith("y"):
        plural = f"{term[:-1]}ies"
    else:
        plural = term + ("es" if term.endswith(("ch", "s")) else "s")
    lower = term[0].lower() + term[1:]
    return [term, lower, plural, plural[0].lower() + plural[1:]]


def _definitions(text: str) -> dict[str, str]:
    """The glossary's terms, each with the first sentence that is said of it."""
    return {
        form: match["says"].replace("`", "")
        for match in _TERM.finditer(text)
        for form in forms(match["term"])
    }
