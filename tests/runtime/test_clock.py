"""The clock of a sandbox: modes, moving by hand, and never back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.errors import ClockError
from mockstatus.runtime.clock import LATEST_US, Clock, ClockMode

SECOND_US = 1_000_000


class HandTime:
    """A machine whose time is moved by hand."""

    def __init__(self) -> None:
        self.passed_us = 0

    def wall_us(self) -> int:
        return 1_700_000_000 * SECOND_US + self.passed_us

    def elapsed_us(self) -> int:
        return 5 + self.passed_us


def a_clock(mode: str = "real", *, now_us: int | None = None) -> tuple[Clock, HandTime]:
    machine = HandTime()
    return Clock(ClockMode.parse(mode), now_us=now_us, source=machine), machine


def test_a_real_clock_starts_at_the_machines_time_and_goes_with_it():
    clock, machine = a_clock()

    machine.passed_us += 3 * SECOND_US

    assert clock.now_us() == machine.wall_us()


def test_a_fast_clock_goes_so_many_times_as_fast():
    clock, machine = a_clock("x60", now_us=0)

    machine.passed_us += 2 * SECOND_US

    assert clock.now_us() == 120 * SECOND_US


def test_a_manual_clock_stands_still_until_it_is_advanced():
    clock, machine = a_clock("manual", now_us=10)

    machine.passed_us += 99 * SECOND_US
    assert clock.now_us() == 10

    assert clock.advance(5) == 15


def test_advance_works_in_every_mode():
    clock, machine = a_clock("real", now_us=0)

    clock.advance(7 * SECOND_US)
    machine.passed_us += SECOND_US

    assert clock.now_us() == 8 * SECOND_US


def test_changing_the_mode_keeps_the_instant():
    clock, machine = a_clock("x10", now_us=0)
    machine.passed_us += SECOND_US

    clock.mode = ClockMode.parse("manual")
    machine.passed_us += SECOND_US

    assert clock.now_us() == 10 * SECOND_US


def test_advancing_to_an_instant_that_is_past_moves_nothing():
    clock, _ = a_clock("manual", now_us=100)

    assert clock.advance_to(40) == 100
    assert clock.advance_to(140) == 140


def test_time_never_goes_back_by_advancing():
    clock, _ = a_clock("manual", now_us=100)

    with pytest.raises(ClockError, match="forward"):
        clock.advance(-1)


@pytest.mark.parametrize("now_us", [-1, LATEST_US + 1], ids=["before 1970", "after 9999"])
def test_a_clock_stays_within_years_that_dates_can_write(now_us):
    clock, _ = a_clock("manual")

    with pytest.raises(ClockError, match="1970"):
        clock.set_now(now_us)
    with pytest.raises(ClockError, match="1970"):
        clock.advance(LATEST_US)


def test_a_clock_can_be_set_back_by_hand():
    clock, _ = a_clock("manual", now_us=100)

    clock.set_now(1)

    assert clock.now_us() == 1


@pytest.mark.parametrize(
    ("mode", "until_us", "seconds"),
    [
        pytest.param("real", 2 * SECOND_US, 2.0, id="real"),
        pytest.param("x4", 2 * SECOND_US, 0.5, id="four times as fast"),
        pytest.param("manual", 2 * SECOND_US, None, id="never comes by itself"),
        pytest.param("manual", 0, 0.0, id="is there already"),
    ],
)
def test_how_long_the_machine_waits_for_an_instant(mode, until_us, seconds):
    clock, _ = a_clock(mode, now_us=0)

    assert clock.real_seconds_until(until_us) == seconds


@pytest.mark.parametrize(
    "text", ["", "fast", "x", "x0", "x-1", "xNaN", "xinf", "60", "x1e99", "X2"]
)
def test_an_unknown_mode_is_refused_saying_what_is_allowed(text):
    with pytest.raises(ClockError, match="expected 'real', 'manual' or 'xN'"):
        ClockMode.parse(text)


@pytest.mark.parametrize("text", ["real", "manual", "x60", "x0.5"])
def test_a_mode_is_written_as_it_is_read(text):
    assert str(ClockMode.parse(text)) == text


def test_times_one_is_real():
    assert str(ClockMode(Decimal("1.0"))) == "real"


@given(st.lists(st.tuples(st.sampled_from(["real", "x7", "manual"]), st.integers(0, 10**9))))
def test_whatever_is_done_to_a_clock_it_never_goes_back(steps):
    clock, machine = a_clock(now_us=0)
    seen = clock.now_us()
    for mode, amount in steps:
        clock.mode = ClockMode.parse(mode)
        assert clock.now_us() >= seen
        machine.passed_us += amount
        clock.advance(amount)
        seen = clock.now_us()
