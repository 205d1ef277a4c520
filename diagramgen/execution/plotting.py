"""Matplotlib's backend in a session: its figures become pictures, as in a notebook.

A figure is taken when it is shown, or when its block ends, and closed. ``MPLBACKEND`` in
the environment names this module, and matplotlib loads it when a page draws its first figure.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
from matplotlib._pylab_helpers import Gcf
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from diagramgen.trace import Picture

MOST = 10
"""Pictures that one block may draw."""
SIZE = 1_000_000
"""Characters that the SVG of one may have."""

# Letters as shapes look the same everywhere; with a salt, the same plot has the same ids.
_STYLE: Any = {"svg.fonttype": "path", "svg.hashsalt": "diagramgen"}

_shown: list[Picture] = []


class FigureManager(FigureManagerBase):
    """Shows a figure by taking its picture."""

    def show(self) -> None:
        """Show one figure: ``figure.show()``."""
        _take([self])

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:  # noqa: ARG003 - matplotlib's
        """Show all figures: ``plt.show()``."""
        _take(Gcf.get_all_fig_managers())


class FigureCanvas(FigureCanvasAgg):
    """What a new figure draws on."""

    manager_class: Any = FigureManager


def pictures() -> tuple[Picture, ...]:
    """What a block that has ended drew: the figures that it showed, then those still open."""
    _take(Gcf.get_all_fig_managers())
    taken = tuple(_shown)
    _shown.clear()
    return taken


def _take(managers: Iterable[FigureManagerBase]) -> None:
    for manager in list(managers):
        Gcf.destroy(manager)
        figure = manager.canvas.figure
        if len(_shown) > MOST or figure.get_children() == [figure.patch]:
            continue  # it says so already, or there is nothing in it
        too_many = Picture(problem=f"This block draws more than {MOST} pictures")
        _shown.append(_picture(figure) if len(_shown) < MOST else too_many)


def _picture(figure: Figure) -> Picture:
    file = io.StringIO()
    try:
        with mpl.rc_context(_STYLE):
            figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    except Exception as error:  # noqa: BLE001 - a formula in a title, an artist of the page's own
        return Picture(problem=f"A picture can't be drawn: {type(error).__name__}: {error}")
    svg = file.getvalue()
    if len(svg) > SIZE:
        return Picture(problem=f"A picture is too large: {len(svg):,} characters of SVG")
    return Picture(svg, _in_words(figure))


def _in_words(figure: Figure) -> str:
    """What a figure says of itself: its titles, and what its axes and lines are named."""
    parts = [figure.get_suptitle(), *map(_axes_in_words, figure.get_axes())]
    return f"Chart: {'; '.join(filter(None, parts))}" if any(parts) else "Chart"


def _axes_in_words(axes: Axes) -> str:
    sides = " against ".join(filter(None, [axes.get_ylabel(), axes.get_xlabel()]))
    lines = ", ".join(axes.get_legend_handles_labels()[1])
    return ": ".join(filter(None, [axes.get_title(), sides, lines]))
