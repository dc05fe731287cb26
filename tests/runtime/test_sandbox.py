"""A sandbox: jobs, and what happens to them, one event at a time."""

import sys
import threading
from types import SimpleNamespace

import pytest

from mockstatus.domain.timeline import (
    After,
    AfterPolls,
    Defaults,
    Ending,
    Phase,
    Timeline,
    Track,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)
from mockstatus.errors import (
    CircularWaitError,
    ConflictError,
    JobGoneError,
    JobNotFoundError,
    LimitReachedError,
    TrackNotFoundError,
)
from mockstatus.runtime import jobs as jobs_module
from mockstatus.runtime.clock import Clock, ClockMode
from mockstatus.runtime.job import NOTES_LIMIT
from mockstatus.runtime.queues import QUEUE_LIMIT
from mockstatus.runtime.sandbox import Sandbox

SECOND_US = 1_000_000
DONE = Phase(state="DONE", ending=Ending.COMPLETE)
FAILED = Phase(state="FAILED", ending=Ending.FAIL)
STOPPED = Phase(state="STOPPED", ending=Ending.CANCEL)
DEFAULTS = Defaults(complete=DONE, fail=FAILED, cancel_waiting=STOPPED, cancel_begun=STOPPED)


def a_sandbox() -> Sandbox:
    return Sandbox("test", clock=Clock(ClockMode.parse("manual"), now_us=0), seed=7)


def submit(sandbox: Sandbox, *phases: Phase, job_id: str = "", **more):
    timeline = Timeline(tracks={"task": Track((*phases, DONE))}, defaults=DEFAULTS)
    return sandbox.add(
        service=more.pop("service", "acme"),
        job_id=job_id or f"job-{sandbox.next_number}",
        number=sandbox.next_number,
        seed=sandbox.seed,
        timeline=more.pop("timeline", timeline),
        submission=None,
        loaded=None,
        faults=(),
        **more,
    )


def state(position) -> str:
    return position.tracks["task"].phase.state


def test_a_job_is_found_by_its_id_and_its_alias():
    sandbox = a_sandbox()
    job = submit(sandbox, job_id="a", alias="file-a")

    assert sandbox.find("acme", "a") is sandbox.find("acme", "file-a") is sandbox.job("file-a")
    assert sandbox.find("other", "a") is None
    assert list(sandbox.jobs()) == list(sandbox.jobs("acme")) == [job]
    assert list(sandbox.jobs("other")) == []
    with pytest.raises(JobNotFoundError, match="'b'"):
        sandbox.job("b")


def test_jobs_of_several_services_are_told_oldest_first():
    sandbox = a_sandbox()
    for job_id, service in (("a", "acme"), ("b", "other"), ("c", "acme"), ("a", "third")):
        submit(sandbox, job_id=job_id, service=service)

    assert [(job.service, job.id) for job in sandbox.jobs()] == [
        ("acme", "a"), ("other", "b"), ("acme", "c"), ("third", "a"),
    ]  # fmt: skip
    sandbox.forget(sandbox.job("a"))
    assert (len(sandbox), sandbox.job("a").service) == (3, "third")


def test_a_poll_is_shown_what_it_finds_and_counts():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=AfterPolls(2)))

    assert [state(sandbox.poll(job)) for _ in range(3)] == ["WAITING", "WAITING", "DONE"]
    assert sandbox.peek(job).polls == 3


def test_looking_changes_nothing():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=AfterPolls(2)))

    for _ in range(10):
        assert state(sandbox.peek(job)) == "WAITING"
    assert sandbox.peek(job).polls == 0


def test_eight_threads_that_poll_one_job_see_every_state_in_order_and_none_too_often():
    sandbox = a_sandbox()
    counts = [3001, 1, 2500, 4000]
    phases = [Phase(state=f"S{n}", exit=AfterPolls(count)) for n, count in enumerate(counts)]
    job = submit(sandbox, *phases)
    seen: list[list[str]] = [[] for _ in range(8)]
    start = threading.Barrier(8)

    def client(mine: list[str]) -> None:
        start.wait()
        while not mine or mine[-1] != "DONE":
            mine.append(state(sandbox.poll(job)))

    threads = [threading.Thread(target=client, args=(mine,)) for mine in seen]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert all(mine == sorted(mine, key=["S0", "S1", "S2", "S3", "DONE"].index) for mine in seen)
    everything = [one for mine in seen for one in mine]
    assert [everything.count(f"S{n}") for n in range(4)] == counts
    assert sandbox.peek(job).polls == len(everything)


def test_a_signal_tells_whether_it_acted():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=UntilSignal("go")))

    assert not sandbox.signal(job, "stop")
    assert sandbox.signal(job, "go")
    assert not sandbox.signal(job, "go")
    assert [note.has_acted for note in job.notes] == [False, True, False]


def test_a_cancel_answers_where_the_job_stood():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=After(SECOND_US)))

    assert state(sandbox.cancel(job, ["task"])) == "WAITING"
    assert state(sandbox.cancel(job)) == "STOPPED"


def test_a_start_lets_a_waiting_job_begin():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=UntilStarted()))

    sandbox.start(job)

    assert state(sandbox.peek(job)) == "DONE"
    assert sandbox.peek(job).started_us == 0


