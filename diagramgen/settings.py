"""What a site says of its pages: its ``mkdocs.yml``, read by the commands, which need no site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec

from diagramgen.errors import PageError
from diagramgen.program import DEFAULT_TIMEOUT

CACHE_DIR = ".cache/diagramgen"
"""Where the cache lies, from the folder of ``mkdocs.yml``, when the site doesn't say otherwise."""

_Positive = msgspec.Meta(gt=0)
_NAMES = ("mkdocs.yml", "mkdocs.yaml")


class Options(msgspec.Struct, frozen=True):
    """What a site may say under ``diagramgen`` in its ``plugins``, as far as commands go by it."""

    cache: bool = True
    cache_dir: str = CACHE_DIR
    dot: str | None = None
    jobs: Annotated[int, _Positive] | None = None
    network: tuple[str, ...] = ()
    timeout: Annotated[float, _Positive] = DEFAULT_TIMEOUT


class Site(msgspec.Struct, frozen=True):
    """A site, as far as its pages can be run without it."""

    root: Path
    """The folder of its ``mkdocs.yml``."""
    docs: Path
    """The folder of its pages."""
    options: Options

    @property
    def cache_dir(self) -> Path | None:
        """Where its cache lies, if it has one."""
        return self.root / self.options.cache_dir if self.options.cache else None


def site_of(path: Path) -> Site | None:
    """The site that a page, or a folder of pages, belongs to: the nearest one above it.

    Raises:
        PageError: Its configuration says something that can't be.
    """
    path = path.resolve()
    for folder in (path, *path.parents):
        for file in (folder / name for name in _NAMES):
            if file.is_file():
                config = _read(file)
                options = _options(config, file)
                return Site(folder, folder / config.get("docs_dir", "docs"), options)
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


def _options(config: dict[str, Any], file: Path) -> Options:
    plugins = config.get("plugins") or []
    entries = plugins.items() if isinstance(plugins, dict) else map(_entry, plugins)
    said = next((said or {} for name, said in entries if name == "diagramgen"), {})
    try:
        return msgspec.convert(said, Options)
    except msgspec.ValidationError as error:
        raise PageError(
            f"diagramgen: {error}", path=os.path.relpath(file), hint="Correct it there"
        ) from None


def _entry(plugin: str | dict[str, Any]) -> tuple[str, Any]:
    """A plugin's name and what is said of it, of an entry in a list of plugins."""
    return (plugin, None) if isinstance(plugin, str) else next(iter(plugin.items()))
