"""What a position tells beside the state: since when a run of phases lasts, and its visits."""

from __future__ import annotations

import pytest
from builders import T0, TASK, a_phase, a_timeline, at, done, seen, waiting

from mockstatus.domain.events import Event, Placed, Polled
from mockstatus.domain.timeline import Phase

STORY = (
    waiting("W", for_s=1),
    a_phase("A", for_s=2),
    a_phase("B", for_s=3),
    waiting("RETRY", for_s=10),
    a_phase("C", polls=1),
    a_phase("D", for_s=5),
    done("E"),
)


def is_begun(phase: Phase) -> bool:
    return phase.is_begun


@pytest.mark.parametrize(
    ("now_s", "events", "since_s"),
    [
        pytest.param(0.5, [], 0, id="the present phase's entry, where it does not belong"),
        pytest.param(2, [], 1, id="the first that belongs"),
        pytest.param(5, [], 1, id="the second of the run"),
        pytest.param(7, [], 6, id="a phase in between that does not belong"),
        pytest.param(17, [], 16, id="only the run that lasts"),
        pytest.param(21, [Polled(at(20))], 16, id="beyond a poll"),
        pytest.param(26, [Polled(at(20))], 25, id="after it"),
        pytest.param(30, [Placed(at(5), TASK, (a_phase(),))], 1, id="beyond a put"),
        pytest.param(
            30, [Placed(at(5), TASK, (waiting(for_s=1), a_phase()))], 6, id="broken by a put"
        ),
    ],
)
def test_an_unbroken_run_of_phases_is_known_since_its_beginning(
    now_s: float, events: list[Event], since_s: float
) -> None:
    task = seen(a_timeline(*STORY), *events, now_us=at(now_s)).tracks[TASK]

    assert task.since_us(is_begun) == at(since_s)


def test_a_run_that_lasts_since_the_submission_is_known_since_then() -> None:
    task = seen(
        a_timeline(a_phase(for_s=1), a_phase(polls=1), a_phase()), Polled(at(5)), now_us=at(9)
    )

    assert task.tracks[TASK].since_us(is_begun) == T0


def test_the_latest_visits_come_in_the_order_in_which_they_happened() -> None:
    task = seen(a_timeline(*STORY), now_us=at(7)).tracks[TASK]

    assert [visit.phase.state for visit in task.visits(2)] == ["B", "RETRY"]
    assert [visit.phase.state for visit in task.visits(9)] == ["W", "A", "B", "RETRY"]
    assert task.visits(0) == []
