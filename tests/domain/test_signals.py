"""Signals: phases that wait for them, the four that act on every job, and those not acted upon."""

from __future__ import annotations

import pytest
from builders import (
    COMPLETE,
    FAILED,
    T0,
    TASK,
    TERMINATED,
    a_phase,
    a_timeline,
    at,
    broken,
    done,
    gone_of,
    seen,
    state_of,
    waiting,
)

from mockstatus.domain.engine import acted, apply, begin, settle
from mockstatus.domain.events import Deleted, Polled, Signalled, Started
from mockstatus.domain.timeline import CancelRule, Ending, Timeline

BUILT_IN = ("cancel", "fail", "complete", "expire")


def is_acted_upon(timeline: Timeline, signal: Signalled) -> bool:
    before = settle(timeline, begin(timeline, T0), signal.at_us)
    return acted(before, apply(timeline, before, signal))


def test_a_signal_moves_the_phases_that_wait_for_it_at_its_instant() -> None:
    timeline = a_timeline(a_phase("A", signal="go"), a_phase("B", for_s=2), done("C"))

    where = seen(timeline, Signalled(at(5), "go"), now_us=at(6))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("B", at(5))
    assert is_acted_upon(timeline, Signalled(at(5), "go"))


@pytest.mark.parametrize(
    ("timeline", "signal"),
    [
        pytest.param(a_timeline(a_phase(signal="go"), done()), "stop", id="another name"),
        pytest.param(a_timeline(a_phase(for_s=9), done()), "go", id="nothing waits"),
        pytest.param(a_timeline(done()), "fail", id="built in, but the job has ended"),
        pytest.param(a_timeline(a_phase(signal="go")), "go", id="nothing comes after the phase"),
        pytest.param(
            a_timeline(a_phase(), cancel=CancelRule(is_refused=True)), "cancel", id="refused"
        ),
    ],
)
def test_a_signal_that_nothing_heeds_is_not_acted_upon_and_forgotten(
    timeline: Timeline, signal: str
) -> None:
    before = seen(timeline, now_us=at(1))

    where = seen(timeline, Signalled(at(1), signal), now_us=at(1))

    assert not is_acted_upon(timeline, Signalled(at(1), signal))
    assert where.tracks[TASK].visits(9) == before.tracks[TASK].visits(9)


def test_a_signal_that_comes_too_early_is_forgotten() -> None:
    timeline = a_timeline(a_phase("A", for_s=5), a_phase("B", signal="go"), done("C"))

    assert state_of(seen(timeline, Signalled(at(4), "go"), now_us=at(9))) == "B"
    assert state_of(seen(timeline, Signalled(at(5), "go"), now_us=at(9))) == "C"


def test_one_signal_moves_one_phase() -> None:
    timeline = a_timeline(
        a_phase("A", signal="go"), a_phase(for_s=0), a_phase("B", signal="go"), done("C")
    )

    assert state_of(seen(timeline, Signalled(at(1), "go"), now_us=at(1))) == "B"
    assert state_of(seen(timeline, *[Signalled(at(1), "go")] * 2, now_us=at(1))) == "C"


@pytest.mark.parametrize(
    ("track", "states"),
    [
        pytest.param(None, ("B", "B"), id="all tracks"),
        pytest.param("one", ("B", "A"), id="the one that is named"),
    ],
)
def test_a_signal_may_be_meant_for_one_track(track: str | None, states: tuple[str, str]) -> None:
    script = (a_phase("A", signal="go"), done("B"))
    timeline = a_timeline(tracks={"one": script, "two": script})

    where = seen(timeline, Signalled(at(1), "go", track), now_us=at(1))

    assert (state_of(where, "one"), state_of(where, "two")) == states


@pytest.mark.parametrize(
    ("signal", "state"),
    [("fail", FAILED.state), ("complete", COMPLETE.state), ("cancel", TERMINATED.state)],
)
def test_built_in_signals_end_a_job_by_the_default_of_its_service(signal: str, state: str) -> None:
    where = seen(a_timeline(a_phase()), Signalled(at(3), signal), now_us=at(3))

    assert (state_of(where), where.tracks[TASK].entered_us) == (state, at(3))
    assert where.has_ended


