"""From a submission, and what its scenario says, to the timeline of a job. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from mockstatus.domain.timeline import (
    CancelRule,
    Defaults,
    Phase,
    Timeline,
    Track,
)
from mockstatus.domain.timeline import UntilTrack as Wait
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
    waits = options.astrom_waits and not request.is_independent
    tracks = {}
    for name in request.products:
        scripted = (scenario.phases_of(name) if scenario is not None else None) or _STORY
        phases = compiled(scripted, planning.draws, name)
        if name == products.ASTROMETRIC.name and waits:
            phases = _with_wait(phases, scripted, scenario)
        tracks[name] = Track(phases)
    return Timeline(
        tracks=tracks,
        defaults=_defaults(),
        cancel=_cancel_rule(scenario),
        expiry=expiry_of(scenario, default=None),
    )


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases to be put into a product's track. Raises ValueError where no story could have them."""
    scripted = [UkssdcPhase.model_validate(raw) for raw in placing.raw]
    problems = [*stage_problems(placing.track, scripted)]
    loaded = placing.job.loaded
    if loaded is None or not loaded.scenario.unlikely:
        problems += unlikely_problems(placing.track, scripted)
    if problems:
        raise ValueError("; ".join(problem.message for problem in problems))
    return compiled(scripted, placing.draws, placing.track)


def compiled(scripted: Sequence[UkssdcPhase], draws: Draws, name: str) -> tuple[Phase, ...]:
    """The engine's phases of scripted ones. name: the product's, for the draws."""
    return tuple(_compiled(scripted, draws, name))


def _compiled(scripted: Sequence[UkssdcPhase], draws: Draws, name: str) -> Iterator[Phase]:
    for index, (phase, code) in enumerate(zip(scripted, codes_of(scripted), strict=True)):
        failed = None
        if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
            instead = phase.until.failed
            (failed,) = compiled((instead,), draws, f"{name}/{index}/failed")
        yield _phase(phase, code, draws, (name, index), failed)


def _phase(
    phase: UkssdcPhase, code: int, draws: Draws, place: tuple[object, ...], failed: Phase | None
) -> Phase:
    if _is_plain(phase):
        return plain_phase(code)
    pinned = Pinned(stage=phase.stage, extra=phase.extra, heading=phase.heading)
    return Phase(
        state=str(code),
        exit=exit_of(phase, draws, *place, failed=failed),
        ending=products.ending_of(code),
        is_begun=code == products.RUNNING,
        payload=Shown(code, phase.omitted, phase.text, phase.progress, pinned),
    )


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


def _with_wait(
    phases: tuple[Phase, ...], scripted: Sequence[UkssdcPhase], scenario: UkssdcFile | None
) -> tuple[Phase, ...]:
    """AstromPos waits from the moment it would leave the queue, unless a script says otherwise.

    If the standard position ends badly, nothing is left to correct (UKSSDC wire notes, 3.3).
    """
    if scenario is not None and not scenario.has_to_wait():
        return phases
    index = leaving_the_queue(scripted)
    return (*phases[:index], _waiting(), *phases[index:])


@lru_cache(maxsize=1)
def _waiting() -> Phase:
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
