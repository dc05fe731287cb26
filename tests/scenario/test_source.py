"""Safe, bounded YAML that remembers where things stand."""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockstatus.errors import Problem, ScenarioError
from mockstatus.scenario.source import MOST_BYTES, MOST_DEPTH, MOST_PROBLEMS, in_order, read_source

VALID = """\
# a comment
service: toy
summary: "Quoted, with \\u00e9"
phases:
  - {state: QUEUED, for: 30s..5m}
  - state: RUNNING
    until: {track: other, failed: {state: BROKEN}}
    result: [1, 0x1F, 0o17, 1.5e3, ~, true, 'text', "text", |-
      block]
  - state: DONE
    result: >-
      folded
      text
tracks: {2: [{state: DONE}]}
"""


def read(content: str | bytes) -> Any:
    return read_source(content, path="toy/x.yaml").value


def problems(content: str | bytes) -> list[str]:
    """What is wrong, whether or not the rest could be read."""
    try:
        found = read_source(content, path="x").problems
    except ScenarioError as error:
        found = error.problems
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[
            (text, text)
            for text in (
                "no",
                "on",
                "yes",
                "off",
                "y",
                "n",
                "No",
                "nULL",
                "tRUE",
                "1:30",
                "1:30:00",
            )
        ],
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("0.5.1", "0.5.1"),
        ("1_000", "1_000"),
        ("30s..5m", "30s..5m"),
        ("010", 10),
        ("-3", -3),
        ("+3", 3),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1.13", 1.13),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e3", -1000.0),
        ("9" * 500, int("9" * 500)),
        ("'3'", "3"),
        ('"true"', "true"),
        ('"~"', "~"),
        ("|-\n  3", "3"),
        ("=", "="),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read(f"a: {text}\n")["a"]

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x:1:1: the file is empty, expected a scenario"),
        ("# only a comment\n", "x:1:1: the file is empty, expected a scenario"),
        ("a: .inf", "x:1:4: .inf is no number that JSON knows, quote it if text is meant"),
        ("a: -.Inf", "x:1:4: -.Inf is no number that JSON knows, quote it if text is meant"),
        ("a: .nan", "x:1:4: .nan is no number that JSON knows, quote it if text is meant"),
        ("a: 1e999", "x:1:4: a number too large for a float"),
        ("a: " + "9" * 5000, "x:1:4: a number of more than 1000 digits"),
        ("a: 1\nb: 2\na: 3", "x:3:1: duplicate key 'a', first in line 1"),
        ("2: 1\n'2': 2", "x:2:1: duplicate key '2', first in line 1"),
        ("a: 1\na: {b: [1], c: 2}", "x:2:1: duplicate key 'a', first in line 1"),
        ("a: &x 1", "x:1:4: anchors are not allowed, expected plain YAML"),
        ("a: &x {b: 1}", "x:1:4: anchors are not allowed, expected plain YAML"),
        ("a: !!str 1", "x:1:4: tags such as tag:yaml.org,2002:str are not allowed"),
        ("a: !x [1]", "x:1:4: tags such as !x are not allowed"),
        ("a: {<<: {b: 1}}", "x:1:5: merge keys are not allowed, write the keys themselves"),
        ("true: 1", "x:1:1: true cannot be a key, expected text (quote it)"),
        ("1.5: 1", "x:1:1: 1.5 cannot be a key, expected text (quote it)"),
        ("~: 1", "x:1:1: null cannot be a key, expected text (quote it)"),
        ("? [a, b]\n: 1", "x:1:3: a list cannot be a key, expected text"),
        ("? {a: {b: 1}}\n: [1]\nc: 1", "x:1:3: a mapping cannot be a key, expected text"),
        ("a: 1\n---\nb: 2", "x:2:1: a second document begins, expected one a file"),
        ("a:\n\t- b", "x:2:1: not valid YAML: a tab cannot indent, expected spaces"),
        ("a: b\0", "x:1:5: the character U+0000 cannot stand here, expected an escape"),
        ("a: 1\r\nb: \u2028", "x:2:4: the character U+2028 cannot stand here, expected an escape"),
        ("a: \ud800", "x:1:4: the character U+D800 cannot stand here, expected an escape"),
        (b"a: 1\nb: \xff", "x:2:4: byte 0xff is not UTF-8, expected a file in UTF-8"),
        ("a: 1".encode("utf-16"), "x:1:1: byte 0xff is not UTF-8, expected a file in UTF-8"),
        ("[" * 65, "x:1:65: nested deeper than 64 levels"),
        ("[" * 100_000, "x:1:65: nested deeper than 64 levels"),
        ("{a: " * 50_000, "x:1:257: nested deeper than 64 levels"),
        (" " * (MOST_BYTES + 1), "x:1:1: the file has 262145 bytes, expected at most 262144"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text: str | bytes, told: str) -> None:
    (problem,) = problems(text)

    assert problem.startswith(told)


@pytest.mark.parametrize("first", range(0, sys.maxunicode + 1, 0x8000), ids=hex)
def test_of_all_characters_those_are_refused_that_no_yaml_may_hold(first: int) -> None:
    # YAML 1.2, 5.1, without the line ends of YAML 1.1 and the mark of byte order.
    allowed = "\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
    characters = "".join(map(chr, range(first, first + 0x8000)))
    bad = re.sub(f"[{allowed}]", "", characters)
    good = re.sub(f'[^{allowed}]|[\n\r"\\\\]', "", characters)

    assert read(f'a: "{good}"') == {"a": good}
    for one in bad:
        told = f"x:1:5: the character U+{ord(one):04X} cannot stand here"
        (problem,) = problems(f'a: "{one}"')
        assert problem.startswith(told)


