"""From a submission, and what its scenario says, to the timeline of a task. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mockstatus.domain.position import runs
from mockstatus.domain.sharing import Same, Shared
from mockstatus.domain.timeline import (
    STAY,
    After,
    Defaults,
    Ending,
    Expiry,
    Phase,
    Progress,
    Timeline,
    Track,
)
from mockstatus.domain.value import value
from mockstatus.scenario.durations import Range
from mockstatus.scenario.planning import Draws, cancel_of, exit_of, expiry_of, length_of
from mockstatus.services.vesta import codes, states
from mockstatus.services.vesta.options import ECHOING, PLAIN, SECOND_US, VestaOptions
from mockstatus.services.vesta.script import (
    TRACK,
    WAS_REVOKED,
    WAS_TERMINATED,
    VestaFile,
    VestaPhase,
    progress_of,
    revocation,
    unlikely_problems,
)
from mockstatus.services.vesta.story import told
from mockstatus.web.service import Placing, Planning

# VESTA wire notes, 2.4 (observed): a running task shows its revocation within 0.1 s.
_REAL_LAG_US = SECOND_US // 10


@value()
class Task:
    """What is kept of a submission.

    stores: whether annotations are to be stored (`ann_doc_id`). message: what the worker got, as
    JSON, for an annotator that answers it. product_of: the annotator whose result a workflow
    ends in.
    """

    annotator: str
    stores: bool = False
    message: bytes | None = None
    product_of: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker tells about itself. attempt: counts from 0; None if only the history knows."""

    host: str | None
    worker_id_version: str | None
    attempt: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """What a task answers: any JSON."""

    result: object


@dataclass(frozen=True, slots=True)
class Echo:
    """The task answers the message that its worker received."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, or a task was revoked."""

    code: int
    message: str


def plan(planning: Planning) -> Timeline:
    """A submission becomes a timeline."""
    task: Task = planning.submission
    scenario = planning.scenario
    assert isinstance(scenario, VestaFile | None)  # noqa: S101  # the service's own model
    name = task.product_of or task.annotator
    story = _story(Same(scenario), Same(planning.options), name, task.stores)
    if not story.ranges:
        return story.timeline
    draws = planning.variant()
    return _DRAWN.get((story, draws), lambda: story.drawn(draws))


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases to be put into a task. Raises ValueError where no story could have them."""
    scripted = [VestaPhase.model_validate(raw) for raw in placing.raw]
    loaded = placing.job.loaded
    problems = [*unlikely_problems(scripted)]
    if problems and not (loaded is not None and loaded.scenario.unlikely):
        raise ValueError("; ".join(problem.message for problem in problems))
    task = placing.job.submission
    assert isinstance(task, Task)  # noqa: S101  # what our own operation made of the request
    return _Compiler(task.annotator, placing.options, placing.draws).phases(scripted, attempt=None)


def reports(phase: Phase) -> bool:
    """Whether an attempt is under way that tells about its worker."""
    return phase.state in states.REPORTING


def attempts(phases: Sequence[Phase]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """For each phase, the latest up to it whose attempt is known (-1: none), and the retries."""
    known, counted = [], []
    nearest, retries = -1, 0
    for index, phase in enumerate(phases):
        if isinstance(phase.payload, Report) and phase.payload.attempt is not None:
            nearest = index
        retries += phase.state == states.RETRY
        known.append(nearest)
        counted.append(retries)
    return tuple(known), tuple(counted)


_ASKS = ((runs, reports), (attempts,))
"""What answers want to know of a task's phases."""


_DRAWN = Shared[Timeline]()


@dataclass(frozen=True, slots=True, eq=False)
class _Story:
    """What all tasks of one story share, and which of its phases have a length that is drawn."""

    timeline: Timeline
    ranges: Mapping[int, Range]

    def drawn(self, draws: Draws) -> Timeline:
        """The timeline of one task."""
        phases = list(self.timeline.tracks[TRACK].phases)
        for index, span in self.ranges.items():
            phases[index] = replace(phases[index], exit=length_of(span, draws, index))
        return replace(self.timeline, tracks={TRACK: Track(tuple(phases), _ASKS)})


@lru_cache(maxsize=512)
def _story(
    scenario: Same[VestaFile | None], options: Same[VestaOptions], name: str, stores: bool
) -> _Story:
    file, chosen = scenario.value, options.value
    scripted = told(None if file is None else file.phases, chosen, stores=stores)
    compiler = _Compiler(name, chosen, Draws(0, ()))
    lag_us = max(chosen.cancel_lag, _REAL_LAG_US) if chosen.is_code else chosen.cancel_lag
    timeline = Timeline(
        tracks={TRACK: Track(compiler.phases(scripted, attempt=0), _ASKS)},
        defaults=compiler.defaults(),
        cancel=cancel_of(file, lag_us=lag_us),
        expiry=expiry_of(file, default=Expiry(chosen.idle_limit, is_idle=True)),
    )
    spans = {index: phase.for_ for index, phase in enumerate(scripted) if phase.for_ is not None}
    drawn = {index: span for index, span in spans.items() if span.low_us != span.high_us}
    return _Story(timeline, drawn)


