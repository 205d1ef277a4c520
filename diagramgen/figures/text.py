"""How numbers are written in a box, and how wide a line of text is."""

from __future__ import annotations

from diagramgen.figures.theme import MONO

Number = float | int | bool | str

BASELINE = 0.355
"""How far under its middle a line of figures and capitals has its baseline, in ems."""

# Advance widths of Arial (and of Liberation Sans and Arimo, drawn to the same metrics), in
# thousandths of the font's size; the characters that share a width stand together.
_ARIAL = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~×−",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH = {character: width for width, characters in _ARIAL.items() for character in characters}
_WIDEST = 1000
_COURIER = 600
_BOLD = 1.08


def text_width(text: str, size: float, *, font: str = "Arial", bold: bool = False) -> float:
    """The width of a line of text in points, as the browser will set it.

    Args:
        text: One line. A character outside the table counts as a full em, so that what is wide
            (CJK, emoji) finds room.
        size: The font's size in points.
        font: `diagramgen.figures.theme.SANS` or ``MONO``.
        bold: Whether it is set bold, which is about a twelfth wider.
    """
    if font == MONO:
        return len(text) * size * _COURIER / 1000
    width = sum(_WIDTH.get(character, _WIDEST) for character in text) * size / 1000
    return width * _BOLD if bold else width


def format_number(value: Number, *, whole: bool = False) -> str:
    """A number as it stands in a box: at most seven characters, with a real minus sign.

    A number that isn't zero never reads as zero: ``0.0004`` becomes ``4e−4``.

    Args:
        value: The number, or the name of one that isn't finite.
        whole: Whether it stands among whole numbers only, so that it has no decimals.
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value.replace("inf", "∞").replace("-", "−")
    if value == 0:
        text = "0"
    elif (whole or isinstance(value, int)) and abs(value) < 100_000:
        text = str(int(value))
    elif abs(value) < 0.005 or abs(value) >= 10_000:
        text = f"{value:.0e}"
    else:
        text = f"{value:.{2 if abs(value) < 100 else 0}f}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def count(number: int, noun: str) -> str:
    """A number with its noun: ``"1 unit"``, ``"1,024 units"``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
