"""From a submission, and what its scenario says, to the timeline of a job. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from mockstatus.domain.position import runs
from mockstatus.domain.sharing import Same, Shared
from mockstatus.domain.timeline import (
    CancelRule,
    Defaults,
    Exit,
    Expiry,
    Phase,
    Timeline,
    Track,
)
from mockstatus.domain.timeline import UntilTrack as Wait
from mockstatus.domain.value import value
from mockstatus.scenario.planning import Draws, cancel_of, exit_of, expiry_of, undrawn
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


@value()
class Request:
    """What is kept of a submission.

    user: the address that owns the job. products: by name, those switched on by the service
    included. is_independent: AstromPos uses all observations, and so waits for nothing.
    body: what the client sent. Raises ValueError for products that there are not.
    """

    user: str
    products: tuple[str, ...]
    is_independent: bool
    body: bytes

    def __post_init__(self) -> None:
        strange = [name for name in self.products if name not in products.BY_NAME]
        if strange:
            raise ValueError(f"there is no product {strange[0]!r}")


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
    if plot.undrawn is not None:
        return plot.undrawn
    draws = planning.variant()
    return _DRAWN.get((plot, draws), lambda: plot.timeline(draws))


_DRAWN = Shared[Timeline]()


@dataclass(frozen=True, slots=True)
class _Part:
    """What a product does."""

    name: str
    script: Sequence[UkssdcPhase]
    has_to_wait: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Plot:
    """What jobs do that play the same story for the same products. Compared by identity.

    undrawn: the timeline of all of them, where nothing is drawn.
    """

    parts: tuple[_Part, ...]
    cancel: CancelRule
    expiry: Expiry | None
    undrawn: Timeline | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "undrawn", undrawn(self.timeline))

    def timeline(self, draws: Draws) -> Timeline:
        """The timeline of one job."""
        tracks = {part.name: _track(part, draws) for part in self.parts}
        return Timeline(tracks=tracks, defaults=_defaults(), cancel=self.cancel, expiry=self.expiry)


@lru_cache(maxsize=256)
def _plot(story: Same[UkssdcFile | None], names: tuple[str, ...], may_wait: bool) -> _Plot:
    scenario = story.value
    # A script of its own overrides the service's rule.
    waits = may_wait and (scenario is None or scenario.has_to_wait())
    parts = []
    for name in names:
        scripted = (scenario.phases_of(name) if scenario is not None else None) or _STORY
        parts.append(_Part(name, scripted, waits and name == products.ASTROMETRIC.name))
    expiry = expiry_of(scenario, default=None)
    return _Plot(tuple(parts), _cancel_rule(scenario), expiry)


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases to be put into a product's track. Raises ValueError where no story could have them."""
    scripted = [UkssdcPhase.model_validate(raw) for raw in placing.raw]
    problems = [*stage_problems(placing.track, scripted)]
    loaded = placing.job.loaded
    if loaded is None or not loaded.scenario.unlikely:
        problems += unlikely_problems(placing.track, scripted)
    if problems:
        raise ValueError("; ".join(problem.message for problem in problems))
    return _compiled(scripted, placing.draws, placing.track)


def is_running(phase: Phase) -> bool:
    """Whether the product is being made."""
    return phase.state == str(products.RUNNING)


def has_ended(phase: Phase) -> bool:
    """Whether the product has come to an end, good or bad."""
    return phase.ending is not None


_ASKS = ((runs, is_running), (runs, has_ended))
"""What answers want to know of a product's phases."""


def _track(part: _Part, draws: Draws) -> Track:
    """A product's track.

    AstromPos waits from the moment it would leave the queue (UKSSDC wire notes, 3.3).
    """
    phases = _compiled(part.script, draws, part.name)
    if part.has_to_wait:
        index = leaving_the_queue(part.script)
        phases = (*phases[:index], _waiting(), *phases[index:])
    return Track(phases, _ASKS)


def _compiled(scripted: Sequence[UkssdcPhase], draws: Draws, track: str) -> tuple[Phase, ...]:
    """The engine's phases of scripted ones."""
    codes = codes_of(scripted)
    return tuple(
        _phase(phase, code, draws, track, index)
        for index, (phase, code) in enumerate(zip(scripted, codes, strict=True))
    )


def _phase(phase: UkssdcPhase, code: int, draws: Draws, *place: object) -> Phase:
    if _is_plain(phase):
        return plain_phase(code)
    pinned = Pinned(stage=phase.stage, extra=phase.extra, heading=phase.heading)
    return Phase(
        state=str(code),
        exit=_exit(phase, code, draws, *place),
        ending=products.ending_of(code),
        is_begun=code == products.RUNNING,
        payload=Shown(code, phase.omitted, phase.text, phase.progress, pinned),
    )


def _exit(phase: UkssdcPhase, code: int, draws: Draws, *place: object) -> Exit:
    failed = None
    if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
        instead = phase.until.failed
        own_code = code if instead.code is None else instead.code
        failed = _phase(instead, own_code, draws, *place, "failed")
    return exit_of(phase, draws, *place, failed=failed)


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