@dataclass(frozen=True, slots=True)
class _Step:
    """A scripted phase and what it needs to know of those before it.

    before: the state before it; None for the first. reached: the progress of its attempt so far.
    """

    phase: VestaPhase
    index: int
    is_last: bool
    before: str | None
    reached: int
    attempt: int | None


def _steps(scripted: Sequence[VestaPhase], attempt: int | None) -> Iterator[_Step]:
    before, reached = None, 0
    for index, phase in enumerate(scripted):
        yield _Step(phase, index, index == len(scripted) - 1, before, reached, attempt)
        before = phase.state
        reached = progress_of(phase, reached)[1] if before == states.PROGRESS else 0
        if before == states.RETRY and attempt is not None:
            attempt += 1


_ENDINGS = {
    states.SUCCESS: Ending.COMPLETE,
    states.FAILURE: Ending.FAIL,
    states.REVOKED: Ending.CANCEL,
    states.EXPIRED: Ending.EXPIRE,
}


class _Compiler:
    """Makes the engine's phases of scripted ones, for one annotator."""

    def __init__(self, name: str, options: VestaOptions, draws: Draws) -> None:
        self._name = name
        self._annotator = options.all_annotators.get(name, PLAIN)
        self._retry = After(options.retry_delay)
        # The real Celery stores neither: VESTA wire notes, 2.1 and 3 (observed).
        self._unseen = {states.RECEIVED, states.STARTED} if options.is_code else set()
        self._draws = draws

    def phases(self, scripted: Sequence[VestaPhase], *, attempt: int | None) -> tuple[Phase, ...]:
        """The same story. attempt: of its first phase; None where only the history knows."""
        return tuple(self._phase(step) for step in _steps(scripted, attempt))

    def defaults(self) -> Defaults:
        """Where a signal or a cancel takes a task whose script does not say."""
        default = Failure(codes.DOWNLOAD_FAILED, codes.text_of(codes.DOWNLOAD_FAILED))
        return Defaults(
            complete=_end(states.SUCCESS, self._own_product()),
            fail=_end(states.FAILURE, default),
            cancel_waiting=_end(states.REVOKED, Failure(codes.REVOKED, WAS_REVOKED)),
            cancel_begun=_end(states.REVOKED, Failure(codes.REVOKED, WAS_TERMINATED)),
        )

    def _phase(self, step: _Step) -> Phase:
        phase = step.phase
        progress = None
        if phase.state == states.PROGRESS:
            progress = Progress(*progress_of(phase, step.reached))
        # Seed 004, "state_retry": by default 180 seconds are observed before the next attempt.
        is_retry = phase.state == states.RETRY and not step.is_last
        state = states.PENDING if phase.state in self._unseen else phase.state
        return Phase(
            state=state,
            exit=exit_of(phase, self._draws, step.index, default=self._retry if is_retry else STAY),
            ending=_ENDINGS.get(phase.state),
            is_begun=phase.state in states.BEGUN,
            can_expire=state != states.PENDING,
            progress=progress,
            payload=self._payload(step),
        )

    def _payload(self, step: _Step) -> object:
        phase = step.phase
        if phase.state in states.REPORTING:
            is_given = "worker_id_version" in phase.model_fields_set
            version = phase.worker_id_version if is_given else self._annotator.version
            return Report(phase.host, version, step.attempt)
        if phase.state in states.FAILED:
            return _failure(step)
        if "result" in phase.model_fields_set:
            return Product(phase.result)
        return self._own_product() if phase.state == states.SUCCESS else None

    def _own_product(self) -> Product | Echo:
        annotator = self._annotator
        if annotator.is_result_given():
            return Product(annotator.result)
        if self._name == ECHOING:
            return Echo()
        # Seed 004, "state_success": "@id" tells the worker's type, "@version" its version.
        kind = annotator.type or self._name
        return Product([{"@id": f"{kind}_annotation", "@version": annotator.version}])


def _end(state: str, payload: object) -> Phase:
    return Phase(state=state, ending=_ENDINGS[state], payload=payload)


def _failure(step: _Step) -> Failure:
    error = step.phase.error
    if step.phase.state == states.REVOKED:
        message = error.message if error is not None else None
        code = error.code if error is not None else codes.REVOKED
        return Failure(code, revocation(step.before) if message is None else message)
    if error is None:
        return Failure(codes.DOWNLOAD_FAILED, codes.text_of(codes.DOWNLOAD_FAILED))
    message = codes.text_of(error.code) if error.message is None else error.message
    return Failure(error.code, message)
