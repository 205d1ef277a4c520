"""What the commands are called on: pages, scripts, and the folder of a site's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from diagramgen.site import UPDATE


class _Existing(click.Path):
    """A file or folder that is there; the pages that another plugin makes are not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value).endswith(".md") and not Path(value).exists():
            self.fail(
                f"{value} does not exist. If another plugin makes this page, only a build has it: "
                f"`{UPDATE}=1 mkdocs build` runs it and keeps its record",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


_FILE = _Existing(exists=True, dir_okay=False, path_type=Path)

pages_argument = click.argument(
    "pages", nargs=-1, required=True, type=_Existing(exists=True, path_type=Path)
)
page_argument = click.argument("page", type=_FILE)
source_argument = click.argument("source", type=_FILE)
docs_option = click.option(
    "--docs",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the site's pages, in whose folder .records their records lie: else the one "
    "that the nearest mkdocs.yml names, or docs.",
)
