"""From a submission, and what its scenario says, to the timeline of a job. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from mockstatus.domain.position import runs
from mockstatus.domain.timeline import (
    After,
    CancelRule,
    Defaults,
    Exit,
    Expiry,
    Phase,
    Timeline,
    Track,
)
from mockstatus.domain.timeline import UntilTrack as Wait
from mockstatus.domain.value import Same
from mockstatus.scenario.planning import Draws, cancel_of, exit_of, expiry_of
from mockstatus.scenario.schema import UntilTrack
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.outcomes import Cancel
from mockstatus.services.ukssdc.phases import (
    UkssdcPhase,
    codes_of,
    leaving_the_queue,
    stage_problems,
    unlikely_problems,
)
from mockstatus.services.ukssdc.script import UkssdcFile
from mockstatus.services.ukssdc.stages import UNPINNED, Pinned
from mockstatus.web.service import Placing, Planning


@dataclass(frozen=True, slots=True)
class Request:
    """What is kept of a submission.

    user: the address that owns the job. products: by name, those switched on by the service
    included. is_independent: AstromPos uses all observations, and so waits for nothing.
    body: what the client sent.
    """

    user: str
    products: tuple[str, ...]
    is_independent: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer tells of a phase.

    text: the statusText; the code's usual one if None. progress: exactly as on the wire; the
    documented stages if None. pinned: what else is said about those.
    """

    code: int
    is_omitted: bool = False
    text: str | None = None
    progress: Mapping[str, Any] | None = None
    pinned: Pinned = UNPINNED


def _scripted(*phases: Mapping[str, object]) -> tuple[UkssdcPhase, ...]:
    return tuple(UkssdcPhase.model_validate(phase) for phase in phases)


_SECOND_US = 1_000_000
_NO_DRAWS = Draws(0, ())

# Told without a script. A choice; jobs seen took from five minutes on (UKSSDC wire notes, 6).
_STORY = _scripted(
    {"code": 1, "for": "5s"},
    {"code": 2, "for": "10s..1m"},
    {"code": 3, "for": "4m"},
    {"code": 4},
)


def plan(planning: Planning) -> Timeline:
    """A submission becomes a timeline of one track a product."""
    scenario = cast("UkssdcFile | None", planning.scenario)
    options: UkssdcOptions = planning.options
    request: Request = planning.submission
    may_wait = options.astrom_waits and not request.is_independent
    plot = _plot(Same(scenario), request.products, may_wait)
    draws = planning.draws
    return _timeline(plot, tuple([part.lengths(draws) for part in plot.parts]))


# Most jobs do what others did, so a timeline is found once for a story and what was drawn. With
# nothing to draw that takes 1 us instead of 4 for one product, and 2.5 instead of 14 for all seven.


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What a product does, but for what is drawn: the lengths of some phases."""

    name: str
    script: Same[Sequence[UkssdcPhase]]
    drawn: tuple[_Drawn, ...]
    has_to_wait: bool

    def lengths(self, draws: Draws) -> tuple[int, ...]:
        return tuple([one.length_us(draws, self.name) for one in self.drawn])


@dataclass(frozen=True, slots=True, eq=False)
class _Plot:
    """What jobs do that play the same story for the same products. Compared by identity."""

    parts: tuple[_Part, ...]
    cancel: CancelRule
    expiry: Expiry | None


@lru_cache(maxsize=256)
def _plot(story: Same[UkssdcFile | None], names: tuple[str, ...], may_wait: bool) -> _Plot:
    scenario = story.value
    # A script of its own overrides the service's rule.
    waits = may_wait and (scenario is None or scenario.has_to_wait())
    parts = []
    for name in names:
        scripted = (scenario.phases_of(name) if scenario is not None else None) or _STORY
        has_to_wait = waits and name == products.ASTROMETRIC.name
        parts.append(_Part(name, Same(scripted), _drawn(scripted), has_to_wait))
    expiry = expiry_of(scenario, default=None)
    return _Plot(tuple(parts), _cancel_rule(scenario), expiry)


@lru_cache(maxsize=512)
def _timeline(plot: _Plot, lengths: tuple[tuple[int, ...], ...]) -> Timeline:
    """A timeline; one for all jobs that do the same."""
    tracks = {
        part.name: _track(part.script, drawn, part.has_to_wait)
        for part, drawn in zip(plot.parts, lengths, strict=True)
    }
    return Timeline(tracks=tracks, defaults=_defaults(), cancel=plot.cancel, expiry=plot.expiry)


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases to be put into a product's track. Raises ValueError where no story could have them."""
    scripted = [UkssdcPhase.model_validate(raw) for raw in placing.raw]
    problems = [*stage_problems(placing.track, scripted)]
    loaded = placing.job.loaded
    if loaded is None or not loaded.scenario.unlikely:
        problems += unlikely_problems(placing.track, scripted)
    if problems:
        raise ValueError("; ".join(problem.message for problem in problems))
    lengths = [one.length_us(placing.draws, placing.track) for one in _drawn(scripted)]
    return _compiled(scripted, lengths)