def test_a_job_that_is_gone_takes_no_signal_and_no_put():
    sandbox = a_sandbox()
    job = submit(sandbox)
    sandbox.delete(job)

    with pytest.raises(JobGoneError, match="deleted"):
        sandbox.signal(job, "go")
    with pytest.raises(JobGoneError, match="deleted"):
        sandbox.put(job, "task", (DONE,))


def test_an_expiry_can_be_moved():
    sandbox = a_sandbox()
    job = submit(sandbox)

    sandbox.reschedule(job, 5 * SECOND_US)
    sandbox.clock.advance(5 * SECOND_US)

    assert sandbox.peek(job).gone.why == "expired"


def test_a_job_whose_script_says_that_it_expired_is_gone_for_the_tester():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="EXPIRED", ending=Ending.EXPIRE))

    with pytest.raises(JobGoneError, match="has expired"):
        sandbox.put(job, "task", (DONE,))


def test_what_a_sandbox_keeps_is_weighed():
    sandbox = a_sandbox()
    job = submit(sandbox, size=70)
    sandbox.stash["acme"] = SimpleNamespace(size=5)

    assert sandbox.size == 75
    sandbox.forget(job)
    sandbox.forget(job)
    assert sandbox.size == 5


def test_only_a_track_that_there_is_can_be_moved():
    sandbox = a_sandbox()
    job = submit(sandbox)

    with pytest.raises(TrackNotFoundError, match=r"no track 'tusk'; it has task"):
        sandbox.put(job, "tusk", (DONE,))
    with pytest.raises(TrackNotFoundError, match="tusk"):
        sandbox.signal(job, "go", "tusk")


def test_a_put_that_would_wait_in_a_circle_is_refused_and_changes_nothing():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=After(SECOND_US)))

    with pytest.raises(CircularWaitError, match="task -> task"):
        sandbox.put(job, "task", (Phase(state="W", exit=UntilTrack("task")),))

    assert state(sandbox.peek(job)) == "WAITING"


def test_a_put_replaces_what_was_left():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=After(SECOND_US)))

    sandbox.put(job, "task", (FAILED,))

    assert state(sandbox.peek(job)) == "FAILED"
    assert job.next_change_us(0) is None


def test_the_seed_is_fixed_once_there_was_a_job():
    sandbox = a_sandbox()
    sandbox.seed = 8
    submit(sandbox)

    with pytest.raises(ConflictError, match="no jobs"):
        sandbox.seed = 9
    assert sandbox.seed == 8


def test_names_are_queued_and_taken_in_order():
    sandbox = a_sandbox()
    sandbox.queues.add("acme", "acme/a", 2)
    sandbox.queues.add("acme", "acme/b")

    assert sandbox.queues.of("acme") == ("acme/a", "acme/a", "acme/b")
    sandbox.queues.take("acme", "acme/a")
    assert sandbox.queues.of("acme") == ("acme/a", "acme/b")
    assert sandbox.queues.of("other") == ()
    with pytest.raises(LimitReachedError, match="10000"):
        sandbox.queues.add("acme", "acme/a", QUEUE_LIMIT)


def test_the_oldest_ended_jobs_are_forgotten_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(jobs_module, "JOBS_LIMIT", 3)
    monkeypatch.setattr(jobs_module, "JOBS_HARD_LIMIT", 5)
    sandbox = a_sandbox()
    waiting = Phase(state="WAITING", exit=UntilSignal("go"))
    first = submit(sandbox, waiting, alias="x")
    ended = submit(sandbox, job_id="ended", alias="y")
    submit(sandbox, waiting)

    submit(sandbox, waiting)

    assert sandbox.find("acme", ended.id) is None
    assert sandbox.find("acme", "y") is None
    assert sandbox.find("acme", "x") is first
    submit(sandbox, waiting)
    submit(sandbox, waiting)
    assert [job.number for job in sandbox.jobs()] == sorted(j.number for j in sandbox.jobs())
    assert len(sandbox) == 5
    with pytest.raises(LimitReachedError, match="5 jobs that have not ended"):
        submit(sandbox, waiting)


def test_a_job_remembers_a_bounded_part_of_what_was_done_to_it():
    sandbox = a_sandbox()
    job = submit(sandbox, Phase(state="WAITING", exit=UntilSignal("go")))

    for _ in range(NOTES_LIMIT + 5):
        sandbox.signal(job, "nothing")

    assert len(job.notes) == NOTES_LIMIT
    assert job.noted > NOTES_LIMIT


def test_listeners_hear_of_every_change_until_they_stop():
    sandbox = a_sandbox()
    heard = []
    stop = sandbox.listen(lambda: heard.append(len(sandbox)))

    job = submit(sandbox)
    sandbox.poll(job)
    stop()
    sandbox.poll(job)

    assert heard == [1, 1]


def test_a_listener_whose_loop_is_closed_disturbs_nobody():
    sandbox = a_sandbox()

    def closed() -> None:
        raise RuntimeError("Event loop is closed")

    sandbox.listen(closed)

    assert submit(sandbox).id == "job-1"
