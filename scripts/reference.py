"""Writes a page for each recurrent layer; mkdocs-gen-files runs this at each build.

Words come from `layers.toml`, their order from `layer.md.jinja`. Neither holds a fact about Keras:
the blocks of each page look them up, and fail where the names in `layers.toml` are not Keras's.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import mkdocs_gen_files
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
OPTIONAL: dict[str, Any] = {
    "sample": None,
    "axes": "(batch, time, features)",
    "words": True,
    "returning": None,
    "cell": False,
}
"""What only some layers say of themselves."""


def pages() -> dict[str, str]:
    """The Markdown of each layer's page, by its address in the docs folder."""
    data = tomllib.loads((HERE / "layers.toml").read_text("utf-8"))
    environment = Environment(  # noqa: S701 - it writes Markdown
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.get_template("layer.md.jinja")
    return {
        f"reference/{layer['name'].lower()}.md": template.render(_described(layer, data))
        for layer in data["layers"]
    }


def _described(layer: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """A layer with what is said of its arguments, its own words before the common ones."""
    arguments = data["arguments"] | layer.get("arguments", {})
    return (
        OPTIONAL
        | layer
        | {
            "arguments": [{"name": name, **arguments[name]} for name in layer["takes"]],
            "call": {name: data["call"][name] for name in layer["called_with"]},
        }
    )


for uri, markdown in pages().items():
    with mkdocs_gen_files.open(uri, "w") as file:
        file.write(markdown)
    mkdocs_gen_files.set_edit_path(uri, "../scripts/layers.toml")
