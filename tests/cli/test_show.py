"""Showing a story: as a table, as a diagram, as its source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cli.shop import SUCCESS, Shop

TWO_TRACKS = """\
service: toy
summary: "One waits: for the other."
description: |
  Two parts
  of one toy.
match: {name: "bear*"}
expires: {after: 2h, idle: true}
cancel: {lag: 5s}
faults:
  - {operation: status, nth: 3, times: 2, probability: 0.5, effect: {status: 503}}
phases:
  - {state: QUEUED, polls: 2}
  - {state: RUNNING, until: go}
  - {state: BROKEN}
tracks:
  paint:
    - {state: QUEUED, until: {track: toy, failed: {state: BROKEN}}}
    - {state: RUNNING}
"""


def test_each_phase_is_shown_with_its_length_and_what_is_new_in_its_answer(shop: Shop) -> None:
    said = shop.run("show", "toy/success")

    assert said.code == 0
    assert said.lines[0] == "toy/success: It is made."
    assert said.column("state") == ["QUEUED", "RUNNING", "DONE"]
    assert said.column("progress") == ["", "0 to 100", ""]
    leaves = said.column("goes on")
    assert leaves[0] == "after 2s"
    assert leaves[1].startswith("after about 1")
    assert leaves[1].endswith("s, drawn for each job")
    assert leaves[2] == ""
    answers = said.column("answered; what is new")
    assert answers[0].endswith("state QUEUED, progress null")
    assert answers[1:] == ["state RUNNING, progress 0", "state DONE, progress null"]


def test_tracks_and_all_that_a_scenario_says_are_told(shop: Shop) -> None:
    shop.story(TWO_TRACKS)

    said = shop.run("show", "toy/story")

    assert said.lines[:7] == [
        "toy/story: One waits: for the other.",
        "Two parts of one toy.",
        "for submissions with name like bear*",
        "expires 2h after its last use",
        "cancels take 5s",
        "fault: status, call 3 on, 2 times, with probability 0.5: status 503, before the work",
        said.lines[6],
    ]
    assert said.column("track") == ["toy", "toy", "toy", "paint", "paint", "paint"]
    assert said.column("state")[3:] == ["QUEUED", "BROKEN", "RUNNING"]
    assert said.column("goes on") == [
        "after 2 polls",
        "at the signal go",
        "",
        "when toy has ended",
        "if that ended badly",
        "stays",
    ]


def test_faults_do_not_spoil_what_is_shown(shop: Shop) -> None:
    shop.story(SUCCESS + "faults: [{operation: status, effect: {wire: reset}}]\n")

    said = shop.run("show", "toy/story")

    assert said.column("answered; what is new")[-1] == "state DONE, progress null"


def test_a_refused_submission_is_shown_instead_of_phases(shop: Shop) -> None:
    shop.story(SUCCESS + "submit: {refuse: no bears}\ncancel: refuse\nexpires: {after: request}\n")

    said = shop.run("show", "toy/story")

    assert said.lines[1:4] == [
        "the submission is refused: no bears",
        "expires when its client asked for",
        "cancels are refused",
    ]
    assert said.column("what is new") == ["oops no bears"]


def test_an_expiry_from_the_submission_is_told_as_such(shop: Shop) -> None:
    shop.story(SUCCESS + "expires: {after: 1h}\n")

    assert "expires 1h after its submission" in shop.run("show", "toy/story").lines


def test_the_source_is_the_file_as_it_is(shop: Shop) -> None:
    said = shop.run("show", "toy/success", "--format", "yaml")

    assert said.out == SUCCESS


def test_a_story_without_a_script_has_no_source(shop: Shop) -> None:
    said = shop.run("show", "toy", "--format", "yaml")

    assert (said.code, said.err) == (2, "toy's story without a script has no source\n")


def test_a_diagram_has_the_states_and_the_ways_between_them(shop: Shop) -> None:
    shop.story(SUCCESS.replace("10s..20s", "10s"))

    said = shop.run("show", "toy/story", "--format", "mermaid")

    assert said.lines == [
        "---",
        "title: toy/story - It is made.",
        "---",
        "stateDiagram-v2",
        "    p1 : QUEUED",
        "    p2 : RUNNING 0 to 100",
        "    p3 : DONE",
        "    [*] --> p1",
        "    p1 --> p2 : after 2s",
        "    p2 --> p3 : after 10s",
        "    p3 --> [*]",
    ]


def test_each_track_of_a_diagram_is_a_state_of_its_own(shop: Shop) -> None:
    shop.story(TWO_TRACKS)

    said = shop.run("show", "toy/story", "--format", "mermaid")

    assert said.lines[4:] == [
        '    state "toy" as t1 {',
        "        t1p1 : QUEUED",
        "        t1p2 : RUNNING 0 to 100",
        "        t1p3 : BROKEN",
        "        [*] --> t1p1",
        "        t1p1 --> t1p2 : after 2 polls",
        "        t1p2 --> t1p3 : at the signal go",
        "        t1p3 --> [*]",
        "    }",
        '    state "paint" as t2 {',
        "        t2p1 : QUEUED",
        "        t2p1b : BROKEN",
        "        t2p2 : RUNNING 0 to 100",
        "        [*] --> t2p1",
        "        t2p1 --> t2p2 : when toy has ended",
        "        t2p1 --> t2p1b : if that ended badly",
        "        t2p1b --> [*]",
        "    }",
    ]


def test_what_never_becomes_a_job_cannot_be_drawn(shop: Shop) -> None:
    shop.story(SUCCESS + "submit: {refuse: no bears}\n")

    said = shop.run("show", "toy/story", "--format", "mermaid")

    assert (said.code, said.out) == (2, "")
    assert said.err == "toy/story has no states to draw: no job comes of it\n"


def test_a_start_by_the_client_is_a_way_on(shop: Shop) -> None:
    shop.services["toy"] = replace(shop.services["toy"], sample={"name": "bear", "slow": True})

    said = shop.run("show", "toy")

    assert said.column("goes on") == ["when the client starts it", "after 10s", ""]


def test_a_file_of_ones_own_is_shown(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SUCCESS, encoding="utf-8")

    assert shop.run("show", file).lines[0] == "toy/mine: It is made."


@pytest.mark.parametrize("name", ["toy/sucess", "toy/"])
def test_an_unknown_name_is_told(shop: Shop, name: str) -> None:
    said = shop.run("show", name)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"there is no scenario {name!r}")
