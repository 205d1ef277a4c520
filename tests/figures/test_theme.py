"""Colours: the same in Graphviz's picture and in the page, and readable in both palettes."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from diagramgen.figures.theme import ROLES

CSS = resources.files("diagramgen").joinpath("assets/figures.css").read_text("utf-8")
# Material's pages: white, and slate's background.
PAPERS = {"light": "#ffffff", "dark": "#1e2129"}


def palette(name: str) -> dict[str, str]:
    light, dark = re.findall(r"\{([^}]*--dg-ink:[^}]*)\}", CSS)
    return dict(re.findall(r"--dg-([\w-]+): (#\w{6});", light if name == "light" else dark))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_graphviz_paints_with_the_style_sheet_s_light_colours() -> None:
    named = palette("light")
    for role, paint in ROLES.items():
        if role in named:
            assert paint.line == (named["faint"] if role in {"muted", "ghost"} else named[role])
        if f"{role}-fill" in named:
            assert paint.fill == named[f"{role}-fill"], role


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(name: str) -> None:
    colours = palette(name)
    ink = colours["ink"]
    for colour, value in colours.items():
        if colour.endswith("-fill"):
            assert contrast(ink, value) >= 4.5, colour
        elif colour != "faint":  # lines only
            assert contrast(value, PAPERS[name]) >= 4.5, colour


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_line_can_be_seen(name: str) -> None:
    for colour, value in palette(name).items():
        if not colour.endswith("-fill"):
            assert contrast(value, PAPERS[name]) >= 3, colour


def test_both_palettes_name_the_same_colours() -> None:
    assert palette("light").keys() == palette("dark").keys()
