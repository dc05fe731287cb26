"""Measures servers under load, every one in each pass, a fresh process each time.

The metric is requests per second of the server's own CPU time: it drifts least.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import wrk
from benchmarks.dialogues import Ask
from benchmarks.figures import Series
from benchmarks.processes import Launch, Running, running

Prepare = Callable[[Running], Sequence[Ask]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how often. warm_s: load that is not counted."""

    passes: int
    seconds: float
    warm_s: float


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to be measured: a server, and the requests that it gets.

    warm_s: how long it needs to be at its best, if longer than others.
    """

    name: str
    launch: Launch
    prepare: Prepare
    warm_s: float = 0


class Samples:
    """What the passes found of one subject."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: dict[str, list[float]] = {
            "requests per CPU-second": [],
            "requests per second": [],
            "p50, ms": [],
            "p99, ms": [],
        }
        self.bad = 0

    def add(self, measured: wrk.Measured, cpu_s: float) -> None:
        """One more pass."""
        found = (
            measured.requests / cpu_s,
            measured.requests / measured.seconds,
            measured.p50_ms,
            measured.p99_ms,
        )
        for values, value in zip(self._found.values(), found, strict=True):
            values.append(value)
        self.bad += measured.bad + measured.broken

    @property
    def series(self) -> list[Series]:
        """All that was measured."""
        note = f"{self.bad} bad" if self.bad else ""
        return [
            Series(self.name, unit, tuple(values), note) for unit, values in self._found.items()
        ]

    @property
    def per_cpu_s(self) -> Series:
        """The metric."""
        return self.series[0]

    @property
    def p99_ms(self) -> Series:
        """What one request in a hundred waits for longer."""
        return self.series[3]


def measure(subjects: Sequence[Subject], pace: Pace, say: Callable[[str], None]) -> list[Samples]:
    """Every subject in each pass, a fresh server each time. Raises NoWrkError."""
    found = {subject.name: Samples(subject.name) for subject in subjects}
    for number in range(pace.passes):
        for subject in subjects:
            say(f"pass {number + 1} of {pace.passes}: {subject.name}")
            with running(subject.launch) as server:
                asks = subject.prepare(server)
                if pace.warm_s:
                    wrk.load(server.port, asks, seconds=max(pace.warm_s, subject.warm_s))
                before_s = server.cpu_s
                measured = wrk.load(server.port, asks, seconds=pace.seconds)
                found[subject.name].add(measured, server.cpu_s - before_s)
    return list(found.values())
