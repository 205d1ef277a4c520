"""The SVG that stands in a page: its contract, with each Graphviz program that is there."""

from __future__ import annotations

import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from diagramgen.errors import EnvironmentProblem
from diagramgen.figures.compose import compose
from diagramgen.figures.dot import outline, to_dot
from diagramgen.figures.drawing import Drawing
from diagramgen.figures.engine import find_program, run_graphviz
from diagramgen.figures.layout import lay_out
from diagramgen.figures.svg import standalone, to_svg
from tests.figures.calls import Tape, input_source, source

PROGRAMS = ["graphviz-pure", *(["dot"] if shutil.which("dot") else [])]


def drawing(words: tuple[str, ...] = ("I", "am", "Groot")) -> Drawing:
    tape = Tape()
    code = source("SimpleRNN(4)", units="4")
    tape.recurrent(tape.tensor(1, 3, 2), 4, code=code, given=input_source(3, 2))
    return lay_out(compose(tape.calls, 1, words=words))


def svg(drawn: Drawing, program: str | None = None, prefix: str = "page-1") -> ET.Element:
    (text,) = run_graphviz([outline(drawn)], find_program(program))
    return ET.fromstring(
        to_svg(drawn, text, prefix=prefix, title="A title", description="In words <&>")
    )


def marks(root: ET.Element, *classes: str) -> list[ET.Element]:
    return [
        group
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        if set(classes) <= set(group.attrib["class"].split())
    ]


def test_what_is_drawn_of_a_figure_does_not_depend_on_its_words() -> None:
    one, other = drawing(), drawing(words=("You", "are", "welcome"))
    assert outline(one) == outline(other)
    assert to_dot(one) != to_dot(other)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_thing_is_a_group_with_its_layer_step_and_shape(program: str) -> None:
    root = svg(drawing(), program)

    cells = marks(root, "dg-cell")
    assert [cell.attrib["data-step"] for cell in cells] == ["0", "1", "2"]
    assert {cell.attrib["data-layer"] for cell in cells} == {"simplernn_1"}
    inputs = marks(root, "dg-vector", "dg-input")
    assert [vector.attrib["data-shape"] for vector in inputs] == ["(2,)"] * 3
    outputs = marks(root, "dg-vector", "dg-output")
    assert [vector.attrib["data-shape"] for vector in outputs] == ["(4,)"] * 3
    assert len(marks(root, "dg-vector", "dg-output", "dg-ghost")) == 2
    for vector in marks(root, "dg-vector"):
        values = [child for child in vector if "dg-value" in child.attrib["class"]]
        assert len(values) == int(vector.attrib["data-shape"][1:-2])


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_box_is_drawn_around_its_text(program: str) -> None:
    for value in marks(svg(drawing(), program), "dg-value"):
        polygon = value.find("{*}polygon")
        text = value.find("{*}text")
        assert polygon is not None
        assert text is not None
        corners = [
            tuple(map(float, corner.split(","))) for corner in polygon.attrib["points"].split()
        ]
        xs, ys = {x for x, _ in corners}, {y for _, y in corners}
        assert (min(xs) + max(xs)) / 2 == pytest.approx(float(text.attrib["x"]), abs=0.1)
        assert min(ys) < float(text.attrib["y"]) < max(ys)


def test_the_root_says_in_words_what_it_shows() -> None:
    root = svg(drawing(), prefix="stacking-2")

    assert root.attrib["role"] == "img"
    title, desc = root.find("{*}title"), root.find("{*}desc")
    assert title is not None
    assert desc is not None
    assert title.text == "A title"
    assert desc.text == "In words <&>"
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert ids == ["stacking-2-title", "stacking-2-desc"]
    assert root.attrib["aria-labelledby"].split() == ids


def test_the_exact_number_is_in_the_box_s_title() -> None:
    tape = Tape()
    call = tape.recurrent(tape.tensor(1, 1, 1), 1)
    root = svg(lay_out(compose(tape.calls, 1)))

    exact = [value.findtext("{*}title") for value in marks(root, "dg-value")]
    assert str(call.inputs[0].values[0][0][0]) in exact


def test_an_author_s_words_are_only_ever_text() -> None:
    words = ("<b>I</b>", '"am"\\l', "</svg><script>")
    root = svg(drawing(words))

    assert [text.findtext("{*}text") for text in marks(root, "dg-word")] == list(words)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_scene_gives_the_same_bytes(program: str) -> None:
    first, second = (run_graphviz([outline(drawing())], find_program(program)) for _ in range(2))
    assert first == second


def test_elided_numbers_are_counted() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 100, 2), 128)
    root = svg(lay_out(compose(tape.calls, 1)))

    counts = {mark.attrib.get("data-count") for mark in marks(root, "dg-elided")}
    assert {"124", "96"} <= counts


def test_a_file_of_its_own_brings_its_style_along() -> None:
    drawn = drawing()
    text = to_svg(
        drawn,
        *run_graphviz([outline(drawn)], find_program(None)),
        prefix="a",
        title="t",
        description="d",
    )
    root = ET.fromstring(standalone(text))

    assert "--dg-input" in (root.findtext("{*}style") or "")
    assert float(root.attrib["width"]) == pytest.approx(drawn.width, abs=0.01)


def test_a_configured_program_that_is_not_there_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match="no-such-graphviz") as caught:
        find_program("no-such-graphviz")
    assert "DIAGRAMGEN_DOT" in str(caught.value)


def test_the_environment_goes_before_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGRAMGEN_DOT", "graphviz-pure")
    assert Path(find_program("no-such-graphviz")).name.startswith("graphviz-pure")


def test_without_any_program_the_cure_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    with pytest.raises(EnvironmentProblem) as caught:
        find_program(None)
    assert "pip install graphviz-pure" in str(caught.value)


@pytest.mark.parametrize("program", [sys.executable, "true"])
def test_a_program_that_is_no_graphviz_is_an_error(program: str) -> None:
    with pytest.raises(EnvironmentProblem, match="could not draw"):
        run_graphviz(["digraph {}"], program)


def test_what_is_bold_and_dashed_says_so_to_the_style_sheet() -> None:
    root = svg(drawing())
    assert all("dg-bold" in cell.attrib["class"].split() for cell in marks(root, "dg-cell"))
    ghost = marks(root, "dg-vector", "dg-ghost")[0]
    assert all("dg-dashed" in box.attrib["class"].split() for box in ghost)