def test_an_alias_is_refused_where_it_stands() -> None:
    assert problems("a: &x 1\nb: *x\nc: [*x]\n*x : 1") == [
        "x:1:4: anchors are not allowed, expected plain YAML",
        "x:2:4: aliases are not allowed, write the value again",
        "x:3:5: aliases are not allowed, write the value again",
        "x:4:1: aliases are not allowed, write the value again",
    ]


@pytest.mark.parametrize(
    "text", ["a: [1, 2", "a: b: c", "'a", "a: @b", "%YAML 3.0\n---\na: 1", "}"]
)
def test_broken_yaml_is_told_with_its_place(text: str) -> None:
    (problem,) = problems(text)

    assert "not valid YAML" in problem or "not readable" in problem


def test_all_problems_of_a_file_are_told_at_once() -> None:
    assert len(problems("a: &x .inf\na: !t 1\ntrue: {b: 1, b: 2}")) == 6


def test_a_long_list_of_problems_is_cut_with_an_honest_count() -> None:
    told = in_order([Problem("x", line, 1, "bad") for line in range(MOST_PROBLEMS + 5, 0, -1)])

    assert len(told) == MOST_PROBLEMS + 1
    assert str(told[-1]) == "x:100:1: and 5 more problems from here on"


def test_keys_and_values_are_remembered_with_line_and_column() -> None:
    source = read_source("a:\n  - {b: é, c: 2}\n  - 3: x\n", path="x")

    assert source.value == {"a": [{"b": "é", "c": 2}, {"3": "x"}]}
    assert source.values == {
        (): (1, 1),
        ("a",): (2, 3),
        ("a", 0): (2, 5),
        ("a", 0, "b"): (2, 9),
        ("a", 0, "c"): (2, 15),
        ("a", 1): (3, 5),
        ("a", 1, "3"): (3, 8),
    }
    assert source.keys == {
        ("a",): (1, 1),
        ("a", 0, "b"): (2, 6),
        ("a", 0, "c"): (2, 12),
        ("a", 1, "3"): (3, 5),
    }
    assert source.position(("a", 0, "c"), is_on_key=True) == (2, 12)
    assert source.position(("a", 0, "zz", 4)) == (2, 5)
    assert source.position(("zz",), is_on_key=True) == (1, 1)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read("\ufeffa: 1".encode()) == {"a": 1}


def test_depth_is_allowed_up_to_the_bound() -> None:
    assert read("[" * MOST_DEPTH + "]" * MOST_DEPTH)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from([None, 2, "\t"]))
@example({"a": "😀😀\\😀"}, None)
@example({"a": "\u2028\x7f/\x85"}, 2)
def test_json_is_read_as_the_yaml_that_it_is(value: object, indent: int | str | None) -> None:
    assert read(json.dumps({"value": value}, indent=indent)) == {"value": value}


def test_two_escapes_that_are_no_json_stay_as_they_are() -> None:
    assert read("a: '\\ud83d\\ude00'") == {"a": "\\ud83d\\ude00"}


mutations = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "replace", "repeat"]),
        st.integers(0, len(VALID)),
        st.binary(min_size=1, max_size=4)
        | st.sampled_from(
            [
                b"\t",
                b"\n",
                b"---\n",
                b"...\n",
                b"&a ",
                b"*a",
                b"!!",
                b"<<: ",
                b"{",
                b"[",
                b"]",
                b"}",
                b"? ",
                b": ",
                b"- ",
                b"%YAML 1.2\n",
                b"'",
                b'"',
                b"|",
                b">",
                b"\\ud800",
                b"\xef\xbb\xbf",
                b"0x",
                b".inf",
                b"\x00",
                b"\xed\xa0\x80",
                b"\xe2\x80\xa8",
                b"#",
                b"[" * 70,
                b"9" * 5000,
            ]
        ),
    ),
    max_size=6,
)


def mutated(text: str, changes: list[tuple[str, int, bytes]]) -> bytes:
    content = text.encode()
    for kind, at, piece in changes:
        match kind:
            case "cut":
                content = content[:at] + content[at + len(piece) :]
            case "insert":
                content = content[:at] + piece + content[at:]
            case "replace":
                content = content[:at] + piece + content[at + len(piece) :]
            case "repeat":
                content = content[:at] + content[at // 2 :]
    return content


@settings(max_examples=1000)
@given(mutations)
@example([])
def test_whatever_the_bytes_only_a_scenario_error_escapes(
    changes: list[tuple[str, int, bytes]],
) -> None:
    content = mutated(VALID, changes)

    found: tuple[Problem, ...] = ()
    try:
        source = read_source(content, path="x")
    except ScenarioError as error:
        found = error.problems
    else:
        json.dumps(source.value, allow_nan=bool(source.problems))

    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert all(1 <= problem.line <= lines + 1 and problem.column >= 1 for problem in found)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_random_content_never_brings_anything_down(content: str | bytes) -> None:
    with suppress(ScenarioError):
        read_source(content, path="x")
