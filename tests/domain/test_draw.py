"""Draws: the same for the same seed and key, everywhere and in any order."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.domain.draw import draw_between, draw_bytes, draw_lognormal, draw_unit

seeds = st.integers()
keys = st.lists(st.text(max_size=5) | st.integers(), max_size=4)


def test_draws_are_the_same_in_every_process_and_on_every_machine() -> None:
    assert draw_bytes(7, "default", 1, "id", size=8).hex() == "3ef1993e6c34e15d"
    assert draw_unit(7, "default", 1) == 0.16510332885467027
    assert draw_between(7, "default", 1, low=10, high=60) == 37


@given(seeds, keys, st.lists(keys))
def test_one_jobs_draws_never_depend_on_anothers(
    seed: int, key: list[object], others: list[list[object]]
) -> None:
    alone = draw_unit(seed, *key), draw_between(seed, *key, low=0, high=99)

    for other in others:
        draw_unit(seed, *other)

    assert (draw_unit(seed, *key), draw_between(seed, *key, low=0, high=99)) == alone


def test_other_seeds_and_other_keys_give_other_numbers() -> None:
    drawn = [draw_bytes(seed, "job", number) for seed in range(20) for number in range(20)]

    assert len(set(drawn)) == len(drawn)


@given(seeds, st.integers(), st.integers(0, 10**30))
def test_a_number_drawn_between_two_lies_between_them(seed: int, low: int, width: int) -> None:
    assert low <= draw_between(seed, "key", low=low, high=low + width) <= low + width


def test_every_number_of_a_range_is_drawn() -> None:
    drawn = {draw_between(1, number, low=-2, high=3) for number in range(200)}

    assert drawn == {-2, -1, 0, 1, 2, 3}


def test_no_number_is_drawn_from_an_empty_range() -> None:
    with pytest.raises(ValueError, match="no number lies between 2 and 1"):
        draw_between(1, "key", low=2, high=1)


@given(seeds, keys)
def test_a_unit_draw_lies_from_zero_to_below_one(seed: int, key: list[object]) -> None:
    assert 0 <= draw_unit(seed, *key) < 1


@pytest.mark.parametrize("size", [1, 16, 64])
def test_as_many_bytes_are_drawn_as_were_asked_for(size: int) -> None:
    assert len(draw_bytes(1, "key", size=size)) == size


def test_lone_surrogates_in_keys_do_no_harm() -> None:
    assert draw_bytes(1, "\ud800") != draw_bytes(1, "\ud801")


def test_log_normal_draws_lie_around_their_median() -> None:
    drawn = [draw_lognormal(3, number, median=2.0, sigma=0.5) for number in range(2000)]

    assert min(drawn) > 0
    assert 1.9 < median(drawn) < 2.1
    assert 0.28 < sum(number > 2.0 * 2.718281828**0.25 for number in drawn) / 2000 < 0.34


def test_a_log_normal_draw_without_spread_is_its_median() -> None:
    assert draw_lognormal(3, "key", median=2.0, sigma=0.0) == 2.0
