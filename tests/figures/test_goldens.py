"""Golden scenes: calls that Keras was recorded with go in, DOT text comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from diagramgen.figures.compose import compose
from diagramgen.figures.dot import to_dot
from diagramgen.figures.layout import lay_out
from diagramgen.trace import LayerCall

CASES = sorted((Path(__file__).parent / "goldens").glob("*.json"))


class Case(msgspec.Struct):
    """What a golden file holds: recorded calls, and what its author asked for."""

    draw: int
    calls: tuple[LayerCall, ...]
    words: str = ""
    labels: str = ""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_golden_scene(path: Path, check_golden: Callable[[Path, str], None]) -> None:
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    scene = compose(case.calls, case.draw, words=case.words.split(), labels=case.labels.split())
    check_golden(path.with_suffix(".dot"), to_dot(lay_out(scene)))


def test_there_are_golden_scenes() -> None:
    assert CASES
