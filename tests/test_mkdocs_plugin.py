"""Small real sites, built by MkDocs with the real runner."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from diagramgen.execution.limits import granted

MKDOCS = Path(sys.executable).with_name("mkdocs")
FIGURE = """
# Page

```python words="I am Groot"
import keras
import numpy as np

output = keras.layers.SimpleRNN(4)(np.ones((1, 3, 2), "float32"))
print(output.shape)
```

The shape is `{python} tuple(output.shape)`.
"""
BROKEN = '# Page\n\n```python\nx = 1\nraise ValueError("<odd>")\n```\n'

Site = Callable[..., Path]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def make_site(tmp_path: Path, cache: Path) -> Site:
    """Writes a site, whose folder it returns."""

    def make(
        pages: Mapping[str, str | bytes],
        options: Mapping[str, Any] | None = None,
        **config: Any,
    ) -> Path:
        for name, content in pages.items():
            path = tmp_path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        ours = {"diagramgen": {"cache_dir": str(cache), **(options or {})}}
        settings = {
            "site_name": "Site",
            "theme": "mkdocs",
            "plugins": [ours],
            "markdown_extensions": ["admonition", "attr_list", "pymdownx.superfences"],
            **config,
        }
        (tmp_path / "mkdocs.yml").write_text(json.dumps(settings))
        return tmp_path

    return make


def build(site: Path, command: str = "build", times: int = 1, **settings: Any) -> None:
    """What the command ``mkdocs build`` or ``mkdocs serve`` does, but for the server."""
    for time in range(times):
        config = load_config(str(site / "mkdocs.yml"), site_dir=str(site / "site"), **settings)
        if time == 0:
            config.plugins.on_startup(command=command, dirty=False)  # type: ignore[arg-type]
            shutdown = config.plugins.on_shutdown
        try:
            mkdocs_build(config, serve_url="http://localhost/" if command == "serve" else None)
        except BaseException:
            shutdown()
            raise
    shutdown()


def run(site: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command ``mkdocs build``."""
    return subprocess.run(
        [MKDOCS, "build", *options],
        cwd=site,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def page(site: Path, name: str = "index.html") -> BeautifulSoup:
    return BeautifulSoup((site / "site" / name).read_text(), "html.parser")


def written(site: Path) -> list[Path]:
    """The files of the built site."""
    return [path for path in (site / "site").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("directory_urls", "name"), [(True, "guide/first/index.html"), (False, "guide/first.html")]
)
def test_a_page_with_output_value_and_figure(
    make_site: Site, directory_urls: bool, name: str
) -> None:
    site = make_site(
        {"index.md": "# Home", "guide/first.md": FIGURE}, use_directory_urls=directory_urls
    )
    build(site)
    html = page(site, name)
    assert html.select_one(".dg-stdout pre").text == "(1, 4)"  # type: ignore[union-attr]
    assert "The shape is (1, 4)." in html.text
    assert [text.text for text in html.select("svg text") if text.text == "Groot"]
    link = html.select_one("a.dg-trace")
    assert link is not None
    here = (site / "site" / name).parent
    assert '"SimpleRNN"' in (here / str(link["href"])).read_text()
    styles = [str(one["href"]) for one in html.select('link[rel="stylesheet"]')]
    assert any("dg-svg" in (here / one).read_text() for one in styles if "diagramgen" in one)
    assert not list((site / "docs").rglob("*.json"))


def test_the_closing_line_counts_blocks(make_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site = make_site({"index.md": "```python\nclosing = 1\n```\n\n```python\nclosing\n```\n"})
    with caplog.at_level(logging.INFO):
        build(site)
        build(site)
    lines = [one.getMessage() for one in caplog.records if "blocks" in one.getMessage()]
    assert lines == [
        "diagramgen: 2 of 2 blocks: 2 run, 0 cached",
        "diagramgen: 2 of 2 blocks: 0 run, 2 cached",
    ]


WATCHED = """
import sys
from pathlib import Path

started = []

def watch(event, arguments):
    if event in ("os.fork", "os.posix_spawn", "subprocess.Popen"):
        started.append(Path(str(arguments[0])).name if arguments else event)

sys.addaudithook(watch)
from mkdocs.__main__ import cli
try:
    cli(["build", "-q"])
finally:
    print(*started, *({"diagramgen.build", "graphviz", "keras", "numpy"} & set(sys.modules)))
"""
"""Builds a site, and tells which processes were started and which packages were imported."""


def watched_build(site: Path) -> set[str]:
    command = [sys.executable, "-c", WATCHED]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_warm_build_starts_and_imports_nothing(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE}, {"cache_dir": "cache"})
    server = Path(sys.executable).name
    assert watched_build(site) == {server, "graphviz-pure", "diagramgen.build", "graphviz"}
    cold = page(site).body
    assert watched_build(site) == set()
    assert cold is not None
    assert cold.select_one("svg")
    assert page(site).body == cold
    assert (site / "site/index-1.json").is_file()


def test_another_sentence_runs_and_draws_nothing(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE}, {"cache_dir": "cache"})
    build(site)
    make_site({"index.md": FIGURE + "\nAnother sentence.\n"}, {"cache_dir": "cache"})
    assert watched_build(site) == {"diagramgen.build", "graphviz"}
    assert page(site).select_one("svg")
    assert "Another sentence." in page(site).text


