"""The options on a fence: read, refused, taken out of the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagramgen.errors import OptionError
from diagramgen.pages.options import OPTIONS, Option, Options
from diagramgen.pages.read import read_page
from diagramgen.pages.write import write_page

VALUES = {
    "run": ("no", False),
    "session": ("two-b", "two-b"),
    "hide": ("output", "output"),
    "raises": ("ValueError", "ValueError"),
    "warns": ("UserWarning", "UserWarning"),
    "figure": ("model", "model"),
    "words": ("I am  Groot", ("I", "am", "Groot")),
    "labels": ("other, a name", ("other", "a name")),
    "steps": ("5", 5),
    "caption": ("It is <new>", "It is <new>"),
    "alt": ("In words", "In words"),
    "timeout": ("0.5", 0.5),
    "needs": ("data/a.csv, ./b.txt,b.txt", ("data/a.csv", "b.txt")),
}
NOT_TAKEN = {
    "run": "yes",
    "session": "two words",
    "hide": "cod",
    "raises": "it is odd",
    "warns": "1",
    "figure": "model.layers",
    "words": " ",
    "labels": "a,,b",
    "steps": "0",
    "caption": "",
    "alt": "",
    "timeout": "nan",
    "needs": "data/../../a.csv",
}
AUTHORS = Path(__file__).parents[2] / "docs" / "authors" / "index.md"
FORMS = {
    'python title="a" {} hl_lines="1"': 'python title="a" hl_lines="1"',
    "py {}": "py",
    '{{.python #id {} .wide data-x="1"}}': '{.python #id .wide data-x="1"}',
}


def page(options: str) -> str:
    return f"text\n\n```{options}\nx = 1\n```\n"


def error(options: str) -> OptionError:
    (problem,) = read_page(page(options)).problems
    assert isinstance(problem, OptionError)
    assert problem.line == 3
    return problem


def test_every_option_is_tried_here() -> None:
    assert [option.name for option in OPTIONS] == list(VALUES) == list(NOT_TAKEN)


def test_the_page_for_authors_has_a_row_for_each_option() -> None:
    rows = re.findall(r'^\| `(\w+)="', AUTHORS.read_text(), re.MULTILINE)
    assert rows == [option.name for option in OPTIONS]


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("form", FORMS)
def test_an_option_is_read_and_taken_out(form: str, quote: str, name: str) -> None:
    text, value = VALUES[name]
    read = read_page(page(form.format(f"{name}={quote}{text}{quote}")))
    assert read.problems == ()
    assert read.blocks[0].options == Options(**{name: value})  # type: ignore[arg-type]
    assert write_page(read, [()], []).markdown == page(FORMS[form])


@pytest.mark.parametrize("options", ["python", "{.python}", ' .py  title="a"', "{ .py x=1 }"])
def test_a_line_without_our_options_stays_as_it_is(options: str) -> None:
    assert write_page(read_page(page(options)), [()], []).markdown == page(options)


@pytest.mark.parametrize("option", OPTIONS, ids=[option.name for option in OPTIONS])
def test_a_bad_value_is_refused_with_what_the_option_takes(option: Option) -> None:
    problem = error(f'python {option.name}="{NOT_TAKEN[option.name]}"')
    assert problem.hint == f"{option.name} takes {option.values}"


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ('python hide="cod"', "hide doesn't take 'cod'", '"code", "output", "figure" or "all"'),
        ('python hiden="code"', "no option hiden", 'Did you mean hide="…"?'),
        ('python Words="a"', "no option Words", 'Did you mean words="…"?'),
        ('python titel="a"', "no option titel", 'Did you mean title="…"?'),
        ('python zzz="a"', "no option zzz", "There are alt, caption"),
        ("{.python capton='a'}", "no option capton", 'Did you mean caption="…"?'),
        ("python hide", "hide has no value", "hide takes"),
        ('python steps="1" steps="2"', "steps stands here twice", "Take one of them out"),
        ("python steps=5", "can't be read: steps=5", 'as key="value"'),
        ('python words="a b', "can't be read: words=\"a b", 'as key="value"'),
        ('python, words="a"', 'can\'t be read: python, words="a"', 'as key="value"'),
        ('python hl_lines="all"', "hl_lines doesn't take 'all'", 'Write hl_lines="1"'),
        ('python run="no" words="a"', 'words says nothing beside run="no"', "Take words out"),
        ('python figure="gates:"', "figure doesn't take 'gates:'", 'or "gates:" and that of an'),
        ('python figure="gate:x"', "figure doesn't take 'gate:x'", "figure takes"),
        ('python figure="none" steps="1"', 'steps says nothing beside figure="none"', "steps out"),
    ],
)
def test_what_is_wrong_is_said_with_its_cure(options: str, message: str, hint: str) -> None:
    problem = error(options)
    assert message in problem.message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize("path", ["/a.csv", "..", "a,..//b", ".", "a, ", r"data\\a.csv"])
def test_a_path_out_of_the_docs_folder_is_refused(path: str) -> None:
    problem = error(f'python needs="{path}"')
    assert problem.message.startswith("needs doesn't take")
    assert "paths below the docs folder" in (problem.hint or "")


def test_all_errors_of_a_line_are_reported() -> None:
    problems = read_page(page('python hiden="code" steps="0" words="a"')).problems
    assert [problem.line for problem in problems] == [3, 3]


def test_other_languages_keep_their_options() -> None:
    text = page('{.text words="a b"}')
    assert write_page(read_page(text), [], []).markdown == text
