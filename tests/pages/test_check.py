"""What a block did, against what its page says."""

from __future__ import annotations

import pytest

from diagramgen.errors import (
    BlockError,
    DiagramgenError,
    ExpectationError,
    FigureError,
    InlineValueError,
)
from diagramgen.pages.check import check_block, check_value, shown_output
from diagramgen.pages.read import CodeBlock, read_page
from diagramgen.trace import BlockResult, Failure, Printed, ValueResult, Warned


def block(options: str = "", code: str = "print(1)\n#> 1\nprint(2)") -> CodeBlock:
    page = read_page(f"text\n\n```python {options}\n{code}\n```\n")
    assert page.problems == ()
    return page.blocks[0]


def problem(options: str, result: BlockResult) -> DiagramgenError:
    (found,) = check_block(block(options), result)
    assert found.hint
    return found


ONE = Printed(1, "1\n")
ERROR = Failure("ValueError", "It is\nodd.", line=3)
WARNING = Warned("UserWarning", "careful", line=1)


@pytest.mark.parametrize(
    ("options", "result"),
    [
        ("", BlockResult(printed=(ONE,))),
        ('raises="ValueError"', BlockResult(printed=(ONE,), error=ERROR)),
        ('warns="UserWarning"', BlockResult(printed=(ONE,), warnings=(WARNING, WARNING))),
        ("", BlockResult(ran=False)),
    ],
)
def test_nothing_to_report(options: str, result: BlockResult) -> None:
    assert list(check_block(block(options), result)) == []


def test_an_error() -> None:
    found = problem("", BlockResult(error=ERROR))
    assert isinstance(found, BlockError)
    assert str(found.at("docs/a.md", found.line)).startswith("docs/a.md:6: ValueError: It is odd. ")
    assert 'raises="ValueError"' in (found.hint or "")


def test_another_error_than_the_declared_one() -> None:
    found = problem('raises="KeyError"', BlockResult(error=ERROR))
    assert "ValueError" in found.message
    assert "KeyError is declared" in found.message


def test_no_error_where_one_is_declared() -> None:
    found = problem('raises="KeyError"', BlockResult(printed=(ONE,)))
    assert isinstance(found, BlockError)
    assert (found.message, found.line) == ("This block raises no KeyError", 3)


def test_a_module_that_is_not_there() -> None:
    missing = Failure("ModuleNotFoundError", "No module named 'helpers.text'", line=1)
    hint = problem("", BlockResult(error=missing)).hint or ""
    assert "Install helpers where the site is built" in hint
    assert 'needs="helpers.py"' in hint
    assert "raises" not in hint


@pytest.mark.parametrize("kind", ["Timeout", "Killed", "Exit"])
def test_an_end_of_the_process(kind: str) -> None:
    ended = BlockResult(error=Failure(kind, "it ended", line=1, fatal=True))
    found = problem(f'raises="{kind}"', ended)
    assert found.message == f"{kind}: it ended"
    assert "raises" not in (found.hint or "")


def test_a_warning_that_is_not_declared() -> None:
    found = problem("", BlockResult(printed=(ONE,), warnings=(WARNING,)))
    assert isinstance(found, BlockError)
    assert (found.message, found.line) == ("UserWarning: careful", 4)
    assert 'warns="UserWarning"' in (found.hint or "")


def test_no_warning_where_one_is_declared() -> None:
    found = problem('warns="UserWarning"', BlockResult(printed=(ONE,)))
    assert (found.message, found.line) == ("This block gives no UserWarning", 3)


@pytest.mark.parametrize(
    ("printed", "got", "cure"),
    [((Printed(1, "2\n"),), "2", "Write #> 2"), ((Printed(3, "1"),), "nothing", "Take the #> out")],
)
def test_other_output_than_expected(printed: tuple[Printed, ...], got: str, cure: str) -> None:
    found = problem("", BlockResult(printed=printed))
    assert isinstance(found, ExpectationError)
    assert (found.message, found.line) == (f"Expected 1, got {got}", 5)
    assert cure in (found.hint or "")


def test_expected_output_matters_only_where_the_block_did_not_fail() -> None:
    assert isinstance(problem("", BlockResult(error=ERROR)), BlockError)
    declared = problem('raises="ValueError"', BlockResult(error=ERROR))
    assert isinstance(declared, ExpectationError)


def test_a_figure_that_was_asked_for_and_is_not_there() -> None:
    result = BlockResult(printed=(ONE,), note="There is no variable model")
    (found,) = check_block(block('figure="model"'), result)
    assert isinstance(found, FigureError)
    assert (found.message, found.line) == ("There is no variable model", 3)


def test_what_is_expected_is_not_shown_again() -> None:
    printed = (ONE, Printed(3, "\x1b[32m2\x1b[0m\n"))
    assert shown_output(block(), BlockResult(stdout="1\n2\n", printed=printed)) == "2\n"
    assert shown_output(block(code="x"), BlockResult(stdout="1\r2\r3\nx\r\n")) == "3\nx\n"


def test_an_inline_value_that_fails() -> None:
    value = read_page("text\n\n`{python} x`\n").values[0]
    assert list(check_value(value, ValueResult("1"))) == []
    assert list(check_value(value, ValueResult(ran=False))) == []
    failure = Failure("NameError", "name 'x' is not defined")
    (found,) = check_value(value, ValueResult(error=failure))
    assert isinstance(found, InlineValueError)
    assert (found.line, found.message) == (3, "NameError: name 'x' is not defined, in x")
