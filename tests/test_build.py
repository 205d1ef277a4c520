"""One page, from Markdown to what a site needs of it, with outcomes that are given.

A golden file holds a case: the page, what its programs did, and below that what comes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from diagramgen.build import RenderedPage, finish, prepare
from diagramgen.errors import EnvironmentProblem
from diagramgen.execution.runner import FakeRunner
from diagramgen.pages.placeholders import swap
from diagramgen.pen import Pen
from diagramgen.prepared import PreparedPage
from diagramgen.trace import Outcome

HERE = Path(__file__).parent
CASES = sorted((HERE / "goldens").glob("*.txt"))
FRONT_MATTER = re.compile(r"---\n.*?\n---\n\n?", re.DOTALL)
VERSIONS = {"keras": "3"}


def outcome(data: dict[str, Any]) -> Outcome:
    """An outcome as a golden file writes it; a figure is named for the scenes' own goldens."""
    for block in data.get("blocks", ()):
        if name := block.pop("figure", None):
            scene = json.loads((HERE / f"figures/goldens/{name}.json").read_text())
            block |= {"calls": scene["calls"], "draw": scene["draw"]}
    return msgspec.convert({"versions": VERSIONS, **data}, Outcome)


def build(source: str, outcomes: Mapping[str, Outcome]) -> tuple[PreparedPage, RenderedPage]:
    text = FRONT_MATTER.sub("", source, count=1)
    prepared = prepare(text, path="docs/page.md", source=source)
    runner = FakeRunner({prepared.programs[name]: one for name, one in outcomes.items()})
    done = {name: runner.submit(one).result() for name, one in prepared.programs.items()}
    return prepared, finish(prepared, done)


def written(rendered: RenderedPage) -> str:
    """What came of a page, as a golden file has it; how a figure is drawn is not at issue here."""
    page = re.sub("<svg.*?</svg>", "<svg/>", swap(rendered.markdown, rendered.placeholders))
    problems = "\n".join(str(problem) for problem in rendered.problems)
    files = " ".join(rendered.assets)
    return (
        f"{page}=== {rendered.done} of {rendered.blocks} blocks\n"
        f"=== files: {files}\n=== problems\n{problems}\n"
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_golden_page(path: Path, check_golden: Callable[[Path, str], None]) -> None:
    source, rest = path.read_text().split("=== outcomes\n")
    given = rest.partition("=== page\n")[0]
    outcomes = {name: outcome(one) for name, one in json.loads(given).items()}
    _, rendered = build(source, outcomes)
    check_golden(path, f"{source}=== outcomes\n{given}=== page\n{written(rendered)}")


def test_there_are_golden_pages() -> None:
    assert CASES


FIGURE = 'text\n\n```python words="I am Groot" alt="In <words>"\nx = 1\ny = 2\n```\n'


def drawn(source: str) -> RenderedPage:
    block = {"figure": "return-sequences", "stdout": "1\n", "printed": [{"line": 2, "text": "1\n"}]}
    return build(source, {"default": outcome({"blocks": [block]})})[1]


def test_a_figure_is_drawn_and_described() -> None:
    rendered = drawn(FIGURE)
    assert rendered.problems == ()
    *_, html = rendered.placeholders.values()
    assert "<desc" in html
    assert "In &lt;words&gt;</desc>" in html
    assert "Groot" in html
    assert 'href="page-1.json"' in html
    assert all(re.match(r"page-[0-9a-f]{6}-1-", one) for one in re.findall(' id="(.*?)"', html))


def test_the_numbers_of_a_figure_bear_the_lines_of_the_file() -> None:
    asset = drawn(f"---\ntitle: a\n---\n\n{FIGURE}").assets["page-1.json"]
    (block,) = msgspec.json.decode(asset, type=Outcome).blocks
    assert block.line == 8
    assert block.printed[0].line == 9
    assert {call.line for call in block.calls} <= {None, *range(8, 20)}
    assert block.calls[0].inputs[0].values is not None


def test_the_same_page_gives_the_same_bytes() -> None:
    assert drawn(FIGURE) == drawn(FIGURE)


def test_a_hidden_figure_is_not_drawn() -> None:
    rendered = drawn(FIGURE.replace('alt="In <words>"', 'hide="figure"'))
    assert rendered.assets == {}
    assert len(rendered.placeholders) == 1


def test_no_graphviz_program() -> None:
    outcomes = {"default": outcome({"blocks": [{"figure": "return-sequences"}]})}
    rendered = finish(prepare(FIGURE, path="docs/a.md"), outcomes, pen=Pen("no-such-program"))
    (problem,) = rendered.problems
    assert isinstance(problem, EnvironmentProblem)
    assert str(problem).startswith("docs/a.md:3: The Graphviz program 'no-such-program' is not")
    assert problem.hint


def test_a_page_that_was_not_run_keeps_its_code() -> None:
    rendered = finish(prepare(FIGURE, path="docs/a.md"), {})
    assert rendered.markdown == "text\n\n```python\nx = 1\ny = 2\n```\n"
    assert (rendered.done, rendered.blocks) == (0, 1)


def test_lines_are_those_of_the_file_where_another_plugin_changed_the_page() -> None:
    source = "---\ntitle: a\n---\n# A\n\n{{ macro }}\n\n```python\nx = (\n```\n\n`{python} 1 +`\n"
    text = "# A\n\nmany\nlines\nof text\n\n```python\nx = (\n```\n\n`{python} 1 +`\n"
    rendered = finish(prepare(text, path="docs/a.md", source=source), {})
    assert [problem.line for problem in rendered.problems] == [9, 12]


def test_a_line_that_the_file_does_not_have_gets_the_nearest_above_it() -> None:
    text = "a\n\n```python wrods='1'\nx\n```\n\nb\n"
    prepared = prepare(text, path="docs/a.md", source="a\n\n{{ macro }}\n\nb\n")
    assert [problem.line for problem in finish(prepared, {}).problems] == [2]


def test_where_the_first_thing_runs() -> None:
    assert prepare("text\n", path="a.md").first_run is None
    assert prepare("a\n\n`{python} 1`\n\n```python\nx\n```\n", path="a.md").first_run == 3


def test_a_layer_of_keras_that_could_not_be_verified_fails_a_strict_build() -> None:
    source = "text\n\n```python\nlayer(x)\n```\n"
    call = {"number": 1, "layer": "LSTM", "name": "lstm", "line": 1, "note": "It differs"}
    done = {"blocks": [{"calls": [call | {"unverified": True}]}]}
    _, rendered = build(source, {"default": outcome(done)})
    assert rendered.problems == ()
    assert str(rendered.strict[0]).startswith("docs/page.md:4: LSTM: It differs.")

    own = {"blocks": [{"calls": [call]}]}
    _, rendered = build(source, {"default": outcome(own)})
    assert not any("It differs" in str(one) for one in rendered.strict)


def test_a_session_that_was_ended_is_all_that_is_told_of_its_figures() -> None:
    page = '```python words="a b"\nlayer(x)\n```\n\n```python\nwhile True: pass\n```\n'
    timeout = {"type": "Timeout", "message": "still running after 3 s", "line": 1, "fatal": True}
    _, rendered = build(page, {"default": outcome({"blocks": [{}, {"error": timeout}]})})
    assert [problem.line for problem in rendered.problems] == [6]
