"""Waiting for a job: complete, not polled; and nothing is left behind."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest
from toy_service import SERVICE


def sandbox_of(tester):
    return tester.app.world.sandboxes.look("default")


def listeners(tester) -> int:
    return len(sandbox_of(tester)._listeners)


def wait_while(tester, toy: str, query: str, *acts) -> httpx.Response:
    """The answer to a wait, during which these things are done one after another."""

    async def both() -> httpx.Response:
        waiting = asyncio.create_task(tester.asend("GET", f"/_mock/jobs/{toy}/wait?{query}"))
        while not listeners(tester):
            await asyncio.sleep(0)
        for method, path, body in acts:
            await tester.asend(method, path, json=body)
        return await waiting

    answer = asyncio.run(both())
    assert listeners(tester) == 0
    return answer


@pytest.mark.parametrize(
    "query",
    ["polls=1", "requests=2", "state=QUEUED", "state=QUEUED&track=toy", "polls=0&requests=1"],
)
def test_what_is_true_already_is_answered_at_once(tester, query):
    toy = tester.submit("counted")
    tester.poll(toy)

    job = tester.get(f"/_mock/jobs/{toy}/wait?{query}&timeout=10m")

    assert job["id"] == toy


def test_polls_and_requests_are_totals_that_clients_bring_about(tester):
    toy = tester.submit("counted")
    poll = ("GET", f"/toy/toys/{toy}", None)

    answer = wait_while(tester, toy, "polls=3&requests=4&timeout=1m", poll, poll, poll)

    assert answer.status_code == 200
    assert (answer.json()["polls"], answer.json()["requests"]) == (3, 4)


def test_a_state_is_waited_for_until_an_advance_brings_it(tester):
    toy = tester.submit()

    answer = wait_while(
        tester, toy, "state=DONE&timeout=1m", ("POST", "/_mock/clock/advance", {"by": "1h"})
    )

    assert answer.json()["state"] == "DONE"


def test_a_state_is_waited_for_until_the_job_moves_there_by_itself(tester):
    toy = tester.submit()

    answer = wait_while(
        tester, toy, "state=DONE&timeout=1m", ("PUT", "/_mock/clock", {"mode": "x1000"})
    )

    assert answer.json()["state"] == "DONE"


@pytest.mark.parametrize(
    ("signal", "query"),
    [
        ("fail", "state=BROKEN"),
        ("fail", "state=BROKEN&track=toy"),
        ("expire", "state=expired"),
        ("expire", "state=GONE"),
    ],
)
def test_a_state_is_the_jobs_word_or_a_tracks_or_why_it_is_gone(tester, signal, query):
    toy = tester.submit()

    answer = wait_while(
        tester,
        toy,
        f"{query}&timeout=1m",
        ("POST", f"/_mock/jobs/{toy}/signals", {"signal": signal}),
    )

    assert answer.status_code == 200


def test_one_track_alone_can_be_waited_for(tester):
    toy = tester.submit("waits")

    answer = tester.send("GET", f"/_mock/jobs/{toy}/wait?state=RUNNING&track=toy&timeout=0s")

    assert answer.status_code == 408
    assert tester.get(f"/_mock/jobs/{toy}/wait?state=RUNNING&track=box&timeout=0s")


def test_a_wait_that_takes_too_long_is_408_with_the_job(tester):
    toy = tester.submit("counted")

    answer = tester.send("GET", f"/_mock/jobs/{toy}/wait?polls=1&timeout=1ms")

    assert answer.status_code == 408
    assert answer.json() == tester.job(toy)
    assert listeners(tester) == 0


def test_a_reset_ends_a_wait(tester):
    toy = tester.submit("counted")
    old = sandbox_of(tester)

    async def both() -> httpx.Response:
        waiting = asyncio.create_task(tester.asend("GET", f"/_mock/jobs/{toy}/wait?polls=1"))
        while not old._listeners:
            await asyncio.sleep(0)
        await tester.asend("POST", "/_mock/reset")
        return await waiting

    answer = asyncio.run(both())

    assert answer.status_code == 409
    assert "was reset" in answer.json()["detail"]
    assert not old._listeners


def test_a_client_that_leaves_leaves_no_listener_behind(tester):
    toy = tester.submit("counted")
    left = asyncio.Event()

    async def receive():
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        pass

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/_mock/jobs/{toy}/wait",
        "raw_path": f"/_mock/jobs/{toy}/wait".encode(),
        "query_string": b"polls=1&timeout=10m",
        "headers": [],
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": None,
        "http_version": "1.1",
        "root_path": "",
    }

    async def come_and_go() -> None:
        first = {"type": "http.request", "body": b"", "more_body": False}
        messages = [first]

        async def next_message():
            return messages.pop() if messages else await receive()

        waiting = asyncio.create_task(tester.app(scope, next_message, send))
        while not listeners(tester):
            await asyncio.sleep(0)
        left.set()
        await waiting

    asyncio.run(come_and_go())

    assert listeners(tester) == 0


def test_a_server_that_ends_leaves_no_listener_behind(tester):
    toy = tester.submit("counted")

    async def cut_short() -> None:
        waiting = asyncio.create_task(
            tester.asend("GET", f"/_mock/jobs/{toy}/wait?state=DONE&timeout=10m")
        )
        while not listeners(tester):
            await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting

    asyncio.run(cut_short())

    assert listeners(tester) == 0


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 422, "nothing to wait for"),
        ("timeout=5s", 422, "nothing to wait for"),
        ("polls=-1", 422, "expected at least 0"),
        ("polls=x", 422, "expected a whole number"),
        ("poll=3", 422, "did you mean 'polls'"),
        ("polls=1&timeout=5", 422, "has no unit"),
        ("polls=1&timeout=11m", 422, "expected at most 10m"),
        ("state=DONE&track=lid", 404, "it has toy"),
    ],
)
def test_a_wait_that_makes_no_sense_is_refused(tester, query, status, told):
    toy = tester.submit()

    problem = tester.refused(status, "GET", f"/_mock/jobs/{toy}/wait?{query}")

    assert told in problem["detail"]


class Sleeper(SERVICE.scenario_model):
    STATES = ("QUEUED", "ASLEEP")


SLEEPER = replace(SERVICE, scenario_model=Sleeper, states=("QUEUED", "AWAKE"))


def test_a_state_that_no_job_is_ever_in_is_refused_at_once(server):
    tester = server(services={"toy": SLEEPER})
    toy = tester.submit()

    problem = tester.refused(422, "GET", f"/_mock/jobs/{toy}/wait?state=asleep&timeout=10m")

    assert problem["where"] == "query.state"
    assert "expected one of QUEUED, ASLEEP, AWAKE" in problem["detail"]
    assert "did you mean 'ASLEEP'?" in problem["detail"]


@pytest.mark.parametrize(
    "state", ["QUEUED", "ASLEEP", "AWAKE", "DONE", "deleted", "expired", "never_started", "GONE"]
)
def test_any_state_that_there_is_may_be_waited_for(server, state):
    tester = server(services={"toy": SLEEPER})
    toy = tester.submit()

    answer = tester.send("GET", f"/_mock/jobs/{toy}/wait?state={state}&timeout=0s")

    assert answer.status_code in {200, 408}


def test_any_state_may_be_waited_for_in_an_unlikely_story(server):
    tester = server(services={"toy": SLEEPER})
    story = {"service": "toy", "summary": "Odd.", "phases": [{"state": "QUEUED"}], "unlikely": True}
    tester.put("/_mock/scenarios/toy/odd", story)
    toy = tester.submit("odd")

    assert tester.send("GET", f"/_mock/jobs/{toy}/wait?state=X&timeout=0s").status_code == 408
