"""Writes the reviews: ``python reviews.py`` makes reviews-train.csv and reviews-test.csv anew.

A review is about one subject. One or two sentences judge it, each made from a frame with places
for an aspect of the subject, a word that agrees with the label and one that doesn't. Nearly every
frame has both, so the words alone hardly tell praise from complaint: where they stand does.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import NamedTuple

SIZES = {"train": 400, "test": 100}
ALIKE = 0.7
"""No two reviews have this share of their different words in common, or more."""

WORDS = {  # what is judged → words of complaint, words of praise
    "work": (
        ["dull", "silly", "clumsy", "tedious", "hollow"],
        ["clever", "funny", "moving", "gripping", "elegant"],
    ),
    "people": (
        ["rude", "careless", "impatient", "sullen"],
        ["friendly", "attentive", "patient", "cheerful"],
    ),
    "room": (["gloomy", "grubby", "noisy", "cramped"], ["cosy", "spotless", "calm", "bright"]),
    "food": (["stale", "bland", "greasy"], ["fresh", "tasty", "delicious"]),
    "part": (["flimsy", "stiff", "crooked", "wobbly"], ["sturdy", "smooth", "neat", "reliable"]),
}
ASPECTS = {  # subject → what of it is judged, by the kind of words that fit
    "film": {"work": ["plot", "acting", "dialogue", "ending", "first half", "music"]},
    "novel": {"work": ["story", "style", "ending", "opening chapter", "middle part"]},
    "play": {"work": ["script", "staging", "acting", "last act", "second scene"]},
    "café": {
        "people": ["waiter", "owner", "cook"],
        "room": ["terrace", "back room", "dining room"],
        "food": ["soup", "cake", "bread", "omelette"],
    },
    "hotel": {
        "people": ["porter", "receptionist", "manager"],
        "room": ["bedroom", "lobby", "bathroom"],
        "food": ["breakfast", "dinner", "buffet"],
    },
    "bicycle": {"part": ["saddle", "frame", "lock", "basket", "stand"]},
    "suitcase": {"part": ["handle", "zip", "lock", "frame", "lid"]},
    "desk": {"part": ["drawer", "top", "frame", "shelf", "lamp"]},
}
OPENINGS = {
    "film": [
        "We saw the film on a Tuesday.",
        "My sister chose this film.",
        "A film seen on a long flight.",
        "Two hours of film in the second row.",
    ],
    "novel": [
        "I read the novel in one weekend.",
        "A friend lent me this novel.",
        "I took the novel on the train.",
        "A novel for long evenings, they said.",
    ],
    "play": [
        "We had seats for the play in the third row.",
        "I went to the play with my parents.",
        "A play about three brothers.",
        "Our school saw this play in spring.",
    ],
    "café": [
        "We stopped at the café for lunch.",
        "The café is around the corner.",
        "Two of us were in this café on Sunday.",
        "A café by the river.",
    ],
    "hotel": [
        "We stayed at the hotel for three nights.",
        "I was in this hotel for work.",
        "A hotel near the station.",
        "Our hotel was on the second street from the sea.",
    ],
    "bicycle": [
        "I ride this bicycle to work.",
        "We bought the bicycle in spring.",
        "A bicycle for the town.",
        "My brother has the same bicycle.",
    ],
    "suitcase": [
        "This suitcase has been to Lisbon and back.",
        "I bought the suitcase for a week away.",
        "Our suitcase is the green one.",
        "A suitcase for two.",
    ],
    "desk": [
        "The desk stands in the study.",
        "This desk came in two boxes.",
        "I work at the desk all day.",
        "A desk for our daughter.",
    ],
}
ALONE = ["The {one} was {same}.", "I found the {one} {same}.", "Above all, the {one} was {same}."]
TURNED = [
    "The {one} was far from {other}.",
    "The {one} was anything but {other}.",
    "Nobody could call the {one} {other}.",
    "Not once was the {one} {other}.",
]
BOTH = [
    "The {one} was {same} and never {other}.",
    "The {one} was not {other} but {same}.",
    "The {one} was {same}, not {other}.",
    "The {one} was {other}, but the {two} was {same}.",
    "Although the {one} was {other}, the {two} was {same}.",
    "The {one} sounded {other} on paper and was {same} in truth.",
    "The {one} looked {other} at first and turned out {same}.",
    "Others call the {one} {other}; I say {same}.",
    "The {one} used to be {other} and is {same} now.",
]
CLOSINGS = (
    ["I would not come back to it.", "Leave it to others.", "Once was enough."],
    ["I would not want to miss it.", "Tell others about it.", "Once was not enough."],
)


class Aspect(NamedTuple):
    """What a sentence judges."""

    name: str
    kind: str


def sentence(frame: str, one: Aspect, two: Aspect, label: int, draw: random.Random) -> str:
    """A frame with its places filled: ``same`` is a word of the label, ``other`` is not."""
    last = two if "{two}" in frame else one
    same, other = WORDS[last.kind][label], WORDS[one.kind][1 - label]
    return frame.format(
        one=one.name, two=two.name, same=draw.choice(same), other=draw.choice(other)
    )


def review(label: int, draw: random.Random) -> str:
    """One review: an opening, one or two judgements, perhaps a closing."""
    subject = draw.choice(list(ASPECTS))
    frames = draw.sample(BOTH, draw.choice([1, 1, 2]))
    if len(frames) == 1 and draw.random() < 0.5:
        frames.append(draw.choice(draw.choice([ALONE, TURNED])))
    draw.shuffle(frames)
    kinds = ASPECTS[subject].items()
    aspects = draw.sample([Aspect(name, kind) for kind, names in kinds for name in names], 4)
    parts = [draw.choice(OPENINGS[subject])]
    parts += [sentence(frame, aspects.pop(), aspects.pop(), label, draw) for frame in frames]
    if draw.random() < 0.2:
        parts.append(draw.choice(CLOSINGS[label]))
    return " ".join(parts)


def alike(one: str, other: str) -> float:
    """The share of two texts' different words that stand in both."""
    first, second = set(one.split()), set(other.split())
    return len(first & second) / len(first | second)


def reviews(count: int, draw: random.Random) -> list[tuple[int, str]]:
    """So many labels and texts, half of them praise, no two of them nearly the same."""
    rows: list[tuple[int, str]] = []
    while len(rows) < count:
        label = len(rows) % 2
        text = review(label, draw)
        if all(alike(text, earlier) < ALIKE for _, earlier in rows):
            rows.append((label, text))
    return rows


def write(folder: Path) -> None:
    """Writes a file for each part into the folder."""
    draw = random.Random(28)  # noqa: S311 (nothing here is secret)
    rows = reviews(sum(SIZES.values()), draw)
    for part, size in SIZES.items():
        chosen, rows = rows[:size], rows[size:]
        draw.shuffle(chosen)
        with (folder / f"reviews-{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("label", "text"), *chosen])


if __name__ == "__main__":
    write(Path(__file__).parent)
