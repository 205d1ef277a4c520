"""What a terminal shows in the end of what a program wrote."""

from __future__ import annotations

import pytest

from diagramgen.pages.text import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("100 %\r50", "500 %"),
        ("10 of 90\r90 of 90\n", "90 of 90\n"),
        ("abc\b\bX", "aXc"),
        ("\b\b\bstart", "start"),
        ("long line\r\x1b[Kshort", "short"),
        ("long line\x1b[2K\rshort", "short"),
        ("a bar that shrinks\rdone              \n", "done\n"),
        ("kept  \n", "kept  \n"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07\x00text", "red text"),
    ],
)
def test_last_state_is_shown(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_progress_bar_of_keras() -> None:
    bar = "1/2 ━━━━  1s 1s/step - loss: 0.5"
    text = "Epoch 1/1\n\r\x1b[1m" + bar + "\x1b[0m" + "\b" * len(bar) + "\r2/2 ━━━━ loss: 0.25  \n"
    rest = bar[len("2/2 ━━━━ loss: 0.25  ") :]
    assert plain(text) == f"Epoch 1/1\n2/2 ━━━━ loss: 0.25  {rest}\n"
