"""Server-sent events: submissions, transitions, faults, told when they happen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mockstatus.control.events import Feed
from mockstatus.control.here import Here
from mockstatus.control.watching import VISITS_LIMIT, Watch
from mockstatus.server import ThreadServer

if TYPE_CHECKING:
    from conftest import Tester

Events = Iterator[tuple[str, Any]]


@pytest.fixture
def follow() -> Iterator[Callable[..., Any]]:
    """Follows a sandbox's events over a real socket; the first, `ready`, has come already."""

    @contextmanager
    def make(tester: Tester, query: str = "") -> Iterator[Events]:
        with ThreadServer(tester.app) as server, httpx.Client(timeout=60) as client:
            url = f"{server.url}{tester.prefix}/_mock/events?{query}"
            with client.stream("GET", url) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                events = parsed(answer.iter_lines())
                assert next(events)[0] == "ready"
                yield events

    return make


def parsed(lines: Iterator[str]) -> Events:
    event, data = "", ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            data = value
        elif not line and data:
            yield event, json.loads(data)
            event, data = "", ""


def test_a_submission_and_its_transitions_are_told_in_order(tester: Tester, follow: Any) -> None:
    with follow(tester, "limit=3") as events:
        toy = tester.submit()
        tester.advance("1m")
        told = list(events)

    about = {"service": "toy", "job": toy}
    assert told == [
        (
            "submitted",
            {"at": "2026-01-01T00:00:00Z", **about, "scenario": None, "number": 1},
        ),
        (
            "transition",
            {
                "at": "2026-01-01T00:00:01Z",
                **about,
                "track": "toy",
                "from": "QUEUED",
                "to": "RUNNING",
            },
        ),
        (
            "transition",
            {
                "at": "2026-01-01T00:00:11Z",
                **about,
                "track": "toy",
                "from": "RUNNING",
                "to": "DONE",
            },
        ),
    ]


def test_a_transition_is_told_when_it_happens_not_when_somebody_looks(
    server: Callable[..., Tester], follow: Any
) -> None:
    tester = server(clock="x1000")
    with follow(tester, "limit=3") as events:
        tester.submit()
        told = [data.get("to") for _, data in events]

    assert told == [None, "RUNNING", "DONE"]


def test_polls_and_the_tester_move_jobs_too(tester: Tester, follow: Any) -> None:
    toy = tester.submit("counted")
    with follow(tester, "limit=4") as events:
        for _ in range(2):
            tester.poll(toy)
        tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "fail"})
        tester.put(f"/_mock/jobs/{toy}/tracks/toy", {"state": "QUEUED"})
        tester.delete(f"/_mock/jobs/{toy}")
        told = list(events)

    assert [(kind, data.get("to") or data.get("why")) for kind, data in told] == [
        ("transition", "RUNNING"),
        ("transition", "BROKEN"),
        ("transition", "QUEUED"),
        ("gone", "deleted"),
    ]


def test_faults_are_told_with_what_they_struck(tester: Tester, follow: Any) -> None:
    toy = tester.submit()
    fault = tester.post("/_mock/faults", {"operation": "status", "effect": {"status": 503}})
    with follow(tester, "limit=1") as events:
        tester.send("GET", f"/toy/toys/{toy}")
        ((kind, data),) = list(events)

    assert kind == "fault"
    assert (data["fault"], data["operation"], data["job"], data["exchange"], data["status"]) == (
        fault["id"],
        "status",
        toy,
        2,
        503,
    )


def test_a_reader_can_ask_for_one_job_alone(tester: Tester, follow: Any) -> None:
    first, second = tester.submit(), tester.submit()
    with follow(tester, f"limit=2&job={second}") as events:
        tester.advance("1m")
        told = list(events)

    assert {data["job"] for _, data in told} == {second}
    assert first != second


def test_a_reset_is_told_and_the_new_sandbox_followed(tester: Tester, follow: Any) -> None:
    tester.submit()
    with follow(tester, "limit=2") as events:
        tester.post("/_mock/reset")
        tester.submit()
        told = list(events)

    assert [kind for kind, _ in told] == ["reset", "submitted"]


def test_listening_makes_no_sandbox_and_misses_nothing_of_one_that_comes(
    tester: Tester, follow: Any
) -> None:
    alice = tester.inside("alice")
    with follow(alice, "limit=1") as events:
        assert "alice" not in tester.sandboxes
        tester.submit()
        toy = alice.submit()
        told = list(events)

    assert [(kind, data["job"]) for kind, data in told] == [("submitted", toy)]


def test_a_reader_that_is_too_slow_is_told_how_much_it_missed(tester: Tester) -> None:
    async def slow() -> list[Any]:
        feed = Feed(Here(tester.app.world, "default", ""), limit=3)
        watching = asyncio.create_task(feed.watch())
        await asyncio.sleep(0)
        for _ in range(5):
            await tester.asend("POST", "/toy/toys", json={"name": "bear"})
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        told = feed.told()
        found = [await anext(told) for _ in range(4)]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return [*found, feed.taken]

    dropped, *kept, taken = asyncio.run(slow())

    assert dropped == ("dropped", {"count": 2})
    assert [data["number"] for _, data in kept] == [3, 4, 5]
    assert taken == 5


def test_transitions_beyond_what_is_told_of_one_look_are_counted(tester: Tester) -> None:
    sandbox = tester.app.world.sandboxes.look("default")
    toy = tester.submit()
    watch = Watch(tester.app.world, sandbox)
    states = [{"state": "QUEUED", "for": "1s"}, {"state": "RUNNING", "for": "1s"}]
    tester.put(f"/_mock/jobs/{toy}/tracks/toy", states * 100)
    assert len(watch.news()) == 1
    tester.advance("1h")

    news = watch.news()

    assert len(news) == VISITS_LIMIT
    assert watch.dropped == 99
    assert watch.news() == []


def test_a_watch_that_begins_late_tells_only_what_comes(tester: Tester) -> None:
    sandbox = tester.app.world.sandboxes.look("default")
    tester.submit()
    tester.advance("5s")
    watch = Watch(tester.app.world, sandbox)
    assert watch.news() == []
    assert watch.until_due_s() is None  # the clock is moved by hand

    tester.advance("1h")

    assert [(one.kind, one.data["to"]) for one in watch.news()] == [("transition", "DONE")]


def test_jobs_that_were_forgotten_are_forgotten_here_too(tester: Tester) -> None:
    sandbox = tester.app.world.sandboxes.look("default")
    toy = tester.submit()
    watch = Watch(tester.app.world, sandbox)
    sandbox.forget(sandbox.job(toy))
    tester.advance("1h")

    assert watch.news() == []
    assert watch._known == {}
