"""Spans and instants as text: `1h30m`, `30s..5m`, `2026-01-01T00:00:00Z`.

Inside the program both are whole microseconds; this is where text becomes numbers and back.
The grammar bounds the digits of each part, so that one pattern says exactly what is accepted:
no span is longer than `LONGEST_US` (64 years), none is finer than a microsecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from mockstatus.scenario.wording import shown

_EXAMPLES = "such as 250ms, 1.5s, 1h30m, 2d or PT1H30M"


@dataclass(frozen=True, slots=True)
class _Unit:
    """One part of a duration: at most `digits` before the point and `decimals` behind it."""

    name: str
    us: int
    digits: int
    decimals: int = 6

    @property
    def most(self) -> int:
        return int("9" * self.digits)

    def part(self, name: str) -> str:
        """A pattern for this part; only the last one of a duration may have a fraction."""
        fraction = rf"(?:\.[0-9]{{1,{self.decimals}}}(?!{name}[0-9T]))?"
        return rf"(?:[0-9]{{1,{self.digits}}}{fraction}{name})"


_MS = _Unit("ms", 1_000, digits=11, decimals=3)
_S = _Unit("s", 1_000_000, digits=8)
_M = _Unit("m", 60 * _S.us, digits=7)
_H = _Unit("h", 60 * _M.us, digits=5)
_D = _Unit("d", 24 * _H.us, digits=4)
_W = _Unit("w", 7 * _D.us, digits=3)
_US_OF = {
    name: unit.us for unit in (_W, _D, _H, _M, _S, _MS) for name in {unit.name, unit.name.upper()}
}

LONGEST_US = sum(unit.most * unit.us for unit in (_D, _H, _M, _S, _MS)) + 999


def _parts(*units: _Unit) -> str:
    return "".join(f"{unit.part(unit.name)}?" for unit in units)


def _iso_parts(*units: _Unit) -> str:
    return "".join(f"{unit.part(unit.name.upper())}?" for unit in units)


# The look-aheads ask for at least one part. JavaScript and Python read these patterns alike.
_ISO = rf"P(?:{_W.part('W')}|(?=[0-9T]){_iso_parts(_D)}(?:T(?=[0-9]){_iso_parts(_H, _M, _S)})?)"
_ONE = rf"(?:(?=[0-9]){_parts(_D, _H, _M, _S, _MS)}|{_ISO})"
# `$` alone would let Python accept a newline at the end, which JavaScript does not.
_END = r"$(?!\n)"
DURATION_PATTERN = rf"^{_ONE}{_END}"
RANGE_PATTERN = rf"^{_ONE}(?:\.\.{_ONE})?{_END}"

_IS_DURATION = re.compile(DURATION_PATTERN)
_PART = re.compile(r"([0-9.]+)(ms|[dhmsDHMSW])")
_BARE = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")


class DurationError(ValueError):
    """A span that cannot be read; the message says what was found and what was expected."""


class InstantError(ValueError):
    """An instant that cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Range:
    """Any span from `low_us` to `high_us` microseconds, both included."""

    low_us: int
    high_us: int

    def __post_init__(self) -> None:
        if not 0 <= self.low_us <= self.high_us:
            raise DurationError(f"a range cannot go from {self.low_us} to {self.high_us} us")


def parse_duration(text: str) -> int:
    """The microseconds of `1h30m`, `250ms` or `PT1H30M`. Raises DurationError."""
    if _IS_DURATION.search(text) is None:
        raise DurationError(_why_not(text))
    return sum(int(Decimal(number) * _US_OF[unit]) for number, unit in _PART.findall(text))


def _why_not(text: str) -> str:
    found = shown(text)
    if _BARE.fullmatch(text):
        return f"{found} has no unit, expected a duration {_EXAMPLES}"
    if text.startswith("-"):
        return f"{found} is negative, expected a duration {_EXAMPLES}"
    return f"{found} is not a duration, expected one {_EXAMPLES} (units d, h, m, s, ms)"


def parse_range(text: str) -> Range:
    """The range of `30s..5m`; a single duration is a range of one. Raises DurationError."""
    low, dots, high = text.partition("..")
    low_us = parse_duration(low)
    high_us = parse_duration(high) if dots else low_us
    if high_us < low_us:
        raise DurationError(f"{text!r} ends before it begins, expected the shorter span first")
    return Range(low_us, high_us)


