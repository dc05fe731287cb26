"""From a submission, and what its scenario says, to the timeline of a process. Pure.

One track a module: it waits for the upload, or for the module before it, then works, then is
complete or failed. A module that fails makes those behind it skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mockstatus.domain.sharing import Same, Shared
from mockstatus.domain.timeline import (
    STAY,
    After,
    Defaults,
    Ending,
    Exit,
    Expiry,
    Phase,
    Timeline,
    Track,
    UntilStarted,
    UntilTrack,
)
from mockstatus.scenario.durations import Range
from mockstatus.scenario.planning import Draws, cancel_of, exit_of, expiry_of, undrawn
from mockstatus.scenario.schema import UntilTrack as UntilTrackFile
from mockstatus.services.krixik import states
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.modules import CHAIN_LIMIT, MODULES
from mockstatus.services.krixik.options import SECOND_US, KrixikOptions
from mockstatus.services.krixik.script import KrixikFile, KrixikPhase, unlikely_problems
from mockstatus.web.service import Placing, Planning


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A failure that does not say at which module it came."""


UNNAMED = Unnamed()

_COMPLETE = Phase(state=states.COMPLETE, ending=Ending.COMPLETE)
_FAILED = Phase(state=states.FAILED, ending=Ending.FAIL)
_FAILED_UNNAMED = Phase(state=states.FAILED, ending=Ending.FAIL, payload=UNNAMED)
_SKIPPED = Phase(state=states.SKIPPED, ending=Ending.FAIL)
# choice: Krixik cannot cancel; a tester's cancel shows as a failure.
_CANCELLED = Phase(state=states.FAILED, ending=Ending.CANCEL)
_DEFAULTS = Defaults(
    complete=_COMPLETE, fail=_FAILED, cancel_waiting=_CANCELLED, cancel_begun=_CANCELLED
)
_ENDS = {states.COMPLETE: _COMPLETE, states.FAILED: _FAILED, states.SKIPPED: _SKIPPED}

_WORK = (KrixikPhase(),)


def plan(planning: Planning) -> Timeline:
    """A submission becomes a timeline. Raises CircularWaitError."""
    scenario, file = planning.scenario, planning.submission
    options: KrixikOptions = planning.options
    assert isinstance(scenario, KrixikFile | None)  # noqa: S101  # the service's own model
    assert isinstance(file, File)  # noqa: S101  # what our own operation committed
    chain, expire_s = file.pipeline.chain, file.order.expire_s
    story = (Same(scenario), Same(options), chain, expire_s)
    plain = _undrawn(*story)
    if plain is not None:
        return plain
    draws = planning.variant()
    return _DRAWN.get((story, draws), lambda: _timeline(scenario, options, chain, expire_s, draws))


def check(scenario: KrixikFile) -> None:
    """Raise CircularWaitError if the modules of some chain would wait for one another for ever."""
    names = [name for name in scenario.modules if name in MODULES] or [""]
    for name in names:
        _timeline(scenario, KrixikOptions(), (name,) * CHAIN_LIMIT, 0, Draws(0, ()))


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases to be put into a module. Raises ValueError where no story could have them."""
    steps = [KrixikPhase.model_validate(raw) for raw in placing.raw]
    loaded = placing.job.loaded
    problems = list(unlikely_problems(steps))
    if problems and not (loaded is not None and loaded.scenario.unlikely):
        raise ValueError("; ".join(problem.message for problem in problems))
    options: KrixikOptions = placing.options
    return _Compiler(options.module_time, placing.draws, placing.track).phases(steps)


_DRAWN = Shared[Timeline]()


@lru_cache(maxsize=256)
def _undrawn(
    story: Same[KrixikFile | None],
    options: Same[KrixikOptions],
    chain: tuple[str, ...],
    expire_s: int,
) -> Timeline | None:
    """The timeline of all files of a story for which nothing is drawn; else None.

    To compile it anew took 36 of the 112 us of a submission.
    """
    return undrawn(lambda draws: _timeline(story.value, options.value, chain, expire_s, draws))


def _timeline(
    scenario: KrixikFile | None,
    options: KrixikOptions,
    chain: tuple[str, ...],
    expire_s: int,
    draws: Draws,
) -> Timeline:
    tracks = {}
    for position, name in enumerate(chain, start=1):
        steps = scenario.steps(position, name, len(chain)) if scenario is not None else None
        track = states.track_of(position)
        compiler = _Compiler(options.module_time, draws, track)
        tracks[track] = Track((_wait(position), *compiler.phases(steps or _WORK)))
    requested_us = expire_s * SECOND_US
    return Timeline(
        tracks=tracks,
        defaults=_DEFAULTS,
        cancel=cancel_of(scenario),
        expiry=expiry_of(scenario, default=Expiry(requested_us), requested_us=requested_us),
        start_within_us=options.upload_within,
    )


def _wait(position: int) -> Phase:
    """A module waits for the upload, or for the one before it."""
    before = UntilTrack(states.track_of(position - 1), _SKIPPED)
    return Phase(state=states.WAITING, exit=UntilStarted() if position == 1 else before)


class _Compiler:
    """Makes the engine's phases of the steps of one module."""

    def __init__(self, module_time: Range, draws: Draws, track: str) -> None:
        self._module_time = module_time
        self._draws = draws
        self._track = track

    def phases(self, steps: Sequence[KrixikPhase]) -> tuple[Phase, ...]:
        """The same story."""
        last = len(steps) - 1
        return tuple(
            phase
            for index, step in enumerate(steps)
            for phase in self._step(step, index, is_last=index == last)
        )

    def _step(self, step: KrixikPhase, index: int, *, is_last: bool) -> Iterable[Phase]:
        if step.state is not None:
            yield self._stated(step, index)
            return
        ends = step.then or (states.COMPLETE if is_last else None)
        if ends == "stuck":
            if step.has_way_out:
                yield self._working(step, index)
            yield Phase(state=states.ONGOING, is_begun=True)
            return
        yield self._working(step, index)
        if ends is not None:
            yield self._end(ends, step)

    def _stated(self, step: KrixikPhase, index: int) -> Phase:
        assert step.state is not None  # noqa: S101  # the caller has looked
        ended = self._end(step.state, step)
        exit_ = self._exit(step, index, STAY)
        if ended.ending is not None:
            return ended if exit_ is STAY else replace(ended, exit=exit_)
        return Phase(state=step.state, exit=exit_, is_begun=step.state != states.WAITING)

    def _working(self, step: KrixikPhase, index: int) -> Phase:
        usual: Exit = STAY
        if not step.has_way_out:
            usual = After(self._draws.span_us(self._module_time, self._track, index, "usual"))
        return Phase(state=states.ONGOING, exit=self._exit(step, index, usual), is_begun=True)

    def _end(self, state: str, step: KrixikPhase) -> Phase:
        if step.unnamed:
            return _FAILED_UNNAMED
        return _ENDS.get(state) or Phase(state=state)

    def _instead(self, step: KrixikPhase, index: int) -> Phase:
        """The one phase that stands in for what was left of a module."""
        if step.state is not None:
            return self._stated(step, index)
        if step.then in states.ENDS:
            return self._end(step.then, step)
        return Phase(state=states.ONGOING, is_begun=True)

    def _exit(self, step: KrixikPhase, index: int, default: Exit) -> Exit:
        failed = None
        if isinstance(step.until, UntilTrackFile) and step.until.failed is not None:
            failed = self._instead(step.until.failed, index)
        return exit_of(step, self._draws, self._track, index, failed=failed, default=default)
