"""The comparison tells what it must, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from evidence.mock_gateway import MockGateway
from evidence.watching import Shown, StuckError, difference, sequence, watch

PENDING = Shown("PENDING", None)
RETRY = Shown("RETRY", {"code": 301, "message": "no"})
SUCCESS = Shown("SUCCESS", [])


def progress(current: object = 0, **more: object) -> Shown:
    return Shown("PROGRESS", {"current": current, "total": 100, **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([PENDING, PENDING, SUCCESS, SUCCESS], [PENDING, SUCCESS], id="repeats"),
        pytest.param(
            [PENDING, progress(0), progress(50), progress(99), SUCCESS],
            [PENDING, progress(12), SUCCESS],
            id="runs of PROGRESS",
        ),
        pytest.param(
            [PENDING, Shown("RECEIVED", None), Shown("STARTED", None), SUCCESS],
            [PENDING, SUCCESS],
            id="RECEIVED and STARTED",
        ),
        pytest.param(
            [PENDING, RETRY, Shown("STARTED", None), RETRY, SUCCESS],
            [PENDING, RETRY, SUCCESS],
            id="a STARTED that nobody could see apart",
        ),
        pytest.param([progress(0, host="a")], [progress(0, host="b")], id="values of a report"),
    ],
)
def test_what_differs_from_run_to_run_is_no_difference(
    one: list[Shown], other: list[Shown]
) -> None:
    assert not difference(one, other)
    assert not difference(other, one)


@pytest.mark.parametrize(
    ("celery", "mock", "told"),
    [
        pytest.param(
            [PENDING, RETRY, SUCCESS],
            [PENDING, SUCCESS],
            'after PENDING, Celery shows RETRY {"code": 301, "message": "no"}, the mock SUCCESS []',
            id="a state is missing",
        ),
        pytest.param(
            [PENDING], [SUCCESS], "at first, Celery shows PENDING null, the mock", id="at first"
        ),
        pytest.param(
            [PENDING, RETRY],
            [PENDING, RETRY, SUCCESS],
            "after PENDING, RETRY, Celery shows no more, the mock SUCCESS []",
            id="the mock goes on",
        ),
        pytest.param(
            [PENDING, SUCCESS],
            [PENDING],
            "after PENDING, Celery shows SUCCESS [], the mock no more",
            id="Celery goes on",
        ),
        pytest.param(
            [RETRY],
            [Shown("RETRY", {"code": 302, "message": "no"})],
            'the mock RETRY {"code": 302, "message": "no"}',
            id="another code",
        ),
        pytest.param(
            [progress(host="a")],
            [progress()],
            'the mock PROGRESS {"current": "int", "total": "int"}',
            id="a field of a report is missing",
        ),
        pytest.param(
            [progress(0)], [progress("0")], '"current": "str"', id="a field is of another type"
        ),
        pytest.param(
            [progress()], [Shown("PROGRESS", None)], "the mock PROGRESS null", id="no report"
        ),
        pytest.param(
            [progress(), RETRY, progress(), SUCCESS],
            [progress(), SUCCESS],
            "after PROGRESS, Celery shows RETRY",
            id="two runs of PROGRESS are not one",
        ),
    ],
)
def test_a_difference_is_named(celery: list[Shown], mock: list[Shown], told: str) -> None:
    assert told in difference(celery, mock)


class Told:
    """A task that shows these, one by one, and stays with the last."""

    def __init__(self, *shown: Shown) -> None:
        self.left = list(shown)
        self.done: list[str] = []

    def poll(self) -> Shown:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    def pass_time(self) -> None:
        if len(self.done) > 10:
            raise StuckError("stuck")
        self.done.append("time")

    def was_seen(self, shown: Shown) -> None:
        self.done.append(f"saw {shown.state}")

    def cancel(self, shown: Shown) -> None:
        self.done.append(f"cancelled {shown.state}")

    def settle(self) -> None:
        self.done.append("settled")


def states(seen: Iterable[Shown]) -> list[str]:
    return [shown.state for shown in sequence(seen)]


def test_a_task_is_watched_to_its_end_and_looked_at_once_more() -> None:
    task = Told(PENDING, PENDING, SUCCESS, Shown("EXPIRED", None))

    seen = watch(task, cancel_in=None)

    assert states(seen) == ["PENDING", "SUCCESS", "EXPIRED"]
    assert task.done == ["saw PENDING", "time", "time", "saw SUCCESS", "settled"]


def test_a_task_is_cancelled_once() -> None:
    task = Told(PENDING, RETRY, PENDING, RETRY, SUCCESS)

    watch(task, cancel_in="RETRY")

    assert [done for done in task.done if "RETRY" in done] == ["cancelled RETRY", "saw RETRY"]


def test_a_task_that_never_ends_is_given_up() -> None:
    with pytest.raises(StuckError):
        watch(Told(PENDING), cancel_in=None)


def test_a_mock_story_that_never_ends_is_given_up(mock_gateway: MockGateway) -> None:
    with pytest.raises(StuckError, match="the task stays PENDING null"):
        mock_gateway.recording(("{state: PENDING}",), cancel_in=None)
