"""Writes pages with every kind of layer and call; mkdocs-gen-files runs this at each build.

The cases stand in `cases.toml`. Their shapes and figures come of their code, as the page runs.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import mkdocs_gen_files
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
OPTIONAL: dict[str, Any] = {"input": "sentence", "options": ""}
"""What only some cases say of themselves."""


def pages() -> dict[str, str]:
    """The Markdown of each page, by its address in the docs folder."""
    environment = Environment(  # noqa: S701 - it writes Markdown
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.get_template("cases.md.jinja")
    data = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))
    return {
        f"reference/{page['name']}.md": template.render(
            page
            | {"cases": [OPTIONAL | {"id": _id(case["name"])} | case for case in page["cases"]]}
        )
        for page in data["pages"]
    }


def _id(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


for uri, markdown in pages().items():
    with mkdocs_gen_files.open(uri, "w") as file:
        file.write(markdown)
    mkdocs_gen_files.set_edit_path(uri, "../scripts/cases.toml")
