"""How often a story is polled."""

from __future__ import annotations

import pytest
from builders import T0, a_phase, a_timeline, done, seconds, waiting

from mockstatus.cli.pace import ends_us, interval_us
from mockstatus.domain.events import Cancelled
from mockstatus.domain.timeline import CancelRule, Expiry, Timeline
from mockstatus.runtime.job import Job


def a_job(timeline: Timeline) -> Job:
    return Job(
        id="1",
        service="toy",
        number=1,
        seed=0,
        timeline=timeline,
        submission=None,
        loaded=None,
        faults=(),
        at_us=T0,
    )


@pytest.mark.parametrize(
    ("length_s", "interval_s"),
    [(0.5, 1), (20, 1), (21, 2), (100, 5), (3600, 300), (86_400, 7200), (10**8, 86_400)],
)
def test_the_interval_is_round_and_fits_the_length(length_s: float, interval_s: int) -> None:
    job = a_job(a_timeline(a_phase(for_s=length_s), done()))

    assert interval_us(job, T0) == seconds(interval_s)


@pytest.mark.parametrize(
    ("timeline", "end_s"),
    [
        pytest.param(a_timeline(waiting(for_s=2), a_phase(for_s=3), done()), 5, id="a run"),
        pytest.param(a_timeline(waiting(for_s=2), a_phase()), 2, id="stuck in the end"),
        pytest.param(a_timeline(waiting(polls=2), done()), 0, id="moved by polls alone"),
        pytest.param(a_timeline(waiting(signal="go"), done()), 0, id="waits for a signal"),
        pytest.param(
            a_timeline(a_phase(for_s=1), done(), expiry=Expiry(seconds(60), is_idle=True)),
            1,
            id="its expiry is no part of the story",
        ),
        pytest.param(
            a_timeline(
                tracks={
                    "a": [a_phase(for_s=4), done()],
                    "b": [waiting(track="a"), a_phase(for_s=5), done()],
                }
            ),
            9,
            id="one track after the other",
        ),
    ],
)
def test_a_story_ends_when_the_clock_moves_it_no_more(timeline: Timeline, end_s: int) -> None:
    job = a_job(timeline)
    before = job.checkpoint

    assert ends_us(job, T0) == T0 + seconds(end_s)
    assert job.checkpoint is before


def test_a_cancel_that_is_under_way_is_still_to_come() -> None:
    job = a_job(a_timeline(a_phase(), cancel=CancelRule(lag_us=seconds(30))))

    job.append(Cancelled(T0))

    assert ends_us(job, T0) == T0 + seconds(30)


def test_where_nothing_moves_by_the_clock_there_is_a_usual_interval() -> None:
    assert interval_us(a_job(a_timeline(waiting())), T0) == seconds(5)


def test_only_so_much_of_a_long_story_is_looked_at() -> None:
    phases = [a_phase(for_s=1) for _ in range(1500)]

    assert ends_us(a_job(a_timeline(*phases, done())), T0) == T0 + seconds(1000)
