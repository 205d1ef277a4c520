"""The training curve: what `fit` reported after each epoch, one small chart for each metric."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import msgspec

from diagramgen.figures.text import BASELINE, count, format_number
from diagramgen.figures.theme import LABEL_SIZE, LINE_HEIGHT, SMALL_SIZE
from diagramgen.figures.ticks import epoch_ticks, tick_texts, value_ticks
from diagramgen.trace import Training

WIDTH, HEIGHT = 190.0, 120.0
"""Of the area between a chart's axes."""
LEFT, RIGHT, TOP, BOTTOM = 52.0, 96.0, 28.0, 44.0
"""The room around it, for a name above, and numbers and names at its sides."""
COLUMNS = 2
MOST = 6
"""Metrics that are drawn."""
DOTS = 30
"""The most epochs that get a dot each, which bears its exact value."""

Point = tuple[float, float]
Place = Callable[[float, float], Point]
"""Where an epoch and a value stand on the sheet; y runs down."""


class Series(msgspec.Struct, frozen=True):
    """One line of a chart."""

    name: str
    """``"training"`` or ``"validation"``."""
    role: str
    points: tuple[tuple[int, float | None], ...]
    """The epoch, counted from 1, and the value, None where it isn't finite."""

    @property
    def values(self) -> list[float]:
        """Those that are finite."""
        return [value for _, value in self.points if value is not None]


class Chart(msgspec.Struct, frozen=True):
    """One metric over the epochs."""

    metric: str
    lines: tuple[Series, ...]