def test_expire_makes_the_job_expire() -> None:
    where = seen(a_timeline(a_phase()), Signalled(at(3), "expire"), now_us=at(9))

    assert gone_of(where) == ("expired", at(3))
    assert is_acted_upon(a_timeline(a_phase()), Signalled(at(3), "expire"))


@pytest.mark.parametrize(
    ("signal", "state", "skipped"),
    [
        pytest.param("complete", "D1", [], id="the next of its kind"),
        pytest.param("fail", "B", [], id="beyond another end"),
        pytest.param("expire", "E", [], id="the script's own expiry, not the job's"),
    ],
)
def test_built_in_signals_go_to_the_scripts_own_next_phase_of_that_kind(
    signal: str, state: str, skipped: list[str]
) -> None:
    timeline = a_timeline(
        a_phase("A"),
        a_phase("BETWEEN"),
        done("D1"),
        done("D2"),
        broken("B"),
        done("E", ending=Ending.EXPIRE),
    )

    where = seen(timeline, Signalled(at(3), signal), now_us=at(9))

    assert (state_of(where), where.gone) == (state, None)
    assert [visit.phase.state for visit in where.tracks[TASK].visits(9)] == ["A", state]


def test_what_lies_behind_is_not_the_scripts_next_phase_of_that_kind() -> None:
    timeline = a_timeline(broken("B", for_s=1), a_phase("A"))

    assert state_of(seen(timeline, Signalled(at(3), "fail"), now_us=at(3))) == FAILED.state


@pytest.mark.parametrize("signal", BUILT_IN)
def test_a_phase_that_waits_for_a_built_in_signal_goes_on_by_its_script(signal: str) -> None:
    timeline = a_timeline(a_phase("A", signal=signal), a_phase("B"), broken("C"))

    assert state_of(seen(timeline, Signalled(at(1), signal), now_us=at(1))) == "B"


@pytest.mark.parametrize("signal", BUILT_IN)
def test_built_in_signals_do_not_act_on_tracks_that_have_ended(signal: str) -> None:
    timeline = a_timeline(tracks={"ended": [done("D")], "going": [a_phase("A")]})

    everywhere = seen(timeline, Signalled(at(1), signal), now_us=at(1))
    there = seen(timeline, Signalled(at(1), signal, "ended"), now_us=at(1))

    assert state_of(everywhere, "ended") == "D"
    assert everywhere.gone or state_of(everywhere, "going") != "A"
    assert (there.gone, state_of(there, "going")) == (None, "A")


def test_a_built_in_signal_acts_on_the_tracks_that_do_not_wait_for_it_too() -> None:
    timeline = a_timeline(
        tracks={"waits": [a_phase("A", signal="fail"), a_phase("B")], "other": [a_phase("A")]}
    )

    where = seen(timeline, Signalled(at(1), "fail"), now_us=at(1))

    assert (state_of(where, "waits"), state_of(where, "other")) == ("B", FAILED.state)


def test_an_ended_phase_that_waits_for_a_signal_hears_it() -> None:
    timeline = a_timeline(done("D", signal="expire"), done("E", ending=Ending.EXPIRE))

    assert state_of(seen(timeline, Signalled(at(1), "expire"), now_us=at(1))) == "E"


def test_the_signal_cancel_is_no_status_or_cancel_call() -> None:
    where = seen(a_timeline(waiting()), Signalled(at(1), "cancel"), now_us=at(1))

    assert where.polls == 0


def test_other_events_tell_too_whether_they_moved_anything() -> None:
    timeline = a_timeline(a_phase(for_s=1), done())
    before = settle(timeline, begin(timeline, T0), at(5))

    assert not acted(before, apply(timeline, before, Polled(at(5))))
    assert not acted(before, apply(timeline, before, Started(at(5))))
    assert acted(before, apply(timeline, before, Deleted(at(5))))


@pytest.mark.parametrize("signal", BUILT_IN)
def test_a_signal_does_nothing_to_a_job_that_is_gone(signal: str) -> None:
    where = seen(a_timeline(a_phase("A")), Deleted(at(1)), Signalled(at(2), signal), now_us=at(3))

    assert (state_of(where), gone_of(where)) == ("A", ("deleted", at(1)))
