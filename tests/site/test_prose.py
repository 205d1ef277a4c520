"""No number stands in the prose of a page that a value of the page's code could say."""

from __future__ import annotations

from pathlib import Path

import pytest

from prose import reasons, typed_numbers

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_each_typed_number_has_a_reason(path: Path) -> None:
    typed = typed_numbers(path.relative_to(DOCS).as_posix(), path.read_text("utf-8"))
    assert [f"{path}:{one.line}: {one.text}" for one in typed if one.reason is None] == []


def test_each_reason_is_for_a_number_that_is_there() -> None:
    texts = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in PAGES}
    everything = "\n".join(texts.values())
    unused = [
        (page, text)
        for page, text, _ in reasons()
        if text not in (everything if page == "*" else texts.get(page, ""))
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("prose", "typed"),
    [
        ("a layer with 4 units", ["layer with 4 units"]),
        ("it has `{python} 4` units and ``{python} 5`` too", []),
        ("`Dense(3)` is code of the page, `Dense(7)` is not", ["the page, `Dense(7)` is not"]),
        ("the shape is (1, 4)", ["shape is (1, 4)", "is (1, 4)"]),
        ("Conv1D and 2-D and h0", []),
        ("1. an item of a list, see [here](page-2.html#3)", []),
        ("about Keras 3", ["about Keras 3"]),
        ("```python\nDense(3)  # 9\n```", []),
        ("    ```text\n    9\n    ```", []),
        ("## References\n\n- A paper, 1997.", []),
    ],
)
def test_typed_numbers(prose: str, typed: list[str]) -> None:
    page = f"---\ntitle: Two of 2\n---\n\n{prose}\n\n```python\nDense(3)\n```\n"
    if prose.startswith("## "):
        page = f"---\ntitle: Two of 2\n---\n\n{prose}\n"
    found = typed_numbers("some/page.md", page)
    assert [one.text for one in found] == typed
    assert {one.line for one in found} <= {5}
    assert [one.reason for one in found] == ["A name." if "Keras 3" in prose else None] * len(typed)
