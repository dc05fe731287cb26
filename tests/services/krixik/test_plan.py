"""Files of one story share a timeline, where nothing is drawn for each of them."""

from __future__ import annotations

from typing import Any

import pytest


def timeline(krixik: Any, *chain: str, **fields: Any) -> Any:
    return krixik.sandbox.job(krixik.process(*chain, **fields)["request_id"]).timeline


@pytest.fixture
def story(krixik: Any) -> str:
    return str(krixik.scenario("modules: {default: {for: 5s}}\n"))


def test_files_of_one_story_share_a_timeline(krixik: Any, story: str) -> None:
    assert timeline(krixik) is timeline(krixik)
    assert timeline(krixik, scenario=story) is timeline(krixik, scenario=story)


def test_stories_chains_and_expiries_are_told_apart(krixik: Any, story: str) -> None:
    told = [
        timeline(krixik),
        timeline(krixik, scenario=story),
        timeline(krixik, "parser", pipeline="short"),
        timeline(krixik, expire_time=3600),
    ]

    assert len({id(one) for one in told}) == len(told)
    assert told[3].expiry.after_us == 3_600_000_000


def test_a_story_or_an_option_that_was_changed_is_told_anew(krixik: Any, story: str) -> None:
    before = krixik.submit("parser", pipeline="a", scenario=story)
    krixik.scenario("modules: {default: {for: 9s}}\n")
    after = krixik.submit("parser", pipeline="b", scenario=story)
    usual = krixik.submit("parser", pipeline="c")
    krixik.options(module_time="20s")
    slow = krixik.submit("parser", pipeline="d")

    def finished() -> list[bool]:
        accepted = (before, after, usual, slow)
        return [krixik.status(one)["process_status"]["module_1"] for one in accepted]

    krixik.advance("6s")
    assert finished() == [True, False, True, False]
    krixik.advance("4s")
    assert finished() == [True, True, True, False]
    krixik.advance("10s")
    assert finished() == [True] * 4


@pytest.mark.parametrize(
    "modules",
    [
        pytest.param("{default: {for: 1s..1h}}", id="work"),
        pytest.param("{last: [{for: 1s}, {state: ongoing, for: 1s..1h}]}", id="a later step"),
        pytest.param(
            "{last: {until: {track: module_1, failed: {state: ongoing, for: 1s..1h}}}}",
            id="what stands in for it",
        ),
    ],
)
def test_what_is_drawn_is_drawn_for_each_file(krixik: Any, modules: str) -> None:
    own = krixik.scenario(f"unlikely: true\nmodules: {modules}\n")

    first, second = (timeline(krixik, scenario=own) for _ in range(2))

    assert first is not second
    lengths = [[track.phases for track in one.tracks.values()] for one in (first, second)]
    assert lengths[0] != lengths[1]


def test_a_usual_time_that_is_a_range_is_drawn_only_where_it_counts(
    krixik: Any, story: str
) -> None:
    krixik.options(module_time="1s..1h")

    assert timeline(krixik) is not timeline(krixik)
    assert timeline(krixik, scenario=story) is timeline(krixik, scenario=story)
