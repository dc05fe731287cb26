"""Several jobs in several sandboxes, interleaved at random, against the naive model."""

from __future__ import annotations

from typing import Any

from domain.engine_strategies import SIGNALS, TRACKS, phases, plain_exits, timelines
from domain.naive import NaiveJob
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from mockstatus.domain import events as ev
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import Ending, Timeline
from mockstatus.errors import JobGoneError, TrackNotFoundError
from mockstatus.runtime.clock import Clock, ClockMode
from mockstatus.runtime.job import Job
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.runtime.sandboxes import Sandboxes
from mockstatus.scenario.library import Library

LIBRARY = Library({})
tracks = st.sampled_from(TRACKS)
some_tracks = st.none() | st.frozensets(tracks)
put_phases = st.lists(phases(plain_exits), min_size=1, max_size=3).map(tuple)


def make(name: str) -> Sandbox:
    clock = Clock(ClockMode.parse("manual"), now_us=0)
    return Sandbox(name, clock=clock, seed=1, library=LIBRARY)


def seen(position: Position) -> Any:
    gone = position.gone
    return (
        {
            name: ([(v.phase, v.entered_us, v.left_us) for v in t.visits(1000)], t.progress())
            for name, t in position.tracks.items()
        },
        (gone.why, gone.at_us) if gone is not None else None,
        position.polls,
    )


def told(model: NaiveJob, now_us: int) -> Any:
    at_us = model.gone[1] if model.gone else now_us
    return (
        {
            name: ([tuple(visit) for visit in t.history], t.progress(at_us))
            for name, t in model.tracks.items()
        },
        model.gone,
        model.polls,
    )


def has_expired_by_its_script(model: NaiveJob) -> bool:
    return any(track.phase.ending is Ending.EXPIRE for track in model.tracks.values())


class SandboxesAgainstTheModel(RuleBasedStateMachine):
    """Each job has a model of its own, which lives in its sandbox's time and hears its events."""

    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.sandboxes = Sandboxes(make)
        self.models: dict[tuple[str, str], NaiveJob] = {}

    def sandbox(self, name: str) -> Sandbox:
        return self.sandboxes.keep(self.sandboxes.look(name))

    def job(self, key: tuple[str, str]) -> tuple[Sandbox, Job, NaiveJob]:
        sandbox = self.sandbox(key[0])
        return sandbox, sandbox.job(key[1]), self.models[key]

    @rule(target=jobs, name=st.sampled_from(["alice", "bob"]), timeline=timelines())
    def submit(self, name: str, timeline: Timeline) -> tuple[str, str]:
        sandbox = self.sandbox(name)
        job = sandbox.add(
            service="acme",
            job_id=f"{name}-{sandbox.next_number}",
            number=sandbox.next_number,
            seed=1,
            timeline=timeline,
            submission=None,
            loaded=None,
            faults=(),
        )
        self.models[name, job.id] = NaiveJob(timeline, sandbox.clock.now_us())
        return name, job.id

    @rule(name=st.sampled_from(["alice", "bob"]), by_us=st.integers(1, 9))
    def advance(self, name: str, by_us: int) -> None:
        clock = self.sandbox(name).clock
        for now_us in range(clock.now_us() + 1, clock.now_us() + by_us + 1):
            for (owner, _), model in self.models.items():
                if owner == name:
                    model.tick(now_us)
        clock.advance(by_us)

    @rule(key=jobs, asked=some_tracks)
    def poll(self, key: tuple[str, str], asked: frozenset[str] | None) -> None:
        sandbox, job, model = self.job(key)
        now_us = sandbox.clock.now_us()
        before = told(model, now_us)

        assert seen(sandbox.poll(job, asked)) == before
        model.happen(ev.Polled(now_us, asked))

    @rule(key=jobs)
    def look(self, key: tuple[str, str]) -> None:
        sandbox, job, _ = self.job(key)
        assert seen(sandbox.peek(job)) == seen(sandbox.peek(job))

    @rule(key=jobs, signal=st.sampled_from(SIGNALS), track=st.none() | tracks)
    def signal(self, key: tuple[str, str], signal: str, track: str | None) -> None:
        sandbox, job, model = self.job(key)
        try:
            sandbox.signal(job, signal, track)
        except JobGoneError:
            assert model.gone or has_expired_by_its_script(model)
        except TrackNotFoundError:
            assert track not in model.tracks
        else:
            assert not has_expired_by_its_script(model)
            model.happen(ev.Signalled(sandbox.clock.now_us(), signal, track))

    @rule(key=jobs, track=tracks, placed=put_phases)
    def put(self, key: tuple[str, str], track: str, placed: Any) -> None:
        sandbox, job, model = self.job(key)
        try:
            sandbox.put(job, track, placed)
        except JobGoneError:
            assert model.gone or has_expired_by_its_script(model)
        except TrackNotFoundError:
            assert track not in model.tracks
        else:
            assert not has_expired_by_its_script(model)
            model.happen(ev.Placed(sandbox.clock.now_us(), track, placed))

    @rule(key=jobs, asked=some_tracks)
    def cancel(self, key: tuple[str, str], asked: frozenset[str] | None) -> None:
        sandbox, job, model = self.job(key)
        sandbox.cancel(job, asked)
        model.happen(ev.Cancelled(sandbox.clock.now_us(), asked))

    @rule(key=jobs)
    def start(self, key: tuple[str, str]) -> None:
        sandbox, job, model = self.job(key)
        sandbox.start(job)
        model.happen(ev.Started(sandbox.clock.now_us()))

    @rule(key=jobs)
    def delete(self, key: tuple[str, str]) -> None:
        sandbox, job, model = self.job(key)
        sandbox.delete(job)
        model.happen(ev.Deleted(sandbox.clock.now_us()))

    @rule(key=jobs, later_us=st.integers(0, 9))
    def expire(self, key: tuple[str, str], later_us: int) -> None:
        sandbox, job, model = self.job(key)
        expires_us = sandbox.clock.now_us() + later_us
        sandbox.reschedule(job, expires_us)
        model.happen(ev.Rescheduled(sandbox.clock.now_us(), expires_us))

    @invariant()
    def every_job_is_where_its_model_says(self) -> None:
        for key in self.models:
            sandbox, job, model = self.job(key)
            assert seen(sandbox.peek(job)) == told(model, sandbox.clock.now_us())


TestSandboxesAgainstTheModel = SandboxesAgainstTheModel.TestCase
