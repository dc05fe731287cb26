"""Put: a phase or a list of them in place of all that was left of a track."""

from __future__ import annotations

import pytest
from builders import T0, TASK, a_phase, a_timeline, at, done, gone_of, seconds, seen, state_of

from mockstatus.domain.events import Cancelled, Deleted, Placed, Polled
from mockstatus.domain.timeline import CancelRule, Expiry, Phase


@pytest.mark.parametrize(
    "script",
    [
        pytest.param((a_phase("A", for_s=99), done()), id="from a timed phase"),
        pytest.param((a_phase("A", for_s=2), a_phase("B", for_s=99)), id="within a run"),
        pytest.param((a_phase("A", polls=3), done()), id="from a counted phase"),
        pytest.param((done("A"),), id="from an ended track"),
    ],
)
def test_a_put_takes_a_track_anywhere_and_enters_now(script: tuple[Phase, ...]) -> None:
    where = seen(a_timeline(*script), Placed(at(5), TASK, (a_phase("X"),)), now_us=at(5))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("X", at(5))


def test_a_put_list_is_played_and_replaces_all_that_was_left() -> None:
    timeline = a_timeline(a_phase("A", for_s=2), a_phase("B", for_s=99), done("C"))
    put = Placed(at(5), TASK, (a_phase("X", for_s=1), a_phase("Y", polls=1), done("Z")))

    states = [
        state_of(seen(timeline, put, now_us=at(5.5))),
        state_of(seen(timeline, put, now_us=at(9))),
        state_of(seen(timeline, put, Polled(at(9)), now_us=at(9))),
        state_of(seen(timeline, put, Polled(at(9)), now_us=at(999))),
    ]

    assert states == ["X", "Y", "Z", "Z"]


def test_a_put_phase_without_a_way_out_stays() -> None:
    timeline = a_timeline(a_phase("A", for_s=9), done())
    put = Placed(at(5), TASK, (a_phase("X"),))

    where = seen(timeline, put, *[Polled(at(6))] * 9, now_us=at(10**6))

    assert state_of(where) == "X"


def test_a_put_keeps_what_was_before_in_the_history() -> None:
    timeline = a_timeline(a_phase("A", for_s=2), a_phase("B", for_s=99), done("C"))

    visits = seen(timeline, Placed(at(5), TASK, (done("X"),)), now_us=at(9)).tracks[TASK].visits(9)

    assert [(visit.phase.state, visit.entered_us, visit.left_us) for visit in visits] == [
        ("A", T0, at(2)),
        ("B", at(2), at(5)),
        ("X", at(5), None),
    ]


def test_a_put_moves_only_its_track() -> None:
    timeline = a_timeline(tracks={"one": [a_phase("A")], "two": [a_phase("A")]})

    where = seen(timeline, Placed(at(1), "one", (done("X"),)), now_us=at(1))

    assert (state_of(where, "one"), state_of(where, "two")) == ("X", "A")


def test_a_put_replaces_a_cancel_that_was_under_way() -> None:
    timeline = a_timeline(a_phase("A"), cancel=CancelRule(lag_us=seconds(5)))
    put = Placed(at(2), TASK, (a_phase("X"),))

    where = seen(timeline, Cancelled(at(1)), put, now_us=at(99))

    assert state_of(where) == "X"


@pytest.mark.parametrize("how", ["deleted", "expired"])
def test_a_put_does_nothing_to_a_job_that_is_gone(how: str) -> None:
    expiry = Expiry(seconds(3)) if how == "expired" else None
    deletions = [Deleted(at(3))] if how == "deleted" else []

    where = seen(
        a_timeline(a_phase("A"), expiry=expiry),
        *deletions,
        Placed(at(4), TASK, (a_phase("X"),)),
        now_us=at(9),
    )

    assert (state_of(where), gone_of(where)) == ("A", (how, at(3)))


def test_an_empty_list_cannot_be_put() -> None:
    with pytest.raises(ValueError, match="at least one phase"):
        seen(a_timeline(), Placed(at(1), TASK, ()), now_us=at(1))
