"""Spans and instants as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from mockstatus.scenario.durations import (
    DURATION_PATTERN,
    LONGEST_US,
    RANGE_PATTERN,
    Duration,
    DurationError,
    DurationRange,
    Instant,
    InstantError,
    Range,
    format_duration,
    format_instant,
    format_range,
    parse_duration,
    parse_instant,
    parse_range,
    read_instant,
)

MS, S, M, H, D = 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
LAST_INSTANT_US = 32_503_679_999_999_999

spans = st.integers(0, LONGEST_US) | st.sampled_from([0, 1, MS, S, M, H, D, LONGEST_US])
near_durations = (
    st.from_regex(DURATION_PATTERN)
    | st.from_regex(RANGE_PATTERN)
    | st.text("0123456789.dhmsPTDHMSW-+ e\n٣", max_size=14)
    | st.text(max_size=8)
)


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("250ms", 250 * MS),
        ("1.5s", 1_500 * MS),
        ("0.001ms", 1),
        ("0s", 0),
        ("1h30m", 90 * M),
        ("1.5h", 90 * M),
        ("1h90m", 150 * M),
        ("2d", 2 * D),
        ("1d2h3m4s5ms", D + 2 * H + 3 * M + 4 * S + 5 * MS),
        ("PT1H30M", 90 * M),
        ("P2D", 2 * D),
        ("P2W", 14 * D),
        ("P1DT12H", 36 * H),
        ("PT0.5S", 500 * MS),
        ("0.1s", 100 * MS),
        ("9999d", 9999 * D),
    ],
)
def test_a_duration_is_read_to_the_microsecond(text: str, us: int) -> None:
    assert parse_duration(text) == us


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30", "no unit"),
        ("1.5", "no unit"),
        ("1e3", "no unit"),
        ("-5", "no unit"),
        ("-5s", "negative"),
        ("", "not a duration"),
        ("s", "not a duration"),
        (".5s", "not a duration"),
        ("5us", "not a duration"),
        ("30m1h", "not a duration"),
        ("1.5h30m", "not a duration"),
        ("1h 30m", "not a duration"),
        ("1H", "not a duration"),
        ("P", "not a duration"),
        ("PT", "not a duration"),
        ("P1DT", "not a duration"),
        ("P1M", "not a duration"),
        ("P1Y", "not a duration"),
        ("P1H", "not a duration"),
        ("P1.5DT1H", "not a duration"),
        ("0.0001ms", "not a duration"),
        ("10000d", "not a duration"),
        ("1s\n", "not a duration"),
        ("٣s", "not a duration"),
        ("1s..2s", "not a duration"),
        ("9" * 1000 + "s", "not a duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(text: str, why: str) -> None:
    with pytest.raises(DurationError, match=f"{why}.* expected .*1h30m") as refused:
        parse_duration(text)

    assert len(str(refused.value)) < 250


@given(spans)
def test_a_formatted_duration_parses_back_to_the_same_number(us: int) -> None:
    assert parse_duration(format_duration(us)) == us


@given(st.from_regex(DURATION_PATTERN))
def test_every_duration_that_can_be_read_can_be_written(text: str) -> None:
    us = parse_duration(text)

    assert parse_duration(format_duration(us)) == us


def test_the_longest_duration_is_what_the_grammar_allows() -> None:
    assert parse_duration("9999d99999h9999999m99999999s99999999999.999ms") == LONGEST_US


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0s"),
        (1, "0.001ms"),
        (250 * MS, "250ms"),
        (S, "1s"),
        (1_500 * MS, "1.5s"),
        (10 * S, "10s"),
        (90 * S, "1m30s"),
        (2 * H, "2h"),
        (D + S + 1, "1d1.000001s"),
    ],
)
def test_a_duration_is_written_without_empty_parts(us: int, text: str) -> None:
    assert format_duration(us) == text


@pytest.mark.parametrize("us", [-1, LONGEST_US + 1])
def test_a_span_beyond_the_bounds_cannot_be_written(us: int) -> None:
    with pytest.raises(DurationError, match="not between"):
        format_duration(us)


@pytest.mark.parametrize(
    ("text", "low_us", "high_us"),
    [("30s..5m", 30 * S, 5 * M), ("30s", 30 * S, 30 * S), ("1.5s..PT3S", 1_500 * MS, 3 * S)],
)
def test_a_range_goes_from_the_shorter_to_the_longer(text: str, low_us: int, high_us: int) -> None:
    assert parse_range(text) == Range(low_us, high_us)


@pytest.mark.parametrize("text", ["5m..30s", "30s..", "..30s", "1s..2s..3s", "30..40", "1s-2s"])
def test_a_range_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        parse_range(text)


def test_a_range_cannot_be_built_the_wrong_way_round() -> None:
    with pytest.raises(DurationError, match="cannot go from"):
        Range(2, 1)


@given(spans, spans)
def test_a_formatted_range_parses_back_to_the_same_range(one_us: int, other_us: int) -> None:
    span = Range(min(one_us, other_us), max(one_us, other_us))

    assert parse_range(format_range(span)) == span


@given(near_durations)
@example("1s\n")
def test_the_published_pattern_accepts_exactly_the_durations(text: str) -> None:
    published = Draft202012Validator(TypeAdapter(Duration).json_schema())

    try:
        parse_duration(text)
    except DurationError:
        assert not published.is_valid(text)
    else:
        assert published.is_valid(text)


@given(near_durations)
@example("1.5s..3s\n")
def test_the_published_pattern_accepts_exactly_the_ranges_but_for_their_order(text: str) -> None:
    published = Draft202012Validator(TypeAdapter(DurationRange).json_schema())

    try:
        parse_range(text)
    except DurationError as refused:
        assume("ends before it begins" not in str(refused))
        assert not published.is_valid(text)
    else:
        assert published.is_valid(text)


def test_the_published_patterns_use_nothing_that_javascript_lacks() -> None:
    assert not re.search(r"\(\?(?![:=!])|\\[AZdwsbp]|[+*?}]\+", RANGE_PATTERN)


@pytest.mark.parametrize("value", [30, 1.5, True, None, ["1s"], {"a": 1}])
def test_a_model_refuses_anything_but_text_for_a_duration(value: object) -> None:
    for kind in (Duration, DurationRange):
        with pytest.raises(ValidationError, match="expected"):
            TypeAdapter(kind).validate_python(value)


def test_a_model_writes_durations_as_text_again() -> None:
    for kind, text in [
        (Duration, "1h30m"),
        (DurationRange, "30s..5m"),
        (DurationRange, "30s"),
        (Instant, "2026-01-01T00:00:00Z"),
    ]:
        adapter = TypeAdapter(kind)

        assert adapter.dump_python(adapter.validate_python(text)) == text


def test_a_model_takes_a_range_that_is_one_already() -> None:
    assert TypeAdapter(DurationRange).validate_python(Range(1, 2)) == Range(1, 2)


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01 00:00:01.5Z", 1_500 * MS),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2026-01-01T00:00:00.000001Z", 1_767_225_600 * S + 1),
        ("2999-12-31T23:59:59.999999Z", LAST_INSTANT_US),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, us: int) -> None:
    assert parse_instant(text) == us


@pytest.mark.parametrize("us", [-1, 0, LAST_INSTANT_US, LAST_INSTANT_US + 1, 253_402_300_799 * S])
def test_an_instant_that_was_written_is_read_in_any_year(us: int) -> None:
    assert read_instant(format_instant(us)) == us


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-01-01T00:00:00", "has no zone"),
        ("2026-01-01", "not an instant"),
        ("2026-13-01T00:00:00Z", "month"),
        ("2026-02-30T00:00:00Z", "day"),
        ("2026-W01-1T00:00:00Z", "not an instant"),
        ("2026-01-01T00:00:00.1234567Z", "not an instant"),
        ("1969-12-31T23:59:59Z", "between the years"),
        ("3000-01-01T00:00:00Z", "between the years"),
        ("0001-01-01T00:00:00+23:59", "between the years"),
        ("2026-01-01T00:00:00+99:00", "not an instant"),
        ("now", "not an instant"),
        ("", "not an instant"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, why: str) -> None:
    with pytest.raises(InstantError, match=why):
        parse_instant(text)


@given(st.integers(0, LAST_INSTANT_US))
def test_a_formatted_instant_parses_back_to_the_same_number(us: int) -> None:
    assert parse_instant(format_instant(us)) == us


def test_an_instant_is_written_with_a_fraction_only_where_there_is_one() -> None:
    assert format_instant(0) == "1970-01-01T00:00:00Z"
    assert format_instant(1_500 * MS) == "1970-01-01T00:00:01.5Z"
    assert format_instant(10 * S) == "1970-01-01T00:00:10Z"


def test_an_instant_beyond_the_calendar_cannot_be_written() -> None:
    with pytest.raises(InstantError, match="beyond the years"):
        format_instant(10**18)


@pytest.mark.parametrize("value", [0, None, 1.5])
def test_a_model_refuses_anything_but_text_for_an_instant(value: object) -> None:
    with pytest.raises(ValidationError, match="no instant"):
        TypeAdapter(Instant).validate_python(value)
