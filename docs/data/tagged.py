"""Writes the tagged sentences: ``python tagged.py`` makes both tagged-….txt files anew.

A sentence is made from a pattern around an ambiguous word. Most begin with that word, and only
what comes later tells its tag: *Water plants in the evening* is a request, *Water plants grow in
the pond* is not, and *Water plants in the pond freeze in the winter* waits even longer with it.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

TAGS = {"V": "verb", "N": "noun", "A": "adjective", "D": "determiner", "P": "preposition"}
COUNTS = {"train": (9, 9, 2, 2), "test": (2, 2, 1, 1)}
"""For each ambiguous word, how many sentences of each group of patterns."""


class Ambiguous(NamedTuple):
    """A word that is a verb in one sentence and something else in another."""

    word: str
    other: str
    """What it is if it isn't a verb: N or A."""
    thing: str
    """What comes after it in either case."""
    more: str
    """What else one can do it to."""
    verbs: str
    """What that thing does, if the word isn't a verb."""
    place: str


WORDS = [
    Ambiguous("water", "N", "plants", "roses trees", "grow freeze die", "in the pond"),
    Ambiguous("paint", "N", "pots", "fences doors", "stand fall leak", "behind the shed"),
    Ambiguous("fish", "N", "ponds", "lakes rivers", "freeze dry steam", "near the castle"),
    Ambiguous("cover", "N", "songs", "chairs pots", "play end begin", "in the bar"),
    Ambiguous("book", "N", "tours", "rooms flights", "start end stop", "at the harbour"),
    Ambiguous("lock", "N", "boxes", "doors drawers", "hang stand rust", "in the cellar"),
    Ambiguous("mail", "N", "bags", "letters cards", "wait lie arrive", "at the office"),
    Ambiguous("ship", "N", "models", "crates engines", "stand hang break", "in the museum"),
    Ambiguous("iron", "N", "sheets", "shirts skirts", "lie rust bend", "on the table"),
    Ambiguous("dust", "N", "covers", "shelves lamps", "lie hang tear", "in the attic"),
    Ambiguous("train", "N", "crews", "dogs horses", "sleep eat wait", "in the hut"),
    Ambiguous("guard", "N", "posts", "sheep gates", "stand fall burn", "at the border"),
    Ambiguous("sail", "N", "boats", "ships rafts", "race drift turn", "on the lake"),
    Ambiguous("test", "N", "engines", "brakes alarms", "roar stop smoke", "in the hall"),
    Ambiguous("race", "N", "horses", "bikes cars", "run rest graze", "on the beach"),
    Ambiguous("stage", "N", "plays", "concerts battles", "open close run", "in the barn"),
    Ambiguous("dry", "A", "leaves", "herbs towels", "burn fall rustle", "in the yard"),
    Ambiguous("clean", "A", "windows", "boots pans", "shine gleam help", "in the kitchen"),
    Ambiguous("warm", "A", "plates", "pies blankets", "stand steam wait", "near the stove"),
    Ambiguous("cool", "A", "drinks", "melons bottles", "stand wait fizz", "in the stream"),
    Ambiguous("open", "A", "doors", "jars windows", "bang creak swing", "in the tower"),
    Ambiguous("empty", "A", "baskets", "bins buckets", "stand lie tumble", "at the gate"),
    Ambiguous("clear", "A", "paths", "tables drains", "lead bend end", "behind the church"),
    Ambiguous("smooth", "A", "boards", "edges planks", "lie stand creak", "in the workshop"),
]
TIMES = [
    "in the morning",
    "in the evening",
    "in the winter",
    "after the rain",
    "before the feast",
    "during the storm",
    "on a windy day",
    "after a long week",
]
LIKE = ["old", "new", "small", "heavy", "pretty", "grey"]
PEOPLE = ["boys", "girls", "neighbours", "sailors", "farmers", "guests"]

REQUESTS = [  # W is the ambiguous word; in lower case stand words that are meant as they are
    "W THING",
    "W THING PLACE",
    "W THING TIME",
    "W MORE TIME",
    "W THING PLACE TIME",
    "W the THING TIME",
    "W LIKE THING TIME",
    "W the LIKE MORE TIME",
]
STATEMENTS = [
    "W THING DO",
    "W THING PLACE DO",
    "W THING DO PLACE",
    "W THING DO TIME",
    "W THING PLACE DO TIME",
    "W THING DO PLACE TIME",
]
ABOUT_PEOPLE = [
    "the PEOPLE W THING TIME",
    "the LIKE PEOPLE W the MORE TIME",
    "the PEOPLE W the LIKE THING PLACE",
]
ABOUT_THINGS = [
    "the W THING DO PLACE",
    "the LIKE W THING DO TIME",
    "the W THING PLACE DO TIME",
]
GROUPS = [(REQUESTS, True), (STATEMENTS, False), (ABOUT_PEOPLE, True), (ABOUT_THINGS, False)]
"""Patterns, and whether the ambiguous word is a verb in them."""

Sentence = tuple[tuple[str, str], ...]
"""Words, each with its tag."""


def phrase(words: str) -> list[tuple[str, str]]:
    """The words of a place or a time, with their tags."""
    tags = "PDN" if len(words.split()) == 3 else "PDAN"
    return [(word, TAGS[tag]) for word, tag in zip(words.split(), tags, strict=True)]


def sentence(pattern: str, word: Ambiguous, is_verb: bool, draw: random.Random) -> Sentence:
    """A pattern with its places filled."""
    filled = {
        "W": [(word.word, TAGS["V" if is_verb else word.other])],
        "THING": [(word.thing, TAGS["N"])],
        "MORE": [(draw.choice(word.more.split()), TAGS["N"])],
        "DO": [(draw.choice(word.verbs.split()), TAGS["V"])],
        "LIKE": [(draw.choice(LIKE), TAGS["A"])],
        "PEOPLE": [(draw.choice(PEOPLE), TAGS["N"])],
        "PLACE": phrase(word.place),
        "TIME": phrase(draw.choice(TIMES)),
        "the": [("the", TAGS["D"])],
    }
    (first, tag), *rest = [pair for place in pattern.split() for pair in filled[place]]
    return ((first.capitalize(), tag), *rest)


def differences(one: Sentence, other: Sentence) -> int:
    """In how many places two sentences have other words, where they end included."""
    same = sum(a == b for (a, _), (b, _) in zip(one, other, strict=False))
    return max(len(one), len(other)) - same


def part(name: str, apart_from: list[Sentence], draw: random.Random) -> list[Sentence]:
    """The sentences of a part, in mixed order: all different, and none like another part's."""
    sentences: list[Sentence] = []
    for word in WORDS:
        for (patterns, is_verb), count in zip(GROUPS, COUNTS[name], strict=True):
            wanted = len(sentences) + count
            while len(sentences) < wanted:
                new = sentence(draw.choice(patterns), word, is_verb, draw)
                far = all(differences(new, other) > 1 for other in apart_from)
                if far and new not in sentences:
                    sentences.append(new)
    draw.shuffle(sentences)
    return sentences


def write(folder: Path) -> None:
    """Writes a file for each part into the folder."""
    draw = random.Random(28)  # noqa: S311 (nothing here is secret)
    test = part("test", [], draw)
    for name, sentences in (("train", part("train", test, draw)), ("test", test)):
        lines = ("".join(f"{word}\t{tag}\n" for word, tag in pairs) for pairs in sentences)
        (folder / f"tagged-{name}.txt").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parent)
