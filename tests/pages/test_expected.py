"""``#>`` lines: where they may stand, and what is equal to them."""

from __future__ import annotations

import pytest

from diagramgen.errors import CodeError
from diagramgen.pages.expected import Expected, matches
from diagramgen.pages.read import read_page


def read(code: str) -> tuple[Expected, ...]:
    page = read_page(f"```python\n{code}\n```\n")
    assert page.problems == ()
    return page.blocks[0].expected


def test_lines_belong_to_the_statement_above_them() -> None:
    code = (
        "print(1)\n#> 1\nprint(\n    2,\n)\n\n# a remark\n#> 2\n#> and more\n"
        'x = """\n#> text\n"""\nfor i in x:\n    print(i)\n#> 3\n'
    )
    assert read(code) == (
        Expected(line=2, after=1, text="1"),
        Expected(line=8, after=5, text="2\nand more"),
        Expected(line=15, after=14, text="3"),
    )


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("#> 1\nprint(1)", 1, "no statement above"),
        ("print(\n#> 1\n1)", 2, "middle of a statement"),
        ("def f():\n    print(1)\n    #> 1\n    return", 3, "middle of a statement"),
        ("@f\n#> 1\ndef g(): pass", 2, "middle of a statement"),
        ("print(1)  #> 1", 1, "beginning of its line"),
        ("for i in x:\n    print(i)\n    #> 1", 3, "beginning of its line"),
    ],
)
def test_elsewhere_they_are_refused(code: str, line: int, message: str) -> None:
    (problem,) = read_page(f"text\n\n```python\n{code}\n```\n").problems
    assert isinstance(problem, CodeError)
    assert problem.line == 3 + line
    assert message in problem.message
    assert "on a line of its own, not indented" in (problem.hint or "")


def test_a_block_that_does_not_run_may_hold_anything() -> None:
    page = read_page('```python run="no"\n#> 1\nprint(\n```\n')
    assert page.problems == ()
    assert page.blocks[0].expected == ()


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("(1, 4)", "(1, 4)\n"),
        ("0.123", "0.12301"),
        ("1000.5", "1000.9"),
        ("-1.5e-07", "-1.5001e-7"),
        ("[0.1 0.2]", "[0.10001 0.2]"),
        ("[[0.1 -0.2] [1. 2.]]", "[[ 0.1 -0.2]\n [ 1.   2. ]]\n"),
        ("[0.1, 0.2]", "[0.1, 0.2 ]"),
        ("loss: 0.5 - done", "loss: 0.50001 - done"),
        ("0.0", "-0.0"),
        ("nan inf", "nan inf"),
        ("True", "True"),
    ],
)
def test_equal(expected: str, printed: str) -> None:
    assert matches(expected, printed)
    assert matches(printed, expected)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("(1, 4)", "(1, 5)"),
        ("0.123", "0.124"),
        ("0.1", "-0.1"),
        ("1", "1.0"),
        ("1000", "1001"),
        ("12", "1 2"),
        ("[0.1 0.2]", "[0.1 0.2 0.3]"),
        ("(1,4)", "(1, 4)"),
        ("lstm_1", "lstm_2"),
        ("3.15.1", "3.15.2"),
        ("a b", "ab"),
        ("True", "true"),
        ("0.0", "1e-9"),
        ("text", ""),
        ("1.5", "1.5 s"),
    ],
)
def test_not_equal(expected: str, printed: str) -> None:
    assert not matches(expected, printed)
    assert not matches(printed, expected)