def format_duration(us: int) -> str:
    """The same span as text without empty parts: `1h30m`, `1.5s`, `250ms`, `0s`.

    us: 0 to LONGEST_US, which no parsed span exceeds. Raises DurationError beyond.
    """
    if not 0 <= us <= LONGEST_US:
        raise DurationError(f"{us} us is not between 0 and {LONGEST_US}")
    if us < _S.us:
        return f"{_decimal(us, _MS)}ms" if us else "0s"
    parts = []
    for unit in (_D, _H, _M):
        count = min(us // unit.us, unit.most)
        us -= count * unit.us
        if count:
            parts.append(f"{count}{unit.name}")
    if us // _S.us > _S.most:
        # All larger parts are full: what is left only fits into milliseconds.
        parts.append(f"{_S.most}s")
        parts.append(f"{_decimal(us - _S.most * _S.us, _MS)}ms")
    elif us:
        parts.append(f"{_decimal(us, _S)}s")
    return "".join(parts)


def _decimal(us: int, unit: _Unit) -> str:
    whole, rest = divmod(us, unit.us)
    return f"{whole}.{rest:0{unit.decimals}d}".rstrip("0").rstrip(".")


def format_range(span: Range) -> str:
    """`30s..5m`, or `30s` where both ends are the same."""
    low, high = format_duration(span.low_us), format_duration(span.high_us)
    return low if low == high else f"{low}..{high}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(3000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_IS_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)


def parse_instant(text: str) -> int:
    """Microseconds since 1970 UTC of an ISO 8601 date and time with its zone.

    From 1970 up to the year 2999, so that a span added to it can still be written as a date.
    Raises InstantError, also where the zone is missing.
    """
    at = _instant(text)
    if not _EPOCH <= at < _LAST:
        raise InstantError(f"{text!r} is not between the years 1970 and 2999")
    return (at - _EPOCH) // _MICROSECOND


def read_instant(text: str) -> int:
    """The instant that `format_instant` wrote so, in any year. Raises InstantError."""
    return (_instant(text) - _EPOCH) // _MICROSECOND


def _instant(text: str) -> datetime:
    expected = "expected one such as 2026-01-01T00:00:00Z"
    found = _IS_INSTANT.fullmatch(text)
    if found is None:
        raise InstantError(f"{text[:60]!r} is not an instant, {expected}")
    if found["zone"] is None:
        raise InstantError(f"{text!r} has no zone, {expected}")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InstantError(f"{text!r} is not an instant: {error}; {expected}") from None


def format_instant(us: int) -> str:
    """`2026-01-01T00:00:00Z`, with a fraction only where there is one.

    Raises InstantError outside the years 1 to 9999.
    """
    try:
        at = _EPOCH + timedelta(microseconds=us)
    except OverflowError:
        raise InstantError(f"{us} us is beyond the years that a date can tell") from None
    text = at.replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if at.microsecond else text}Z"


def _duration_of(value: object) -> int:
    return parse_duration(_text_of(value))


def _range_of(value: object) -> Range:
    return value if isinstance(value, Range) else parse_range(_text_of(value))


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise DurationError(f"{value!r} has no unit, expected a duration {_EXAMPLES}")
    raise DurationError(f"{shown(value)} is no duration, expected one {_EXAMPLES}")


def _instant_of(value: object) -> int:
    if isinstance(value, str):
        return parse_instant(value)
    raise InstantError(f"{shown(value)} is no instant, expected one such as 2026-01-01T00:00:00Z")


Duration = Annotated[
    int,
    PlainValidator(_duration_of),
    PlainSerializer(format_duration, return_type=str, when_used="unless-none"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": DURATION_PATTERN,
            "title": "Duration",
            "examples": ["250ms", "1.5s", "1h30m", "2d", "PT1H30M"],
        }
    ),
]

DurationRange = Annotated[
    Range,
    PlainValidator(_range_of),
    PlainSerializer(format_range, return_type=str, when_used="unless-none"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": RANGE_PATTERN,
            "title": "Duration or range of durations",
            "examples": ["30s", "30s..5m"],
        }
    ),
]

Instant = Annotated[
    int,
    PlainValidator(_instant_of),
    PlainSerializer(format_instant, return_type=str, when_used="unless-none"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-01T00:00:00Z"]}),
]
