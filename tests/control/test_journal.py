"""The journal over `/_mock`: all that was asked and answered, filtered, bounded, masked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mockstatus.runtime.exchange import BODY_LIMIT

if TYPE_CHECKING:
    from conftest import Tester


def test_an_exchange_is_told_in_full(tester: Tester) -> None:
    toy = tester.submit("counted")
    tester.advance("5s")
    tester.poll(toy)
    _, polled = tester.get("/_mock/journal")["exchanges"]

    assert polled["real_at"].startswith("20")
    assert {key: polled[key] for key in set(polled) - {"real_at", "request", "answer"}} == {
        "number": 2,
        "at": "2026-01-01T00:00:05Z",
        "service": "toy",
        "operation": "status",
        "kind": "poll",
        "method": "GET",
        "path": f"/toy/toys/{toy}",
        "query": "",
        "status": 200,
        "job": toy,
        "asked": toy,
        "scenario": "toy/counted",
        "phase": "QUEUED",
        "shown": "QUEUED",
        "tracks": {"toy": "QUEUED"},
        "fault": None,
        "delay": None,
        "wire": None,
        "nearest": None,
        "is_lost": False,
    }
    assert json.loads(polled["answer"]["body"])["state"] == "QUEUED"
    assert polled["answer"]["size"] == len(polled["answer"]["body"])
    assert ["content-type", "application/json"] in polled["answer"]["headers"]


def test_what_struck_is_told(tester: Tester) -> None:
    toy = tester.submit()
    effect = {"delay": "1ms", "wire": "truncate"}
    fault = tester.post("/_mock/faults", {"operation": "status", "times": 1, "effect": effect})
    with pytest.raises(Exception, match=r"."):
        tester.send("GET", f"/toy/toys/{toy}")
    struck = tester.get("/_mock/journal?operation=status")["exchanges"][0]

    assert (struck["fault"], struck["wire"], struck["delay"]) == (fault["id"], "truncate", "1ms")
    assert (struck["is_lost"], struck["shown"]) == (True, "QUEUED")


def test_a_call_struck_before_its_work_was_shown_nothing(tester: Tester) -> None:
    toy = tester.submit()
    tester.post("/_mock/faults", {"operation": "status", "effect": {"status": 503}})
    tester.send("GET", f"/toy/toys/{toy}")
    struck = tester.get("/_mock/journal")["exchanges"][-1]

    assert (struck["shown"], struck["phase"], struck["tracks"]) == (None, "QUEUED", {})


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("operation=status", [3, 4]),
        ("operation=nothing", []),
        ("service=toy", [1, 2, 3, 4, 5]),
        ("service=other", []),
        ("status=404", [5]),
        ("status=202&operation=submit", [1, 2]),
        ("since=2026-01-01T00:00:10Z", [3, 4, 5]),
        ("until=2026-01-01T00:00:10Z", [1, 2]),
        ("since=2026-01-01T00:00:10Z&until=2026-01-01T00:00:20Z", [3]),
        ("after=3", [4, 5]),
        ("limit=2", [4, 5]),
    ],
)
def test_exchanges_are_filtered(tester: Tester, query: str, numbers: list[int]) -> None:
    first = tester.submit()
    tester.submit()
    tester.advance("10s")
    tester.poll(first)
    tester.advance("10s")
    tester.poll(first)
    tester.send("DELETE", "/toy/toys/nobody")
    found = tester.get(f"/_mock/journal?{query}")

    assert [one["number"] for one in found["exchanges"]] == numbers
    assert (found["written"], found["kept"], found["dropped"]) == (5, 5, 0)


def test_exchanges_of_a_job_are_found_by_any_of_its_ids(tester: Tester) -> None:
    first, second = tester.submit(), tester.submit()
    tester.poll(second)

    for name in (second, f"nick-{second}"):
        found = tester.get(f"/_mock/journal?job={name}")["exchanges"]
        assert [one["number"] for one in found] == [2, 3]
    assert [one["job"] for one in tester.get(f"/_mock/journal?job={first}")["exchanges"]] == [first]
    tester.refused(404, "GET", "/_mock/journal?job=nobody")


def test_a_filter_that_makes_no_sense_is_refused(tester: Tester) -> None:
    for query in ("status=abc", "since=yesterday", "colour=red", "limit=0", "format=xml"):
        tester.refused(422, "GET", f"/_mock/journal?{query}")


def test_json_lines_say_the_same(tester: Tester) -> None:
    tester.poll(tester.submit())
    answer = tester.send("GET", "/_mock/journal?format=jsonl")

    assert answer.headers["content-type"] == "application/jsonl"
    assert (answer.headers["x-journal-written"], answer.headers["x-journal-dropped"]) == ("2", "0")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == tester.get("/_mock/journal")["exchanges"]


def test_long_bodies_are_cut_and_say_so(tester: Tester) -> None:
    name = "x" * (2 * BODY_LIMIT)
    tester.submit(name=name)
    found = tester.get("/_mock/journal")
    request = found["exchanges"][0]["request"]

    assert request["is_cut"]
    assert request["size"] > 2 * BODY_LIMIT
    assert len(request["body"]) == BODY_LIMIT == found["body_limit"]


def test_what_was_dropped_is_counted(tester: Tester) -> None:
    sandbox = tester.app.world.sandboxes.look("default")
    sandbox.journal._entries_limit = 2
    for _ in range(5):
        tester.submit()
    found = tester.get("/_mock/journal")

    assert (found["written"], found["dropped"], found["kept"]) == (5, 3, 2)


def test_an_emptied_journal_goes_on_counting(tester: Tester) -> None:
    tester.submit()
    tester.delete("/_mock/journal")
    tester.submit()
    found = tester.get("/_mock/journal")

    assert [one["number"] for one in found["exchanges"]] == [2]


def test_secrets_are_masked_wherever_they_are(tester: Tester) -> None:
    secrets = {"Authorization": "Bearer hush", "Cookie": "id=hush", "X-Api-Key": "hush"}
    tester.send(
        "POST", "/toy/toys?token=hush&a=1", json={"name": "bear", "apiKey": "hush"}, headers=secrets
    )
    for form in ("json", "jsonl"):
        answer = tester.send("GET", f"/_mock/journal?format={form}")
        assert "hush" not in answer.text
        assert "bear" in answer.text


def test_looking_makes_no_sandbox(tester: Tester) -> None:
    elsewhere = tester.inside("elsewhere")
    assert elsewhere.get("/_mock/journal")["exchanges"] == []
    elsewhere.delete("/_mock/journal")
    assert elsewhere.get("/_mock/report")["coverage"] == {}

    assert "elsewhere" not in tester.sandboxes


def test_sandboxes_keep_their_journals_apart(tester: Tester) -> None:
    tester.inside("alice").submit()

    assert tester.get("/_mock/journal")["exchanges"] == []
    (found,) = tester.inside("alice").get("/_mock/journal")["exchanges"]
    assert found["path"] == "/~alice/toy/toys"


def test_an_explanation_names_the_last_exchanges_of_the_job(tester: Tester) -> None:
    other, toy = tester.submit(), tester.submit("counted")
    tester.poll(other)
    for _ in range(6):
        tester.poll(toy)
    told = tester.get(f"/_mock/jobs/{toy}/explain")

    assert [one["number"] for one in told["exchanges"]] == [5, 6, 7, 8, 9]
    assert told["exchanges"][-1]["shown"] == "DONE"
    assert "last called at 2026-01-01T00:00:00Z (status, exchange 9), got 200" in told["summary"]
    assert "was shown DONE" in told["summary"]


def test_a_wait_says_where_in_the_journal_it_ended(tester: Tester) -> None:
    toy = tester.submit()
    tester.poll(toy)
    answer = tester.send("GET", f"/_mock/jobs/{toy}/wait?polls=1")
    assert answer.headers["x-last-exchange"] == "2"
    assert tester.get("/_mock/journal?after=2")["exchanges"] == []
    made = tester.post("/_mock/jobs", {"service": "toy"})
    answer = tester.send("GET", f"/_mock/jobs/{made['id']}/wait?state=QUEUED")
    assert "x-last-exchange" not in answer.headers