@pytest.mark.parametrize("left", [b"", b"{}", b"\xff"])
def test_what_is_broken_in_the_cache_is_made_again(make_site: Site, left: bytes) -> None:
    site = make_site({"index.md": FIGURE}, {"cache_dir": "cache"})
    build(site)
    before = page(site).body
    entries = list((site / "cache").iterdir())
    assert len({"".join(entry.suffixes) for entry in entries}) >= 3
    for entry in entries:
        entry.write_bytes(left)
    build(site)
    assert page(site).body == before
    assert all(entry.read_bytes() != left for entry in entries)


def test_a_kept_page_gives_way_to_one_with_a_problem(make_site: Site) -> None:
    units = "int(open('units.txt').read())"
    text = FIGURE.replace("words=", "needs='units.txt' words=").replace("(4)", f"({units})")
    text += "\n```python\nassert output.shape == (1, 4)\n```\n"
    for number in (4, 3):  # the page's text stays the same
        site = make_site({"index.md": text, "units.txt": str(number)})
        build(site, "serve")
        assert f'"shape":[1,{number}]' in (site / "site/index-1.json").read_text()


def test_without_a_cache_figures_are_there_all_the_same(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE}, {"cache": False})
    build(site)
    assert page(site).select_one("svg")


HOSTILE = r"""
# Page

```python warns="UserWarning"
import sys, warnings
ODD = "</code></pre></script><script>alert(1)</script><img src=x onerror=alert(1)><!--"
print("\x1b[31mred\x1b[0m", ODD)
print(ODD, file=sys.stderr)
sys.stdout.buffer.write(b"\xff\xc3(\0\n")
warnings.warn(ODD)
```

```python raises="ValueError"
raise ValueError(ODD)
```

```python
import keras, numpy as np
layer = keras.layers.SimpleRNN(2, name="<script>alert(1)<img onerror=alert(1)>")
output = layer(np.ones((1, 2, 1), "float32"))
```

Prose: `{python} ODD`, and its end.
"""


def test_nothing_that_a_page_prints_becomes_part_of_it(make_site: Site) -> None:
    site = make_site({"index.md": HOSTILE, "plain.md": "# Page\n\nProse.\n"})
    build(site)
    html = (site / "site/index.html").read_text()  # UTF-8, or this raises
    made, plain = page(site), page(site, "plain/index.html")
    assert len(made("script")) == len(plain("script"))
    assert not made.select("[onerror], [onload], img[src=x]")
    assert not {"\x1b", "\0"} & set(html)
    assert "red </code></pre></script>" in made.select_one(".dg-stdout").text  # type: ignore[union-attr]
    assert made.text.count("<img src=x onerror=alert(1)><!--") >= 5
    assert made.select_one("svg")
    assert "and its end." in made.text


def test_a_search_finds_output_and_no_figures(make_site: Site, cache: Path) -> None:
    ours = {"diagramgen": {"cache_dir": str(cache)}}
    site = make_site({"index.md": FIGURE}, plugins=["search", ours])
    build(site)
    index = (site / "site/search/search_index.json").read_text()
    assert "(1, 4)" in index
    assert not [word for word in ("Numbers", "-0.", "x0x", "x1x") if word in index]


@pytest.mark.parametrize("options", [["-q"], ["--strict", "-q"]])
def test_a_broken_block_ends_the_build(make_site: Site, options: list[str]) -> None:
    site = make_site({"index.md": BROKEN, "other.md": "text\n\n```python wrods='a'\nx\n```\n"})
    done = run(site, *options)
    assert done.returncode != 0
    assert 'docs/index.md:5: ValueError: <odd>. Mend it, or write raises="' in done.stderr
    assert "docs/other.md:3: There is no option wrods. Did you mean words=" in done.stderr
    assert "Traceback" not in done.stderr
    assert not written(site)


def test_a_page_that_is_not_utf8(make_site: Site) -> None:
    site = make_site({"index.md": "# Caf\u00e9\n\ntext\n".encode() + "\u00e9".encode("latin-1")})
    done = run(site, "-q")
    assert done.returncode != 0
    assert "docs/index.md:4: This page is not UTF-8" in done.stderr
    assert "Save it as UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
    assert not written(site)


