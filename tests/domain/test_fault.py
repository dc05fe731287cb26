"""Which calls a fault strikes, and what it then does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.domain.fault import (
    Between,
    Call,
    Delay,
    Effect,
    Fault,
    FaultCount,
    LogNormal,
    Posted,
    Wire,
    delay_us,
    strike,
)

DOWN = Effect(status=503)
S = 1_000_000


def a_fault(fault_id: str = "f1", *, since_us: int = 0, **fields: Any) -> Posted:
    return Posted(fault_id, Fault(**({"effect": DOWN} | fields)), since_us)


def a_call(**fields: Any) -> Call:
    return Call(**({"service": "toy", "operation": "status", "now_us": 0} | fields))


def struck_calls(posted: list[Posted], calls: list[Call], seed: int = 1) -> list[str | None]:
    """For each call, the id of the fault that strikes it."""
    faults = tuple(posted)
    ids = []
    for call in calls:
        striking, faults = strike(faults, call, seed=seed)
        ids.append(None if striking is None else striking.fault_id)
    return ids


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        pytest.param({}, [1, 2, 3, 4, 5, 6, 7, 8], id="neither strikes every call"),
        pytest.param({"times": 2}, [1, 2], id="times alone means the next calls"),
        pytest.param({"nth": 3}, [3], id="nth alone strikes once"),
        pytest.param({"nth": 3, "times": 2}, [3, 4], id="nth and times strike from there on"),
        pytest.param({"every": 3}, [3, 6], id="every strikes each so many-th"),
        pytest.param({"every": 3, "nth": 2}, [2, 5, 8], id="every counts from nth"),
        pytest.param({"every": 3, "nth": 2, "times": 2}, [2, 5], id="times bounds every"),
        pytest.param({"probability": 0.0}, [], id="no chance strikes nothing"),
        pytest.param({"operation": "submit"}, [], id="another operation is not meant"),
        pytest.param({"service": "other"}, [], id="another service is not meant"),
        pytest.param({"service": "toy", "operation": "status", "times": 1}, [1], id="both meant"),
    ],
)
def test_a_fault_strikes_the_calls_that_it_names(
    fields: dict[str, Any], numbers: list[int]
) -> None:
    struck = struck_calls([a_fault(**fields)], [a_call()] * 8)

    assert [number for number, hit in enumerate(struck, start=1) if hit] == numbers


def test_only_calls_that_are_meant_are_counted() -> None:
    calls = [a_call(), a_call(operation="submit"), a_call(operation="submit"), a_call()]

    assert struck_calls([a_fault(operation="status", nth=2)], calls) == [None, None, None, "f1"]


def test_until_is_a_span_from_the_posting_and_over_at_exactly_its_end() -> None:
    fault = a_fault(since_us=10 * S, until_us=5 * S)

    calls = [a_call(now_us=at) for at in (10 * S, 15 * S - 1, 15 * S, 99 * S)]

    assert struck_calls([fault], calls) == ["f1", "f1", None, None]


@pytest.mark.parametrize(
    ("fields", "states", "is_struck"),
    [
        ({"at_state": "4"}, {"a": "1", "b": "4"}, True),
        ({"at_state": "4"}, {"a": "1"}, False),
        ({"at_state": "4"}, {}, False),
        ({"at_state": "4", "at_track": "a"}, {"a": "1", "b": "4"}, False),
        ({"at_state": "4", "at_track": "b"}, {"a": "1", "b": "4"}, True),
        ({"at_track": "b"}, {"a": "1"}, False),
        ({"at_track": "b"}, {"b": "1"}, True),
    ],
)
def test_at_means_a_point_of_the_lifecycle(
    fields: dict[str, Any], states: dict[str, str], is_struck: bool
) -> None:
    struck, _ = strike([a_fault(**fields)], a_call(states=states), seed=1)

    assert (struck is not None) == is_struck


def test_the_first_fault_that_is_due_strikes_and_only_that_one_is_spent() -> None:
    faults = [a_fault("old", times=2), a_fault("new", times=1)]

    assert struck_calls(faults, [a_call()] * 4) == ["old", "old", "new", None]


def test_a_fault_that_was_not_first_still_counts_the_call_as_seen() -> None:
    _, (old, new) = strike([a_fault("old", times=1), a_fault("new", nth=2)], a_call(), seed=1)

    assert (old.count, new.count) == (FaultCount(1, 1), FaultCount(1, 0))


def test_a_struck_fault_is_handed_back_with_its_new_count() -> None:
    struck, (kept,) = strike([a_fault(times=1)], a_call(), seed=1)

    assert struck is kept
    assert kept.is_over(0)


@pytest.mark.parametrize(
    ("fields", "is_over"),
    [({}, False), ({"times": 1}, False), ({"until_us": 5}, True), ({"until_us": 6}, False)],
)
def test_a_fault_is_over_when_it_can_never_strike_again(
    fields: dict[str, Any], is_over: bool
) -> None:
    assert a_fault(**fields).is_over(5) is is_over


def test_a_chance_is_drawn_for_each_call_by_fault_job_and_number() -> None:
    calls = [a_call(job=f"job{number % 2}") for number in range(400)]

    one, two = (struck_calls([a_fault(name, probability=0.25)], calls) for name in ("f1", "f2"))

    assert one == struck_calls([a_fault("f1", probability=0.25)], calls)
    assert [bool(hit) for hit in one] != [bool(hit) for hit in two]
    assert 60 < sum(hit is not None for hit in one) < 140


def test_a_miss_uses_nothing_up() -> None:
    struck = struck_calls([a_fault(nth=3, probability=0.2)], [a_call()] * 100)

    assert struck.count("f1") == 1
    assert struck[:2] == [None, None]


counts = st.none() | st.integers(1, 6)
faults = st.builds(
    a_fault,
    st.uuids().map(str),
    nth=counts,
    every=counts,
    times=counts,
    until_us=st.none() | st.integers(0, 20),
    probability=st.sampled_from([0.0, 0.5, 1.0]),
    service=st.sampled_from([None, "toy", "other"]),
    operation=st.sampled_from([None, "status", "submit"]),
    at_state=st.sampled_from([None, "A"]),
)
calls = st.builds(
    a_call,
    operation=st.sampled_from(["status", "submit"]),
    now_us=st.integers(0, 20),
    states=st.sampled_from([{}, {"t": "A"}, {"t": "B"}]),
)


@given(st.lists(faults, max_size=4), st.lists(calls, max_size=12), st.integers(0, 9))
def test_every_struck_call_spends_exactly_one_fault(
    posted: list[Posted], asked: list[Call], seed: int
) -> None:
    kept = tuple(posted)
    hits = 0
    for call in asked:
        before = kept
        striking, kept = strike(kept, call, seed=seed)
        hits += striking is not None
        spent = sum(
            new.count.struck - old.count.struck for new, old in zip(kept, before, strict=True)
        )

        assert spent == (striking is not None)
    assert sum(one.count.struck for one in kept) == hits
    for one in kept:
        most = one.fault.most_strikes

        assert one.count.struck <= one.count.seen <= len(asked)
        assert most is None or one.count.struck <= most


@given(counts, counts, counts, st.integers(0, 20))
def test_a_certain_fault_alone_strikes_what_arithmetic_says(
    nth: int | None, every: int | None, times: int | None, asked: int
) -> None:
    struck = struck_calls([a_fault(nth=nth, every=every, times=times)], [a_call()] * asked)

    due = list(range(nth or every or 1, asked + 1, every or 1))
    most = times or (1 if nth and not every else None)
    assert [number for number, hit in enumerate(struck, start=1) if hit] == due[:most]


@given(st.lists(faults, max_size=3), st.lists(calls, max_size=8), faults, st.integers(0, 9))
def test_a_later_fault_changes_nothing_for_the_earlier_ones(
    posted: list[Posted], asked: list[Call], later: Posted, seed: int
) -> None:
    alone = struck_calls(posted, asked, seed)
    together = struck_calls([*posted, later], asked, seed)

    assert [hit if hit != later.fault_id else None for hit in together] == alone


@pytest.mark.parametrize(
    ("effect", "needs_answer"),
    [
        (Effect(status=503), False),
        (Effect(body="x"), False),
        (Effect(error={"code": 205}), False),
        (Effect(wire=Wire.RESET), False),
        (Effect(wire=Wire.EMPTY, delay=Between(0, 1)), False),
        (Effect(wire=Wire.GARBAGE), False),
        (Effect(status=503, delay=Between(0, 1)), False),
        (Effect(wire=Wire.TRUNCATE), True),
        (Effect(wire=Wire.MALFORMED), True),
        (Effect(omit=("a",)), True),
        (Effect(put={"a": 1}), True),
        (Effect(delay=Between(0, 1)), True),
        (Effect(headers=(("A", "b"),)), True),
    ],
)
def test_some_effects_need_the_real_answer_and_so_strike_after_the_work(
    effect: Effect, needs_answer: bool
) -> None:
    assert effect.needs_answer is needs_answer
    Fault(effect=effect, is_before=False)
    if needs_answer:
        with pytest.raises(ValueError, match="only strike after"):
            Fault(effect=effect)


@pytest.mark.parametrize("fields", [{"nth": 0}, {"every": 0}, {"times": -1}, {"probability": 1.1}])
def test_a_fault_that_makes_no_sense_cannot_be_built(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        a_fault(**fields)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Between(2, 1),
        lambda: Between(-1, 1),
        lambda: LogNormal(5, 0.5, 4),
        lambda: LogNormal(5, float("nan"), 9),
    ],
)
def test_a_delay_that_makes_no_sense_cannot_be_built(build: Any) -> None:
    with pytest.raises(ValueError, match="a delay"):
        build()


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers())
def test_a_drawn_delay_lies_in_its_range(one: int, other: int, key: int) -> None:
    delay = Between(min(one, other), max(one, other))

    assert delay.low_us <= delay_us(delay, key, seed=1) <= delay.high_us


@given(st.integers(0, 10**9), st.floats(0, 5), st.integers())
def test_a_spread_delay_is_never_longer_than_its_bound(median: int, sigma: float, key: int) -> None:
    delay: Delay = LogNormal(median, sigma, 2 * median)

    drawn = delay_us(delay, key, seed=1)

    assert 0 <= drawn <= 2 * median
    assert drawn == delay_us(delay, key, seed=1)


def test_half_of_the_spread_delays_are_below_the_median() -> None:
    drawn = [delay_us(LogNormal(S, 0.5, 100 * S), key, seed=1) for key in range(500)]

    assert 200 < sum(one < S for one in drawn) < 300
