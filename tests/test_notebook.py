"""`draw`, as a script or a notebook calls it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import keras
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import v4

import diagramgen

SENTENCE = np.array([[[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]]], dtype="float32")


def test_a_layer_is_drawn_with_the_numbers_that_keras_returns() -> None:
    layer = keras.layers.SimpleRNN(4)
    figure = diagramgen.draw(layer, SENTENCE, words="I am Groot")

    root = ET.fromstring(figure.svg)
    exact = {
        float(title.text or "nan") for title in root.findall(".//{*}g[@class='dg-value']/{*}title")
    }
    for number in np.asarray(layer(SENTENCE))[0]:
        assert any(drawn == pytest.approx(number, abs=1e-7) for drawn in exact)
    assert ">Groot</text>" in figure.svg


def test_drawing_leaves_a_model_as_it_was() -> None:
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.GRU(3), keras.layers.Dense(1)])
    before = [np.array(weight) for weight in model.get_weights()]
    figure = diagramgen.draw(model, steps=4)

    assert "4 time-steps" in figure.caption
    assert "example input" in figure.caption
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("suffix", "magic"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".dot", b"digraph")]
)
def test_a_figure_is_saved_in_the_format_of_its_suffix(
    tmp_path: Path, suffix: str, magic: bytes
) -> None:
    path = tmp_path / f"figure{suffix}"
    diagramgen.draw(keras.layers.SimpleRNN(2), SENTENCE).save(path)
    assert path.read_bytes().startswith(magic)


def test_another_suffix_is_an_error_and_writes_nothing(tmp_path: Path) -> None:
    figure = diagramgen.draw(keras.layers.SimpleRNN(2), SENTENCE)
    with pytest.raises(diagramgen.DiagramgenError, match=r"\.svg, \.png or \.dot"):
        figure.save(tmp_path / "figure.pdf")
    assert not list(tmp_path.iterdir())


def test_a_notebook_gets_a_picture_and_a_caption() -> None:
    bundle = diagramgen.draw(keras.layers.LSTM(2), SENTENCE)._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<?xml")
    assert "LSTM with 2 units" in bundle["text/plain"]


def test_two_figures_on_one_page_share_no_id() -> None:
    figures = [diagramgen.draw(keras.layers.SimpleRNN(units), SENTENCE) for units in (2, 3)]
    ids = [
        {element.attrib["id"] for element in ET.fromstring(figure.svg).iter() if element.get("id")}
        for figure in figures
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("target", [keras.layers.LSTM(3), 3])
def test_what_can_not_be_drawn_is_said_with_its_cure(target: object) -> None:
    with pytest.raises(diagramgen.DiagramgenError) as caught:
        diagramgen.draw(target)
    assert caught.value.hint


def test_an_error_of_keras_comes_through_as_it_is() -> None:
    with pytest.raises(ValueError, match="expected ndim=3"):
        diagramgen.draw(keras.layers.LSTM(3), SENTENCE[0])


def test_a_notebook_shows_the_figure_below_the_cell() -> None:
    code = """
import diagramgen, keras, numpy

diagramgen.draw(keras.layers.GRU(3), numpy.ones((1, 2, 2)), words="so it")
"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    shown = [output for output in notebook.cells[0].outputs if output.output_type != "stream"]
    assert [output.output_type for output in shown] == ["execute_result"]
    picture = ET.fromstring(shown[0].data["image/svg+xml"])
    assert "so" in [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