# What is drawn: lengths alone, and in whole seconds where their range has whole seconds. So jobs
# can share tracks and timelines, and stay small.


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The length of a product's phase at `index`: between these, in units of so much."""

    index: int
    low: int
    high: int
    unit_us: int

    def length_us(self, draws: Draws, name: str) -> int:
        return draws.between(self.low, self.high, name, self.index) * self.unit_us


def _drawn(scripted: Sequence[UkssdcPhase]) -> tuple[_Drawn, ...]:
    """What is to be drawn for a product, in the order in which `_compiled` needs it."""
    found = []
    for index, phase in enumerate(_all(scripted)):
        span = phase.for_
        if span is not None and _is_drawn(phase):
            is_whole = not (span.low_us % _SECOND_US or span.high_us % _SECOND_US)
            unit_us = _SECOND_US if is_whole else 1
            found.append(_Drawn(index, span.low_us // unit_us, span.high_us // unit_us, unit_us))
    return tuple(found)


def _all(scripted: Sequence[UkssdcPhase]) -> Iterator[UkssdcPhase]:
    """The phases, each followed by what may come instead after it."""
    for phase in scripted:
        yield phase
        if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
            yield from _all((phase.until.failed,))


def _is_drawn(phase: UkssdcPhase) -> bool:
    return phase.for_ is not None and phase.for_.low_us != phase.for_.high_us


def is_running(phase: Phase) -> bool:
    """Whether the product is being made."""
    return phase.state == str(products.RUNNING)


def has_ended(phase: Phase) -> bool:
    """Whether the product has come to an end, good or bad."""
    return phase.ending is not None


_ASKS = ((runs, is_running), (runs, has_ended))
"""What answers want to know of a product's phases."""


@lru_cache(maxsize=512)
def _track(
    script: Same[Sequence[UkssdcPhase]], lengths: tuple[int, ...], has_to_wait: bool
) -> Track:
    """A product's track; one for all jobs for which the same was drawn.

    has_to_wait: AstromPos waits from the moment it would leave the queue (UKSSDC wire notes, 3.3).
    """
    phases = _compiled(script.value, lengths)
    if has_to_wait:
        index = leaving_the_queue(script.value)
        phases = (*phases[:index], _waiting(), *phases[index:])
    return Track(phases, _ASKS)


def _compiled(scripted: Sequence[UkssdcPhase], lengths: Iterable[int]) -> tuple[Phase, ...]:
    """The engine's phases of scripted ones."""
    left = iter(lengths)
    codes = codes_of(scripted)
    return tuple(_phase(phase, code, left) for phase, code in zip(scripted, codes, strict=True))


def _phase(phase: UkssdcPhase, code: int, lengths: Iterator[int]) -> Phase:
    if _is_plain(phase):
        return plain_phase(code)
    pinned = Pinned(stage=phase.stage, extra=phase.extra, heading=phase.heading)
    return Phase(
        state=str(code),
        exit=_exit(phase, code, lengths),
        ending=products.ending_of(code),
        is_begun=code == products.RUNNING,
        payload=Shown(code, phase.omitted, phase.text, phase.progress, pinned),
    )


def _exit(phase: UkssdcPhase, code: int, lengths: Iterator[int]) -> Exit:
    if _is_drawn(phase):
        return After(next(lengths))
    failed = None
    if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
        instead = phase.until.failed
        failed = _phase(instead, code if instead.code is None else instead.code, lengths)
    return exit_of(phase, _NO_DRAWS, failed=failed)


def _is_plain(phase: UkssdcPhase) -> bool:
    """Whether it says its code and nothing else."""
    return phase.model_fields_set == {"code"}


@lru_cache(maxsize=64)
def plain_phase(code: int) -> Phase:
    """The phase of a code that stays; one for all jobs."""
    return Phase(
        state=str(code),
        ending=products.ending_of(code),
        is_begun=code == products.RUNNING,
        payload=Shown(code),
    )


@lru_cache(maxsize=1)
def _waiting() -> Phase:
    """If the standard position ends badly, nothing is left to correct (UKSSDC wire notes, 3.3)."""
    return Phase(
        state=str(products.WAITING),
        exit=Wait(products.STANDARD.name, plain_phase(products.NOT_BUILT)),
        payload=Shown(products.WAITING),
    )


@lru_cache(maxsize=1)
def _defaults() -> Defaults:
    cancelled = plain_phase(products.CANCELLED)
    return Defaults(
        complete=plain_phase(products.COMPLETE),
        fail=plain_phase(products.NOT_BUILT),
        cancel_waiting=cancelled,
        cancel_begun=cancelled,
    )


def _cancel_rule(scenario: UkssdcFile | None) -> CancelRule:
    rule = scenario.cancel if scenario is not None else None
    if isinstance(rule, Cancel) and rule.code is not None and not rule.lag:
        return CancelRule(is_refused=True)
    return cancel_of(scenario)