def test_no_graphviz_is_told_once(make_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site = make_site({"index.md": FIGURE, "b.md": FIGURE}, {"dot": "no-such-program"})
    with pytest.raises(Abort):
        build(site)
    assert caplog.text.count("docs/index.md:4: The Graphviz program 'no-such-program'") == 1
    assert "docs/b.md" not in caplog.text
    assert not written(site)


def test_no_keras_is_told_once(make_site: Site, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "keras.py").write_text('raise ImportError("no Keras here")')
    code = "```python\nno_keras = 1\n```\n"
    site = make_site({"index.md": code, "b.md": "# B\n" + code.replace("1", "2")})
    done = run(site, "-q", PYTHONPATH=str(broken))
    assert done.returncode != 0
    assert done.stderr.count("no Keras here") == 1
    assert "docs/index.md:1: Keras can't be imported" in done.stderr
    assert "pip install" in done.stderr
    assert not written(site)


def test_a_served_site_shows_its_problems(
    make_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site({"index.md": BROKEN, "good.md": "```python\nprint(1)\n```\n"})
    build(site, "serve", times=2)
    problems = page(site).select_one(".dg-problems")
    assert problems is not None
    assert "docs/index.md:5: ValueError: <odd>." in problems.text
    assert page(site, "good/index.html").select_one(".dg-problems") is None
    errors = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert len(errors) == 2


def test_only_the_pages_that_match_run(make_site: Site) -> None:
    names = ("index.md", "a/index.md", "a/b/c.md", "a/b/draft.md")
    site = make_site(
        dict.fromkeys(names, "```python\nprint('ran')\n```\n"),
        {"pages": ["index.md", "a/b/**", "!a/b/draft.md"]},
    )
    build(site)
    ran = [
        str(path.relative_to(site / "site"))
        for path in written(site)
        if path.suffix == ".html" and "dg-stdout" in path.read_text()
    ]
    assert sorted(ran) == ["a/b/c/index.html", "index.html"]


@pytest.mark.parametrize(("pages", "code"), [(["guides/*.md"], 1), ([], 0)])
def test_globs_that_match_no_page_fail_a_strict_build(
    make_site: Site, pages: list[str], code: int
) -> None:
    done = run(make_site({"guide/a.md": "# A"}, {"pages": pages}), "--strict")
    assert done.returncode == code
    assert ("mkdocs.yml: No page matches `pages`" in done.stderr) == bool(code)


def test_pages_as_other_plugins_leave_them(make_site: Site) -> None:
    text = "---\ntitle: A\n---\n\nTOKEN\n\n```python\nprint(VALUE)\n```\n"
    site = make_site({"index.md": text}, hooks=["hook.py"])
    (site / "hook.py").write_text(
        dedent("""
            from mkdocs.structure.files import File

            def on_files(files, config):
                text = "```python\\nprint('from a made page')\\n```\\n"
                files.append(File.generated(config, "made.md", content=text))

            def on_page_markdown(markdown, **_):
                return markdown.replace("VALUE", "'from the hook'").replace("TOKEN", "a\\n\\nb")
        """)
    )
    build(site)
    assert page(site).select_one(".dg-stdout").text == "from the hook"  # type: ignore[union-attr]
    made = page(site, "made/index.html").select_one(".dg-stdout")
    assert made is not None
    assert made.text == "from a made page"


def test_a_change_of_a_file_that_a_block_needs_is_seen(make_site: Site) -> None:
    text = '# Page\n\n```python needs="data/a.txt"\nprint(open("data/a.txt").read())\n```\n'
    site = make_site({"index.md": text, "data/a.txt": "one"})
    for content in ("one", "one", "two", "one"):
        (site / "docs/data/a.txt").write_text(content)
        build(site, "serve")
        assert page(site).select_one(".dg-stdout pre").text == content  # type: ignore[union-attr]
    (site / "docs/data/a.txt").rename(site / "docs/data/b.txt")
    done = run(site)
    assert done.returncode == 1
    assert "docs/index.md:3: There is no file data/a.txt in docs. Did you mean" in done.stderr


def test_without_a_cache_nothing_is_remembered(make_site: Site, tmp_path: Path) -> None:
    text = "# Page\n\n```python\nimport os\nprint(os.urandom(8))\n```\n"
    site = make_site({"index.md": text}, {"cache": False, "cache_dir": "kept"})
    printed = set()
    for _ in range(2):
        build(site)
        printed.add(page(site).select_one(".dg-stdout pre").text)  # type: ignore[union-attr]
    assert len(printed) == 2
    assert not (site / "kept").exists()


@pytest.mark.parametrize(
    "options", [{"page": ["*.md"]}, {"jobs": "many"}, {"pages": 1}, {"jobs": 0}, {"timeout": -1}]
)
def test_a_bad_setting_is_a_message(make_site: Site, options: dict[str, Any]) -> None:
    done = run(make_site({"index.md": "text"}, options), "--strict")
    assert done.returncode != 0
    assert next(iter(options)) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_strict_build_wants_a_record_of_each_page(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE})
    done = run(site, "--strict", "-q")
    assert done.returncode
    assert "docs/index.md: This page has no record" in done.stderr
    assert not written(site)
    assert run(site).returncode == 0


def test_a_strict_build_tells_where_keras_does_something_else(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE})
    command = MKDOCS.with_name("diagramgen")
    subprocess.run([command, "update", "docs/index.md"], cwd=site, check=True)
    assert run(site, "--strict").returncode == 0

    make_site({"index.md": FIGURE.replace("SimpleRNN(4)", "SimpleRNN(5)")})
    done = run(site, "--strict")
    assert done.returncode
    assert "docs/index.md:4: SimpleRNN: output (1, 4) float32 → (1, 5) float32" in done.stderr
    assert "docs/index.md:12: inline value (1, 4) → (1, 5)" in done.stderr
    assert "WARNING" in run(site).stderr


