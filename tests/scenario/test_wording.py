"""How a mistake is told."""

from __future__ import annotations

import pytest

from mockstatus.scenario.wording import did_you_mean, nearest, shown, unknown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("it's", '"it\'s"'),
        ("x" * 61, f"'{'x' * 57}...'"),
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        ((1,), "a list"),
        (-3, "-3"),
        (1.5, "1.5"),
        (10**500, "a very large number"),
    ],
)
def test_a_value_is_shown_as_the_file_has_it_and_never_long(value: object, text: str) -> None:
    assert shown(value) == text


def test_an_unknown_word_is_told_with_those_that_are_known() -> None:
    known = ("QUEUED", "RUNNING")

    assert unknown("state", "RUNING", known) == (
        "unknown state 'RUNING', expected one of QUEUED, RUNNING; did you mean 'RUNNING'?"
    )
    assert unknown("state", "x", known) == "unknown state 'x', expected one of QUEUED, RUNNING"
    assert unknown("state", 3, ["4"]) == "unknown state 3, expected 4"
    assert unknown("state", "x", []) == "unknown state 'x', expected none"
    assert unknown("state", "q", known, aliases={"q": "QUEUED"}) == (
        "unknown state 'q', expected one of QUEUED, RUNNING; did you mean 'QUEUED'?"
    )


def test_of_many_known_words_some_are_told() -> None:
    told = unknown("code", "zz", range(100, 200))

    assert told.endswith("138, 139, ...")


def test_a_likely_word_is_found_whatever_its_case() -> None:
    assert did_you_mean("retry", ["RETRY", "STORING"]) == "; did you mean 'RETRY'?"
    assert did_you_mean("zzz", ["RETRY"]) == ""
    assert nearest("toy/b", ["toy/a", "toy/b1", "other"], most=2) == ["toy/b1", "toy/a"]
