"""A job's story as a picture: one lane a track, its phases, and the calls of its client (SVG).

Stretches of time are drawn by the square root of their length, so that a retry of three minutes
leaves room for a phase of a second; instants stand where something happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from math import sqrt

from mockstatus.report.document import CallView, JobReport, StretchView
from mockstatus.report.finding import span
from mockstatus.scenario.durations import read_instant

_LEFT, _WIDTH, _LANE, _BAR = 130, 1000, 30, 20
_LETTER = 7.2
PLAIN = "sx"
"""The class of what no service documents."""

_COLOURS = 7
_FINE_US = 1_000_000
"""Longer spans are told to the tenth of a second."""

_LEAST_GAP = 0.012
"""What the shortest stretch takes of the width, before all are made to fit."""


def drawing(job: JobReport, palette: Mapping[str, str]) -> str:
    """An SVG element. palette: the class of each state's colour."""
    axis = _Axis(job)
    height = _LANE * (len(job.tracks) + 1) + 26
    parts = [*_ticks(job, axis, height), *_lanes(job, axis, palette), *_calls(job, axis)]
    label = escape(f"Timeline of job {job.id}", quote=True)
    return (
        f'<svg viewBox="0 0 {_LEFT + _WIDTH + 14} {height}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


class _Axis:
    """Where an instant is drawn."""

    def __init__(self, job: JobReport) -> None:
        self.begin_us = read_instant(job.submitted)
        found = {self.begin_us, *(read_instant(call.at) for call in job.calls)}
        for stretches in job.tracks.values():
            for one in stretches:
                found |= {read_instant(at) for at in (one.entered, one.left) if at is not None}
        self._instants = sorted(found)
        gaps = [after - before for before, after in pairwise(self._instants)]
        whole = sum(map(sqrt, gaps)) or 1.0
        weights = [max(sqrt(gap) / whole, _LEAST_GAP) for gap in gaps]
        # The present of whatever has not ended is a little beyond the last thing that happened.
        scale = 0.94 * _WIDTH / (sum(weights) or 1.0)
        places, place = [0.0], 0.0
        for weight in weights:
            place += weight * scale
            places.append(place)
        self._places = dict(zip(self._instants, places, strict=True))

    def at(self, instant: str | None) -> float:
        """The place of an instant of this job; of the open end for None."""
        return _LEFT + (_WIDTH if instant is None else self._places[read_instant(instant)])

    def ago(self, instant: str) -> str:
        """How long after the submission it is."""
        passed_us = read_instant(instant) - self.begin_us
        return f"+{span(round(passed_us, -5) if passed_us > _FINE_US else passed_us)}"


def palette(states: Sequence[str], jobs: Iterable[JobReport]) -> dict[str, str]:
    """The class of each state's colour: ends by how they end, the others in their order."""
    stretches = [one for job in jobs for track in job.tracks.values() for one in track]
    ends = {one.state: f"e-{one.ending}" for one in stretches if one.ending is not None}
    plain = (f"s{number % _COLOURS}" for number in range(len(states)))
    return {state: ends.get(state) or next(plain) for state in states} | ends


def _lanes(job: JobReport, axis: _Axis, palette: Mapping[str, str]) -> Iterator[str]:
    for row, (track, stretches) in enumerate(job.tracks.items()):
        top = row * _LANE + 4
        yield _text(_LEFT - 8, top + 14, _cut(track, _LEFT - 12), "name", "end")
        for one in stretches:
            yield _bar(one, axis, top, palette.get(one.state, PLAIN))


def _bar(one: StretchView, axis: _Axis, top: int, kind: str) -> str:
    begin, end = axis.at(one.entered), axis.at(one.left)
    width = max(end - begin, 2.0)
    until = axis.ago(one.left) if one.left is not None else "now"
    title = escape(f"{one.state}: {axis.ago(one.entered)} to {until}")
    label = ""
    if len(one.state) * _LETTER + 8 < width:
        label = _text(begin + 5, top + 14, one.state, "in")
    return (
        f'<g><title>{title}</title><rect class="{kind}" x="{begin:.1f}" y="{top}"'
        f' width="{width:.1f}" height="{_BAR}" rx="3"/>{label}</g>'
    )


def _calls(job: JobReport, axis: _Axis) -> Iterator[str]:
    middle = len(job.tracks) * _LANE + 14
    yield _text(_LEFT - 8, middle + 4, "calls", "name", "end")
    yield f'<line class="rail" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{middle}" y2="{middle}"/>'
    for call in job.calls:
        kind = "lost" if call.is_lost else "struck" if call.fault else call.kind
        yield (
            f'<g><title>{escape(_told(call, axis))}</title><circle class="c-{escape(kind)}"'
            f' cx="{axis.at(call.at):.1f}" cy="{middle}" r="5"/></g>'
        )


def _told(call: CallView, axis: _Axis) -> str:
    shown = f", shown {call.shown}" if call.shown is not None else ""
    fault = f", struck by {call.fault}" if call.fault is not None else ""
    lost = ", answer lost" if call.is_lost else ""
    return f"#{call.number} {axis.ago(call.at)} {call.operation}: {call.status}{shown}{fault}{lost}"


def _ticks(job: JobReport, axis: _Axis, height: int) -> Iterator[str]:
    """How long after the submission, below where phases begin, so far as there is room."""
    instants = {one.entered for stretches in job.tracks.values() for one in stretches}
    free = 0.0
    for instant in sorted(instants | {job.submitted}, key=read_instant):
        place, text = axis.at(instant), axis.ago(instant)
        if place < free:
            continue
        free = place + len(text) * _LETTER + 14
        yield (
            f'<line class="tick" x1="{place:.1f}" x2="{place:.1f}" y1="2" y2="{height - 18}"/>'
            f"{_text(place + 2, height - 6, text, 'time')}"
        )


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _cut(text: str, width: float) -> str:
    most = int(width / _LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"
