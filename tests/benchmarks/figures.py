"""Measured numbers, and how they compare: medians, ranges, ratios, aims."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """One thing, measured several times. note: what the reader should know of it."""

    name: str
    unit: str
    samples: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        """The middle of what was measured."""
        return median(self.samples)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the most."""
        return min(self.samples), max(self.samples)

    def to_json(self) -> dict[str, Any]:
        """As the file of results has it."""
        low, high = self.range
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "low": low,
            "high": high,
            "samples": list(self.samples),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be. at_least: else at most."""

    value: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """Whether this is good enough."""
        return value >= self.value if self.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {number(self.value)}"


def at_least(value: float) -> Aim:
    """The more the better."""
    return Aim(value, at_least=True)


def at_most(value: float) -> Aim:
    """The less the better."""
    return Aim(value, at_least=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure that is aimed at: a ratio of two series, pass by pass, or a series itself."""

    figure: Series
    aim: Aim | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the median reaches the aim; None where there is none."""
        return None if self.aim is None else self.aim.is_met(self.figure.median)

    def to_json(self) -> dict[str, Any]:
        """As the file of results has it."""
        aim = None if self.aim is None else str(self.aim)
        return {**self.figure.to_json(), "aim": aim, "is_met": self.is_met}


def ratio(name: str, one: Series, other: Series, aim: Aim | None = None, note: str = "") -> Verdict:
    """How many times the other one is: of each pass by itself, as the machine drifts."""
    samples = tuple(a / b for a, b in zip(one.samples, other.samples, strict=True))
    return Verdict(Series(name, "x", samples, note), aim)


@dataclass(slots=True)
class Part:
    """What one part of the benchmark found. notes: what was left out, and why."""

    name: str
    about: str
    series: list[Series] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As the file of results has it."""
        return {
            "name": self.name,
            "about": self.about,
            "series": [one.to_json() for one in self.series],
            "verdicts": [one.to_json() for one in self.verdicts],
            "notes": self.notes,
        }


def number(value: float) -> str:
    """A number for readers: three digits that count, thousands apart."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