def test_a_build_keeps_the_records_of_all_pages(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE}, hooks=["hook.py"])
    (site / "hook.py").write_text(
        dedent(f"""
            from mkdocs.structure.files import File

            def on_files(files, config):
                files.append(File.generated(config, "made/page.md", content={FIGURE!r}))
        """)
    )
    assert "Run `DIAGRAMGEN_UPDATE=1 mkdocs build`" in run(site, "--strict").stderr
    done = run(site, "--strict", DIAGRAMGEN_UPDATE="1")
    records = [Path("docs", ".records", name) for name in ("index.json", "made/page.json")]
    assert [f"Record kept: {path}" in done.stderr for path in records] == [True, True]
    assert (site / records[0]).read_bytes() == (site / records[1]).read_bytes()
    assert run(site, "--strict").returncode == 0


def test_a_build_with_problems_keeps_no_records(make_site: Site) -> None:
    site = make_site({"index.md": FIGURE, "broken.md": BROKEN})
    assert run(site, DIAGRAMGEN_UPDATE="1").returncode != 0
    assert not (site / "docs" / ".records").exists()


@pytest.mark.parametrize("directory_urls", [True, False])
def test_pages_with_like_names_keep_their_own_numbers(
    make_site: Site, directory_urls: bool
) -> None:
    other = FIGURE.replace("SimpleRNN(4)", "SimpleRNN(5)")
    pages = {"foo_bar.md": FIGURE, "foo-bar.md": other, "中文.md": FIGURE, "日本.md": other}
    site = make_site(pages, use_directory_urls=directory_urls)
    build(site)
    ids = []
    for name, content in pages.items():
        stem = name.removesuffix(".md")
        address = f"{stem}/index.html" if directory_urls else f"{stem}.html"
        html = page(site, address)
        link = html.select_one(".dg-trace")
        assert link is not None
        numbers = (site / "site" / address).parent / unquote(str(link["href"]))
        units = json.loads(numbers.read_text())["blocks"][0]["calls"][0]["config"]["units"]
        assert f"SimpleRNN({units})" in content
        ids += [str(tag["id"]) for tag in html.select("svg [id]")]
    assert len(ids) == len(set(ids))


def test_only_pages_that_are_granted_the_network_reach_it(make_site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"socket.socket().connect_ex({server.getsockname()!r})"
        text = f"# Page\n\n```python\nimport socket\nprint({connect} == 0)\n```\n"
        site = make_site({"index.md": text, "open.md": text}, {"network": ["open.md"]})
        build(site)
    outputs = [
        page(site, name).select_one(".dg-stdout pre") for name in ("index.html", "open/index.html")
    ]
    closed = any(grant.by for grant in granted() if grant.limit.startswith("network"))
    assert [one and one.text for one in outputs] == [str(not closed), "True"]


def test_next_build_looks_for_keras_again(
    make_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is out of order for as long as the first build looks for it."""
    broken = tmp_path / "packages" / "keras.py"
    broken.parent.mkdir()
    broken.write_text(
        "import pathlib\nhere = pathlib.Path(__file__)\ntried = here.with_name('tried')\n"
        "here.unlink() if tried.exists() else tried.touch()\nraise ImportError('odd')"
    )
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    site = make_site({"index.md": "# Page\n\n```python\nprint('again')\n```\n"}, {"cache": False})
    build(site, "serve", times=2)
    assert page(site).select_one(".dg-stdout pre").text == "again"  # type: ignore[union-attr]
