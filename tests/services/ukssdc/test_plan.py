"""From a submission to a timeline: what each product will do."""

from __future__ import annotations

from typing import Any

import pytest

from mockstatus.domain.timeline import After, CancelRule, Expiry, Timeline, Track, UntilTrack
from mockstatus.scenario.planning import VARIANTS, Draws
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.plan import Request, plan
from mockstatus.services.ukssdc.products import in_order, sum_up
from mockstatus.services.ukssdc.script import UkssdcFile
from mockstatus.web.service import Planning

S = 1_000_000


def a_story(**parts: Any) -> UkssdcFile:
    return UkssdcFile.model_validate({"service": "ukssdc", "summary": "A story.", **parts})


def tracks(*names: str, **more: Any) -> dict[str, Track]:
    return dict(timeline(*names, **more).tracks)


def timeline(
    *names: str,
    scenario: UkssdcFile | None = None,
    is_independent: bool = False,
    number: int = 1,
    **options: Any,
) -> Timeline:
    request = Request("me@x.org", in_order(frozenset(names)), is_independent, b"{}")
    draws = Draws(7, ("s", "ukssdc"))
    return plan(Planning(scenario, request, UkssdcOptions(**options), draws, number))


def states(track: Track) -> list[str]:
    return [phase.state for phase in track.phases]


def test_without_a_script_a_product_is_requested_queued_run_and_complete():
    track = tracks("Image")["Image"]

    assert states(track) == ["1", "2", "3", "4"]
    lengths = [phase.exit.for_us for phase in track.phases[:3] if isinstance(phase.exit, After)]
    assert lengths[0] == 5 * S
    assert 10 * S <= lengths[1] <= 60 * S
    assert lengths[2] == 240 * S


def test_products_queue_for_their_own_time_and_jobs_for_theirs():
    names = ("LightCurve", "Spectrum", "Image")
    lengths = {
        tracks(*names, number=number)[name].phases[1].exit for number in (1, 2) for name in names
    }

    assert len(lengths) == 6
    assert tracks("Image")["Image"].phases[1] == tracks("Image")["Image"].phases[1]


def test_an_astrometric_position_waits_once_it_would_leave_the_queue():
    track = tracks("AstromPos", "StandardPos")["AstromPos"]

    assert states(track) == ["1", "2", "5", "3", "4"]
    wait = track.phases[2].exit
    assert isinstance(wait, UntilTrack)
    assert wait.track == "StandardPos"
    assert wait.failed is not None
    assert wait.failed.state == "-3"


def test_one_that_uses_all_observations_waits_for_nothing():
    found = tracks("AstromPos", "StandardPos", is_independent=True)

    assert states(found["AstromPos"]) == ["1", "2", "3", "4"]


def test_the_wait_can_be_switched_off():
    found = tracks("AstromPos", "StandardPos", astrom_waits=False)

    assert states(found["AstromPos"]) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ([1, 3, 4], ["1", "5", "3", "4"]),
        ([3, 4], ["3", "4"]),
        ([1, -1], ["1", "-1"]),
        ([4], ["4"]),
    ],
    ids=str,
)
def test_the_rule_holds_where_a_script_does_not_name_the_position(
    default: list[int], expected: list[str]
):
    scenario = a_story(products={"default": [{"code": code} for code in default]})

    assert states(tracks("AstromPos", scenario=scenario)["AstromPos"]) == expected


def test_a_script_of_its_own_overrides_the_rule():
    scenario = a_story(products={"AstromPos": [{"code": 1}, {"code": 3}]})

    assert states(tracks("AstromPos", scenario=scenario)["AstromPos"]) == ["1", "3"]


def test_a_product_that_is_not_scripted_tells_the_story_without_a_script():
    scenario = a_story(products={"Image": [{"code": -1}]})
    found = tracks("Image", "LightCurve", scenario=scenario)

    assert states(found["Image"]) == ["-1"]
    assert states(found["LightCurve"]) == ["1", "2", "3", "4"]


def test_all_that_is_drawn_is_drawn_in_as_many_ways_as_there_are_which_jobs_share():
    kept = [timeline("Image", "LightCurve", number=number) for number in range(2 * VARIANTS)]

    assert len({id(one) for one in kept}) == VARIANTS
    assert kept[:VARIANTS] == kept[VARIANTS:]
    lengths = [
        tuple(track.phases[1].exit for track in one.tracks.values()) for one in kept[:VARIANTS]
    ]
    assert len(set(lengths)) == VARIANTS


def test_a_timeline_is_shared_by_jobs_that_do_the_same_and_by_no_others():
    phases = {"default": [{"code": 3, "for": "1s"}, {"code": 4}]}
    story = a_story(products=phases)
    other = a_story(products=phases, cancel="refuse", expires={"after": "1h"})
    both = ("StandardPos", "AstromPos")

    shared = timeline(*both, scenario=story)

    assert timeline(*both, scenario=story, number=2) is shared
    assert list(timeline("AstromPos", scenario=story).tracks) == ["AstromPos"]
    assert (shared.cancel, shared.expiry) == (CancelRule(), None)
    told = timeline(*both, scenario=other)
    assert (told.cancel, told.expiry) == (CancelRule(is_refused=True), Expiry(3600 * S))
    waiting = [states(track) for track in timeline(*both).tracks.values()]
    assert waiting == [["1", "2", "3", "4"], ["1", "2", "5", "3", "4"]]
    for more in ({"is_independent": True}, {"astrom_waits": False}):
        assert states(tracks(*both, **more)["AstromPos"]) == ["1", "2", "3", "4"]


def test_lengths_are_drawn_within_their_range():
    scenario = a_story(products={"Image": [{"code": 3, "for": "500ms..2500ms"}, {"code": 4}]})
    lengths = {
        phase.exit.for_us
        for number in range(50)
        for phase in tracks("Image", scenario=scenario, number=number)["Image"].phases
        if isinstance(phase.exit, After)
    }

    assert len(lengths) > 10
    assert all(S // 2 <= length <= 5 * S // 2 for length in lengths)


def test_what_comes_instead_may_have_a_length_and_leave_the_product_out():
    until = {"track": "Image", "failed": {"omitted": True, "for": "1s..9s"}}
    scenario = a_story(products={"AstromPos": [{"code": 5, "until": until}, {"code": 3}]})

    wait = tracks("AstromPos", scenario=scenario)["AstromPos"].phases[0].exit

    assert isinstance(wait, UntilTrack)
    assert wait.failed is not None
    assert wait.failed.state == "5"
    assert isinstance(wait.failed.exit, After)
    assert S <= wait.failed.exit.for_us <= 9 * S


@pytest.mark.parametrize(
    ("codes", "one"),
    [
        ([4, 4], 4),
        ([4, 3, 1], 3),
        ([4, 5], 5),
        ([2, 1], 2),
        ([4, -4], -4),
        ([-3, -4, 4], -3),
        ([-1, -2], -1),
        ([4, 6], 6),
    ],
    ids=str,
)
def test_one_code_sums_a_job_up(codes: list[int], one: int):
    assert sum_up(codes) == one


def test_an_unknown_code_is_unfinished_unless_it_is_negative():
    # UKSSDC wire notes, 3.2: the client takes any negative number as finished.
    assert products.ending_of(6) is None
    assert products.ending_of(-7) is not None
    assert products.status_text(6) == "Unknown status"
