"""What a site's ``mkdocs.yml`` says, for the commands, which are called without a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

_NAMES = ("mkdocs.yml", "mkdocs.yaml")


class Site(msgspec.Struct, frozen=True):
    """A site, as far as its pages can be run without it."""

    docs: Path
    """The folder of its pages."""
    options: dict[str, Any]
    """What it says under ``diagramgen`` in its ``plugins``."""


def site_of(path: Path) -> Site | None:
    """The site that a page, or a folder of pages, belongs to: the nearest one above it."""
    path = path.resolve()
    for folder in (path, *path.parents):
        for file in (folder / name for name in _NAMES):
            if file.is_file():
                config = _read(file)
                return Site(folder / config.get("docs_dir", "docs"), _options(config))
    return None


def _read(file: Path) -> dict[str, Any]:
    """A configuration as MkDocs reads it, but for what Python is to be imported for."""
    try:
        import yaml  # noqa: PLC0415 - comes with MkDocs, which the commands can do without
        from mkdocs.utils.yaml import get_yaml_loader, yaml_load  # noqa: PLC0415
    except ImportError:
        return {}
    loader = get_yaml_loader(yaml.SafeLoader)
    loader.add_multi_constructor("", lambda *_: None)
    with file.open("rb") as source:
        return yaml_load(source, loader)


def _options(config: dict[str, Any]) -> dict[str, Any]:
    plugins = config.get("plugins") or []
    entries = plugins.items() if isinstance(plugins, dict) else map(_entry, plugins)
    return next((options or {} for name, options in entries if name == "diagramgen"), {})


def _entry(plugin: str | dict[str, Any]) -> tuple[str, Any]:
    """A plugin's name and what is said of it, of an entry in a list of plugins."""
    return (plugin, None) if isinstance(plugin, str) else next(iter(plugin.items()))
