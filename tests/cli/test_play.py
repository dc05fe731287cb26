"""Playing a story: what a client is answered, poll by poll."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cli.shop import SLOW_TOY, Shop

TIMED = """\
service: toy
summary: Ten seconds.
phases:
  - {state: QUEUED, for: 4s}
  - {state: RUNNING, for: 6s}
  - {state: DONE}
"""


def with_faults(*faults: str, text: str = TIMED) -> str:
    """The story with these faults."""
    return text + "faults:\n" + "".join(f"  - {fault}\n" for fault in faults)


def test_a_story_is_polled_to_its_end_at_the_interval_asked_for(shop: Shop) -> None:
    shop.story(TIMED)

    said = shop.run("play", "toy/story", "--every", "5s")

    assert said.code == 0
    assert said.lines[0] == "toy/story: Ten seconds."
    assert said.column("time") == ["0s", "0s", "5s", "10s"]
    assert said.column("call") == ["submit", "status", "status", "status"]
    assert said.column("HTTP") == ["202", "200", "200", "200"]
    assert said.column("state") == ["QUEUED", "QUEUED", "RUNNING", "DONE"]
    assert "progress 16" in said.lines[4]


def test_without_an_interval_the_length_of_the_story_gives_one(shop: Shop) -> None:
    shop.story(TIMED.replace("for: 6s", "for: 2h"))

    said = shop.run("play", "toy/story")

    assert said.column("time")[:4] == ["0s", "0s", "10m", "20m"]
    assert said.column("state")[-1] == "DONE"


def test_the_same_seed_tells_the_same_story(shop: Shop) -> None:
    runs = [shop.run("play", "toy/success", "--seed", seed).out for seed in ("7", "7", "8")]

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_a_service_alone_stands_for_its_story_without_a_script(shop: Shop) -> None:
    said = shop.run("play", "toy")

    assert said.lines[0] == "toy: the story told without a script"
    assert said.column("state")[-1] == "DONE"


def test_a_file_of_ones_own_is_played(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(TIMED, encoding="utf-8")

    said = shop.run("play", file, "--every", "10s")

    assert said.lines[0] == "toy/mine: Ten seconds."
    assert said.column("state") == ["QUEUED", "QUEUED", "DONE"]


def test_a_folder_of_ones_own_goes_before_what_is_shipped(shop: Shop, tmp_path: Path) -> None:
    own = tmp_path / "own" / "toy"
    own.mkdir(parents=True)
    (own / "success.yaml").write_text(TIMED, encoding="utf-8")

    said = shop.run("play", "toy/success", "--scenarios", own.parent)

    assert said.lines[0] == "toy/success: Ten seconds."


def test_what_the_job_waits_for_is_handed_over(shop: Shop) -> None:
    shop.services["toy"] = SLOW_TOY

    said = shop.run("play", "toy", "--every", "11s")

    assert said.column("call")[:3] == ["submit", "wind_up", "status"]
    assert said.column("HTTP")[1] == "204"
    assert said.column("state") == ["QUEUED", "RUNNING", "RUNNING", "DONE"]


def test_a_cancel_comes_at_its_time_and_before_a_poll_of_that_time(shop: Shop) -> None:
    shop.story(TIMED)

    said = shop.run("play", "toy/story", "--every", "5s", "--cancel-at", "5s")

    assert said.column("time") == ["0s", "0s", "5s", "5s"]
    assert said.column("call") == ["submit", "status", "cancel", "status"]
    assert said.column("state") == ["QUEUED", "QUEUED", "BROKEN", "BROKEN"]


def test_a_cancel_after_the_end_is_still_sent(shop: Shop) -> None:
    shop.story(TIMED)

    said = shop.run("play", "toy/story", "--every", "10s", "--cancel-at", "15s")

    assert said.column("call") == ["submit", "status", "status", "cancel", "status"]
    assert said.column("state")[2:] == ["DONE", "DONE", "DONE"]


def test_a_client_that_cannot_cancel_is_told(shop: Shop) -> None:
    toy = shop.services["toy"]
    shop.services["toy"] = replace(toy, calls=replace(toy.calls, cancel=None))

    said = shop.run("play", "toy", "--cancel-at", "5s")

    assert said.code == 2
    assert said.err == "clients of toy cannot cancel a job\n"


def test_a_service_that_does_not_say_how_its_clients_call_is_told(shop: Shop) -> None:
    shop.services["toy"] = replace(shop.services["toy"], calls=None)

    said = shop.run("play", "toy")

    assert (said.code, said.out) == (2, "")
    assert said.err == "toy does not say how its clients follow a job\n"


def test_a_story_that_is_stuck_is_told_and_left(shop: Shop) -> None:
    shop.story("service: toy\nsummary: Stuck.\nphases: [{state: RUNNING}]\n")

    said = shop.run("play", "toy/story")

    assert said.column("state")[:-1] == ["RUNNING"] * 4
    assert said.lines[-1] == "It stays like this: nothing more happens by itself."


def test_a_story_that_is_stuck_until_it_expires_is_told_so(shop: Shop) -> None:
    text = "service: toy\nsummary: Stuck.\nphases: [{state: RUNNING}]\nexpires: {after: 1h}\n"
    shop.story(text)

    said = shop.run("play", "toy/story", "--every", "5m")

    assert said.lines[-1] == "It stays like this until it expires in 50m."


def test_a_client_gives_up_after_so_many_polls(shop: Shop) -> None:
    shop.story(TIMED)

    said = shop.run("play", "toy/story", "--every", "1s", "--polls", "3")

    assert said.column("time")[:-1] == ["0s", "0s", "1s", "2s"]
    assert said.lines[-1] == "It had not ended after 3 polls."


def test_a_job_that_its_scenario_lets_expire_is_looked_at_once_more(shop: Shop) -> None:
    shop.story(TIMED + "expires: {after: 1h}\n")

    said = shop.run("play", "toy/story", "--every", "10s")

    assert said.column("time")[-1] == "1h"
    assert said.column("state")[-2:] == ["DONE", "GONE"]
    assert said.column("HTTP")[-1] == "404"


def test_faults_are_shown_with_what_came_of_the_call(shop: Shop) -> None:
    shop.story(
        with_faults(
            "{operation: status, nth: 1, effect: {status: 503, delay: 2s}}",
            "{operation: status, nth: 2, effect: {wire: reset}}",
        )
    )

    said = shop.run("play", "toy/story", "--every", "10s")

    assert said.column("HTTP") == ["202", "503", "", "none", "200"]
    assert said.column("what is new")[1:4] == [
        "oops status 503",
        "fault: status 503, delayed, before the work, 2 s late",
        "fault: connection reset, before the work",
    ]


def test_a_submission_that_a_fault_strikes_is_tried_again(shop: Shop) -> None:
    shop.story(with_faults("{operation: submit, times: 2, effect: {status: 500}}"))

    said = shop.run("play", "toy/story", "--every", "10s")

    calls = [name for name in said.column("call") if name]
    assert calls == ["submit", "submit", "submit", "status", "status"]
    assert [at for at in said.column("time") if at] == ["0s", "10s", "20s", "20s", "30s"]


def test_a_client_whose_submissions_are_all_struck_gives_up(shop: Shop) -> None:
    shop.story(with_faults("{operation: submit, effect: {status: 500}}"))

    said = shop.run("play", "toy/story")

    assert said.out.count("submit ") == 20
    assert said.lines[-1] == "No job came of it."


def test_a_lost_reply_does_not_lose_the_story(shop: Shop) -> None:
    shop.story(with_faults("{operation: submit, when: after, effect: {wire: empty}}"))

    said = shop.run("play", "toy/story", "--every", "10s")

    assert said.column("HTTP") == ["none", "200", "200"]
    assert said.column("state") == ["QUEUED", "QUEUED", "DONE"]


def test_a_refused_submission_ends_the_story(shop: Shop) -> None:
    shop.story(TIMED + "submit: {refuse: no more bears}\n")

    said = shop.run("play", "toy/story")

    assert said.code == 0
    assert said.column("what is new")[0] == "oops no more bears"
    assert said.lines[-1] == "No job came of it."


def test_bodies_are_shown_whole_where_that_is_asked_for(shop: Shop) -> None:
    page = '"<html>\\n<p>' + "x" * 300 + '"'
    shop.story(with_faults(f"{{operation: status, nth: 1, effect: {{body: {page}}}}}"))

    cut = shop.run("play", "toy/story", "--polls", "2")
    full = shop.run("play", "toy/story", "--polls", "2", "--full")

    assert "<html>\\n<p>xxx" in cut.out
    assert cut.out.count("x") < 300
    assert full.out.count("x") >= 300
    assert '  "state": "QUEUED",' in full.out


def test_what_would_disturb_a_terminal_is_escaped(shop: Shop) -> None:
    body = '"a\\e[31mb [bold]c[/bold]"'
    shop.story(with_faults(f"{{operation: status, nth: 1, effect: {{body: {body}}}}}"))

    said = shop.run("play", "toy/story")

    assert "a\\x1b[31mb [bold]c[/bold]" in said.out
    assert "\x1b" not in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["toy/sucess"], "did you mean toy/success?", id="an unknown scenario"),
        pytest.param(["success"], "did you mean toy/success?", id="a scenario without its service"),
        pytest.param(["nosuch.yaml"], "nosuch.yaml:1:1: cannot be read", id="no such file"),
        pytest.param(["toy", "--every", "5"], "--every: '5' has no unit", id="a bare number"),
        pytest.param(["toy", "--every", "0s"], "never gets on", id="an interval of nothing"),
        pytest.param(["toy", "--cancel-at", "soon"], "--cancel-at: 'soon'", id="no duration"),
        pytest.param(["toy", "--polls", "0"], "--polls", id="no poll at all"),
    ],
)
def test_wrong_use_is_told_in_words(shop: Shop, arguments: list[str], told: str) -> None:
    said = shop.run("play", *arguments)

    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert "Traceback" not in said.err


def test_a_file_with_mistakes_is_told_line_by_line(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("service: toy\nsummary: x\nphases: [{state: DON}]\n", encoding="utf-8")

    said = shop.run("play", file)

    assert said.code == 2
    assert said.err.startswith(f"{file}:3:18: unknown state 'DON'")
