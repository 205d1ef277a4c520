"""What a block draws with matplotlib, as it leaves the session."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from diagramgen.trace import Outcome

Run = Callable[..., Outcome]

PLOT = """
import matplotlib.pyplot as plt
plt.plot([1, 2], label="training")
"""


def test_figures_are_pictures_in_the_order_in_which_they_were_shown(run: Run) -> None:
    first, second = run(
        f"{PLOT}plt.title('one')\nplt.show()\nplt.title('three')\nplt.figure()\n"
        "shown, axes = plt.subplots()\naxes.set_title('two')\nshown.show()",
        "print(plt.get_fignums())",
    ).blocks
    assert [picture.description for picture in first.pictures] == [
        "Chart: one: training",
        "Chart: two",
        "Chart: three",
    ]
    assert all(ET.fromstring(picture.svg) is not None for picture in first.pictures)
    assert (first.stdout, first.warnings) == ("", ())
    assert second.stdout == "[]\n"
    assert second.pictures == ()


def test_the_same_plot_has_the_same_bytes(run: Run) -> None:
    code = f"{PLOT}plt.legend()\nplt.fill_between([0, 1], [1, 2], hatch='/')"
    assert run(code).blocks[0].pictures == run(code).blocks[0].pictures


def test_a_picture_says_what_its_axes_and_lines_are_named(run: Run) -> None:
    code = f"{PLOT}plt.xlabel('epoch')\nplt.ylabel('loss')\nplt.suptitle('Fit')\nplt.legend()"
    (picture,) = run(code).blocks[0].pictures
    assert picture.description == "Chart: Fit; loss against epoch: training"


def test_pictures_of_a_block_that_fails_are_kept(run: Run) -> None:
    (result,) = run(f"{PLOT}1 / 0").blocks
    assert result.error is not None
    assert len(result.pictures) == 1


def test_another_backend_draws_too(run: Run) -> None:
    (result,) = run(f"import matplotlib\nmatplotlib.use('svg')\n{PLOT}").blocks
    assert [picture.description for picture in result.pictures] == ["Chart: training"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("for n in range(12):\n    plt.figure().gca()", "more than 10 pictures"),
        ("plt.scatter(range(20_000), range(20_000))", "characters of SVG"),
        (r"plt.title('$\\wrong$')", "ValueError"),
    ],
)
def test_what_can_not_be_shown_is_said(run: Run, code: str, problem: str) -> None:
    (result,) = run(f"import matplotlib.pyplot as plt\n{code}").blocks
    assert problem in (result.pictures[-1].problem or "")
    assert sum(picture.problem is not None for picture in result.pictures) == 1
