"""A job's timeline in words: tracks, phases, how long each lasts, where it leads. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from mockstatus.domain.timeline import (
    After,
    AfterPolls,
    Phase,
    Stay,
    Timeline,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)
from mockstatus.scenario.durations import format_duration

if TYPE_CHECKING:
    from mockstatus.domain.timeline import Exit


@dataclass(frozen=True, slots=True)
class Line:
    """One phase. number: its place in its track, from 1.

    leaves: what ends it; empty for a final one. instead: it comes in place of all that follows
    the phase of its number, if the track that this one waits for ends badly.
    """

    track: str
    number: int
    phase: Phase
    leaves: str
    instead: bool = False

    @property
    def progress(self) -> str:
        """`0 to 100`; empty where it has none."""
        moved = self.phase.progress
        return "" if moved is None else f"{moved.first} to {moved.last}"


def outline(timeline: Timeline, other: Timeline) -> list[Line]:
    """All phases, track by track.

    other: of another job with the same story; where lengths differ, each job draws its own.
    """
    return [
        line
        for name, track in timeline.tracks.items()
        for line in _lines(name, track.phases, other.tracks[name].phases)
    ]


def _lines(track: str, phases: tuple[Phase, ...], others: tuple[Phase, ...]) -> Iterator[Line]:
    for number, (phase, other) in enumerate(zip(phases, others, strict=True), start=1):
        is_drawn = phase.timed_us != other.timed_us
        leaves = _leaves(phase.exit, is_drawn=is_drawn)
        if number == len(phases):
            leaves = "stays" if phase.ending is None else ""
        yield Line(track, number, phase, leaves)
        if isinstance(phase.exit, UntilTrack) and phase.exit.failed is not None:
            yield Line(track, number, phase.exit.failed, "", instead=True)


def _leaves(way_out: Exit, *, is_drawn: bool) -> str:
    match way_out:
        case After(for_us):
            # A length that is drawn says little to the last microsecond.
            rounded = f"about {format_duration(round(for_us, -5))}, drawn for each job"
            return f"after {rounded if is_drawn else format_duration(for_us)}"
        case AfterPolls(polls):
            return "after 1 poll" if polls == 1 else f"after {polls} polls"
        case UntilSignal(signal):
            return f"at the signal {signal}"
        case UntilTrack(track):
            return f"when {track} has ended"
        case UntilStarted():
            return "when the client starts it"
        case Stay():
            return "stays"
        case _:
            assert_never(way_out)
