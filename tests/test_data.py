"""What docs/data/README.md says of the data that the guide trains on."""

from __future__ import annotations

import csv
import itertools
import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "docs" / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
FILES = ["reviews-train.csv", "reviews-test.csv", "tagged-train.txt", "tagged-test.txt"]

Sentence = list[list[str]]


def claimed(pattern: str) -> int:
    """The number that stands in place of the group in a sentence of the README."""
    (number,) = re.findall(pattern, README)
    return int(number)


def row(name: str) -> tuple[int, list[int]]:
    """A file's row in the README's table: how many in all, and how many of each kind."""
    (line,) = re.findall(rf"^\| \[`{re.escape(name)}`\].*$", README, re.MULTILINE)
    *_, total, kinds, _ = line.split("|")
    return int(total), [int(number) for number in re.findall(r"\d+", kinds)]


def reviews(part: str) -> list[tuple[int, str]]:
    with (DATA / f"reviews-{part}.csv").open(encoding="utf-8", newline="") as file:
        return [(int(line["label"]), line["text"]) for line in csv.DictReader(file)]


def tagged(part: str) -> list[Sentence]:
    blocks = (DATA / f"tagged-{part}.txt").read_text(encoding="utf-8").split("\n\n")
    return [[line.split("\t") for line in block.splitlines()] for block in blocks]


@pytest.mark.parametrize("script", ["reviews.py", "tagged.py"])
def test_scripts_make_these_files(script: str, tmp_path: Path) -> None:
    runpy.run_path(str(DATA / script))["write"](tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(made) == 2
    assert made == {name: (DATA / name).read_bytes() for name in made}


def test_every_file_is_in_the_table() -> None:
    on_disk = {path.name for path in DATA.iterdir() if path.suffix in {".csv", ".txt"}}
    assert on_disk == set(FILES) == set(re.findall(r"^\| \[`([^`]*)`\]", README, re.MULTILINE))


@pytest.mark.parametrize("part", ["train", "test"])
def test_counts_of_reviews(part: str) -> None:
    labels = Counter(label for label, _ in reviews(part))
    assert (labels.total(), [labels[0], labels[1]]) == row(f"reviews-{part}.csv")


@pytest.mark.parametrize("part", ["train", "test"])
def test_counts_of_sentences(part: str) -> None:
    sentences = tagged(part)
    first = Counter(sentence[0][1] for sentence in sentences)
    kinds = [first["verb"], first["noun"] + first["adjective"], first["determiner"]]
    assert (len(sentences), kinds) == row(f"tagged-{part}.txt")


def test_reviews_are_apart() -> None:
    most = claimed(r"if (\d+)% of its different words") / 100
    words = [set(text.split()) for _, text in reviews("train") + reviews("test")]
    shares = [len(a & b) / len(a | b) for a, b in itertools.combinations(words, 2)]
    assert max(shares) < most


def test_reviews_are_short() -> None:
    longest = max(len(text.split()) for _, text in reviews("train") + reviews("test"))
    assert longest <= claimed(r"at most (\d+) words")


def test_judging_words_stand_in_both_kinds_of_review() -> None:
    kinds = runpy.run_path(str(DATA / "reviews.py"))["WORDS"]
    judging = {word for lists in kinds.values() for words in lists for word in words}
    assert len(judging) == claimed(r"each of the (\d+) judging words")
    for label in (0, 1):
        text = " ".join(text for kind, text in reviews("train") if kind == label)
        assert judging <= set(re.findall(r"\w+", text))


def test_examples_are_from_the_files() -> None:
    first, second = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    head, *rows = first.splitlines()
    lines = (DATA / "reviews-train.csv").read_text(encoding="utf-8").splitlines()
    assert head == lines[0]
    assert set(rows) <= set(lines)
    blocks = "".join((DATA / f"tagged-{part}.txt").read_text() for part in ("train", "test"))
    assert second in blocks


def test_tags_and_lengths() -> None:
    (names,) = re.findall(r"The tags are five: (.*?)\.", README)
    sentences = tagged("train") + tagged("test")
    assert {tag for sentence in sentences for _, tag in sentence} == set(re.findall(r"\w+", names))
    lengths = [len(sentence) for sentence in sentences]
    assert min(lengths) == claimed(r"have (\d+) to \d+ words")
    assert max(lengths) == claimed(r"have \d+ to (\d+) words")


@pytest.mark.parametrize("part", ["train", "test"])
def test_first_words_tell_nothing_by_themselves(part: str) -> None:
    first = Counter(tuple(sentence[0]) for sentence in tagged(part))
    words = {word for word, _ in first} - {"The"}
    assert len(words) == claimed(r"There are (\d+) words that are a verb")
    for word in words:
        tags = {tag: count for (same, tag), count in first.items() if same == word}
        assert tags.pop("verb") == sum(tags.values())


def test_test_sentences_differ_from_training_sentences() -> None:
    train = [[word for word, _ in sentence] for sentence in tagged("train")]
    test = [[word for word, _ in sentence] for sentence in tagged("test")]
    assert len({tuple(words) for words in train + test}) == len(train + test)
    for one, other in itertools.product(test, train):
        same = sum(a == b for a, b in zip(one, other, strict=False))
        assert max(len(one), len(other)) - same >= 2