def curve(training: Training, *, prefix: str, description: str | None = None) -> str:
    """The SVG of a training curve, to stand in a page that has the style sheet.

    Args:
        training: What `fit` reported.
        prefix: Unique in the page; every id in the SVG begins with it.
        description: In words, what the picture shows; None for the generated one.
    """
    charts = charts_of(training)
    columns = min(len(charts), COLUMNS)
    rows = -(-len(charts) // COLUMNS)
    across, down = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "dg-svg",
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "viewBox": f"0 0 {columns * across:g} {rows * down:g}",
            "style": f"--dg-width:{columns * across:g}px",
        },
    )
    ET.SubElement(root, "title", {"id": f"{prefix}-title"}).text = f"{training.model}, training"
    ET.SubElement(root, "desc", {"id": f"{prefix}-desc"}).text = description or _describe(charts)
    for place, chart in enumerate(charts):
        at = (place % COLUMNS * across, place // COLUMNS * down)
        moved = {"class": "dg-chart", "transform": f"translate({at[0]:g} {at[1]:g})"}
        _draw(ET.SubElement(root, "g", moved), chart, training.epochs)
    return ET.tostring(root, encoding="unicode")


def charts_of(training: Training) -> list[Chart]:
    """A chart for each metric, the loss first, training and validation in one.

    Validation may come after each few epochs alone.
    """
    metrics = training.metrics
    found = dict.fromkeys(name.removeprefix("val_") for name in metrics)
    charts = []
    for name in sorted(found, key=lambda name: name != "loss"):
        lines = [
            Series(title, role, tuple(_over_epochs(training.epochs, metrics[key])))
            for key, title, role in (
                (name, "training", "state"),
                (f"val_{name}", "validation", "input"),
            )
            if key in metrics
        ]
        charts.append(Chart(name, tuple(lines)))
    return charts[:MOST]


def curve_caption(training: Training) -> str:
    """One sentence under the curve."""
    charts = charts_of(training)
    changes = ", ".join(f"{chart.metric} {_from_to(chart.lines[0])}" for chart in charts[:2])
    return f"{training.model}, trained for {count(len(training.epochs), 'epoch')}: {changes}."


def _describe(charts: Sequence[Chart]) -> str:
    return " ".join(
        f"{chart.metric} {', '.join(f'in {s.name} {_from_to(s)}' for s in chart.lines)}."
        for chart in charts
    )


def _from_to(series: Series) -> str:
    values = series.values
    return f"from {format_number(values[0])} to {format_number(values[-1])}"


def _over_epochs(
    epochs: Sequence[int], values: Sequence[float | None]
) -> Iterator[tuple[int, float | None]]:
    every = max(1, len(epochs) // len(values))
    return zip((epoch + 1 for epoch in epochs[every - 1 :: every]), values, strict=False)


def _draw(parent: ET.Element, chart: Chart, epochs: Sequence[int]) -> None:
    values = [value for series in chart.lines for value in series.values]
    ticks = value_ticks(min(values), max(values))
    first, last = epochs[0] + 1, epochs[-1] + 1

    def place(epoch: float, value: float) -> Point:
        along = (epoch - first) / (last - first)
        up = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return LEFT + along * WIDTH, TOP + (1 - up) * HEIGHT

    _label(parent, (LEFT, TOP - 14), chart.metric, anchor="start", bold=True)
    for tick, text in zip(ticks, tick_texts(ticks), strict=True):
        x, y = place(first, tick)
        _path(parent, [(x, y), (x + WIDTH, y)], "dg-grid")
        _label(parent, (x - 8, y), text, anchor="end")
    under = TOP + HEIGHT + 14
    for epoch in epoch_ticks(first, last):
        _label(parent, (place(epoch, 0)[0], under), str(epoch))
    _label(parent, (LEFT + WIDTH / 2, under + LINE_HEIGHT), "epoch")
    for series, y in zip(chart.lines, _apart(chart.lines, place), strict=True):
        _series(parent, series, place)
        text = f"{series.name} {format_number(series.values[-1])}"
        _label(parent, (LEFT + WIDTH + 8, y), text, anchor="start", role=series.role)


def _apart(lines: Sequence[Series], place: Place) -> list[float]:
    """How high each line's name stands: beside its end, and clear of the other's."""
    ends = [place(*_last(series))[1] for series in lines]
    if len(ends) == 2 and abs(ends[0] - ends[1]) < LINE_HEIGHT:
        middle = min(max(sum(ends) / 2, TOP + LINE_HEIGHT / 2), TOP + HEIGHT - LINE_HEIGHT / 2)
        up = -1 if ends[0] <= ends[1] else 1
        return [middle + up * LINE_HEIGHT / 2, middle - up * LINE_HEIGHT / 2]
    return ends


def _last(series: Series) -> tuple[int, float]:
    return [(epoch, value) for epoch, value in series.points if value is not None][-1]


def _series(parent: ET.Element, series: Series, place: Place) -> None:
    classes = f"dg-curve dg-{series.role}" + (" dg-dashed" if series.name == "validation" else "")
    group = ET.SubElement(parent, "g", {"class": classes})
    for finite, run in groupby(series.points, lambda point: point[1] is not None):
        if finite:
            _path(group, [place(epoch, value) for epoch, value in run if value is not None])
    if len(series.points) > DOTS:
        return
    for epoch, value in series.points:
        if value is not None:
            x, y = place(epoch, value)
            dot = ET.SubElement(group, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2.5"})
            ET.SubElement(dot, "title").text = f"{series.name}, epoch {epoch}: {value}"


def _path(parent: ET.Element, points: Sequence[Point], classes: str = "") -> None:
    group = ET.SubElement(parent, "g", {"class": classes}) if classes else parent
    ET.SubElement(group, "path", {"d": "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)})


def _label(
    parent: ET.Element,
    at: Point,
    text: str,
    *,
    anchor: str = "middle",
    role: str = "muted",
    bold: bool = False,
) -> None:
    group = ET.SubElement(
        parent, "g", {"class": "dg-label dg-bold" if bold else f"dg-label dg-{role}"}
    )
    size = LABEL_SIZE if bold or role != "muted" else SMALL_SIZE
    attributes = {
        "x": f"{at[0]:.1f}",
        "y": f"{at[1] + size * BASELINE:.1f}",
        "font-size": f"{size}",
    }
    if anchor != "middle":
        attributes["text-anchor"] = anchor
    ET.SubElement(group, "text", attributes).text = text
