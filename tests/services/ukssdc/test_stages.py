"""The progress tree of a running product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.products import PRODUCTS, Product
from mockstatus.services.ukssdc.stages import (
    Pinned,
    Run,
    holds_us,
    labels,
    time_running,
    tree,
)

EIGHT_S, FOUR_MIN = 8_000_000, 240_000_000

# Seed 002, `prodStatus['Spectrum']['progress']`, word for word.
SEED_SPECTRUM = {
    "GotProgress": 1,
    "ProgressSteps": [
        {"StepLabel": "Prepare data.", "StepStatus": 2},
        {
            "StepLabel": "Build spectra.",
            "StepStatus": 1,
            "StepExtra": "Working on spectrum: interval0 (1/1)",
            "SubStep": [
                {
                    "StepLabel": "Extract data.",
                    "StepStatus": 1,
                    "StepExtra": "Working on observation 1 / 1",
                },
                {"StepLabel": "Fit spectrum.", "StepStatus": 0},
            ],
        },
    ],
    "TimeRunning": "00:00:08",
}


def a_tree(product: Product, done: int, total: int = 100, **more: Any) -> dict[str, Any]:
    run = {"parts": (done, total), "running_us": EIGHT_S, **more}
    return tree(product, Run(**run))


def active(steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    (found,) = [step for step in steps if step["StepStatus"] == 1]
    return found


def flat(steps: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        yield from flat(step.get("SubStep", ()))


def test_eight_seconds_into_four_minutes_a_spectrum_is_where_the_seed_prints_it():
    assert a_tree(products.SPECTRUM, EIGHT_S, FOUR_MIN) == SEED_SPECTRUM
    assert list(a_tree(products.SPECTRUM, EIGHT_S, FOUR_MIN)) == list(SEED_SPECTRUM)


def test_an_enhanced_position_has_a_heading_before_everything_else():
    told = a_tree(products.ENHANCED, EIGHT_S, FOUR_MIN)

    assert list(told) == ["PreProgress", "GotProgress", "ProgressSteps", "TimeRunning"]
    assert told["PreProgress"] == "Trying using the <em>v,b,white</em> filters:"
    assert active(told["ProgressSteps"])["StepExtra"] == "Working on overlap 1 / 1"


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_every_product_begins_at_its_first_stage_and_is_at_its_last_in_the_end(product: Product):
    first = a_tree(product, 0)["ProgressSteps"]
    last = a_tree(product, 100)["ProgressSteps"]

    assert [step["StepStatus"] for step in first] == [1] + [0] * (len(first) - 1)
    assert [step["StepStatus"] for step in last] == [2] * (len(last) - 1) + [1]
    assert tuple(step["StepLabel"] for step in last) == labels(product)


@given(
    st.sampled_from(PRODUCTS),
    st.integers(1, 10**9).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))),
    st.integers(1, 200),
)
def test_there_is_one_active_stage_and_no_stage_comes_back(product, parts, slices):
    done, total = parts
    names = tuple(f"Obs_{place:011d}" for place in range(slices))
    run = {"spectra": names, "observations": slices}
    before = a_tree(product, done // 2, total, **run)["ProgressSteps"]
    now = a_tree(product, done, total, **run)["ProgressSteps"]

    assert sum(step["StepStatus"] == 1 for step in now) == 1
    assert [step["StepStatus"] for step in now] == sorted(
        (step["StepStatus"] for step in now), key=[2, 1, 0].index
    )
    pairs = zip(before, now, strict=True)
    assert all(one["StepStatus"] <= other["StepStatus"] for one, other in pairs)
    assert all("StepExtra" not in step or step["StepStatus"] == 1 for step in flat(now))


def test_sub_steps_begin_anew_with_each_spectrum():
    names = tuple(f"Obs_00081637{place:03d}" for place in range(1, 157))
    seen = []
    for done in range(1000):
        told = a_tree(products.SPECTRUM, done, 1000, spectra=names)
        step = active(told["ProgressSteps"])
        if step["StepLabel"] == "Build spectra.":
            seen.append((step["StepExtra"], active(step["SubStep"])["StepLabel"]))

    assert ("Working on spectrum: Obs_00081637014 (14/156)", "Fit spectrum.") in seen
    at = seen.index(("Working on spectrum: Obs_00081637015 (15/156)", "Extract data."))
    assert seen[at - 1] == ("Working on spectrum: Obs_00081637014 (14/156)", "Fit spectrum.")
    assert seen[-1][0] == "Working on spectrum: Obs_00081637156 (156/156)"


def test_sub_steps_of_a_stage_not_reached_or_done_are_so_too():
    first = a_tree(products.ASTROMETRIC, 0)["ProgressSteps"]
    last = a_tree(products.ASTROMETRIC, 100)["ProgressSteps"]

    (waiting,) = [step for step in first if "SubStep" in step]
    (done,) = [step for step in last if "SubStep" in step]
    assert {step["StepStatus"] for step in flat([waiting])} == {0}
    assert {step["StepStatus"] for step in flat([done])} == {2}


def test_observations_are_counted_while_their_images_are_made():
    extras = {
        step["StepExtra"]
        for done in range(1000)
        for step in a_tree(products.SOURCES, done, 1000, observations=3)["ProgressSteps"]
        if "StepExtra" in step
    }

    assert extras == {f"Working on observation {place} / 3" for place in (1, 2, 3)}


def test_a_pinned_stage_is_the_active_one_from_beginning_to_end():
    pinned = Pinned(stage="Build spectra.", extra="Working on spectrum: late (2/2)")

    for done in (0, 50, 100):
        step = active(a_tree(products.SPECTRUM, done, pinned=pinned)["ProgressSteps"])
        assert step["StepLabel"] == "Build spectra."
        assert list(step) == ["StepLabel", "StepStatus", "StepExtra", "SubStep"]
        assert step["StepExtra"] == "Working on spectrum: late (2/2)"


def test_a_stage_without_a_text_of_its_own_can_have_one():
    pinned = Pinned(stage="Extract data.", extra="nearly", heading="Look:")

    told = a_tree(products.LIGHT_CURVE, 0, pinned=pinned)

    assert told["PreProgress"] == "Look:"
    assert active(told["ProgressSteps"]) == {
        "StepLabel": "Extract data.",
        "StepStatus": 1,
        "StepExtra": "nearly",
    }


@pytest.mark.parametrize(
    ("span_us", "text"),
    [
        (0, "00:00:00"),
        (8_999_999, "00:00:08"),
        (3_661_000_000, "01:01:01"),
        (100 * 3_600_000_000, "100:00:00"),
    ],
)
def test_the_running_time_is_hours_minutes_and_seconds(span_us: int, text: str):
    assert time_running(span_us) == text


def test_a_phase_of_no_parts_is_at_its_first_stage():
    assert a_tree(products.IMAGE, 0, 0)["ProgressSteps"][0]["StepStatus"] == 1


@given(
    product=st.sampled_from(PRODUCTS),
    running_us=st.integers(0, FOUR_MIN),
    spectra=st.integers(1, 200),
    observations=st.integers(1, 9),
    is_pinned=st.booleans(),
)
def test_a_tree_holds_for_as_long_as_it_says_and_no_longer(
    product: Product, running_us: int, spectra: int, observations: int, is_pinned: bool
) -> None:
    def told(at_us: int) -> dict[str, Any]:
        return tree(product, run(at_us))

    def run(at_us: int) -> Run:
        return Run(
            parts=(min(at_us, FOUR_MIN), FOUR_MIN),
            running_us=at_us,
            spectra=tuple(f"interval{number}" for number in range(spectra)),
            observations=observations,
            pinned=Pinned(stage=labels(product)[-1]) if is_pinned else Pinned(),
        )

    ends_us = running_us + holds_us(product, run(running_us))

    assert ends_us > running_us
    assert told(ends_us - 1) == told(running_us)
    if ends_us < FOUR_MIN:
        assert told(ends_us) != told(running_us)
