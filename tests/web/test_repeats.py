"""A request that comes again is answered as if it were the first, whatever happened in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.app import create_app
from mockstatus.registry import services
from mockstatus.runtime import memo
from mockstatus.scenario.durations import parse_instant
from mockstatus.services.vesta import handlers
from mockstatus.settings import Settings
from mockstatus.web import front, repeats
from mockstatus.web.service import Submission

SERVICES = services()
START_US = parse_instant("2026-01-01T00:00:00Z")
RUNNER = asyncio.Runner()

# What each service is set to, one after the other.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "vesta": [{"profile": "code"}, {"torn_reads": 1.0}, {"profile": None, "torn_reads": None}],
    "krixik": [{"dotted_status_keys": True}, {"good_keys": []}, {"good_keys": None}],
    "ukssdc": [{"api_version": 1.13}, {"registered": ["!*"]}, {"registered": None}],
}
PLACED = {
    "vesta": {"state": "PROGRESS", "for": "10s", "progress": {"from": 0, "to": 100}},
    "krixik": {"for": "10s"},
    "ukssdc": {"code": 3, "for": "10s"},
}
COUNTED = {
    "vesta": {"state": "RECEIVED", "polls": 2},
    "krixik": {"polls": 2},
    "ukssdc": {"code": 2, "polls": 2},
}


class Still:
    """Real time that stands still, so that two servers can be compared to the letter."""

    def wall_us(self) -> int:
        return START_US

    def elapsed_us(self) -> int:
        return 0


class Server:
    """A server, asked in this process. is_plain: it works every answer out anew."""

    def __init__(self, *, is_plain: bool) -> None:
        self.app = create_app(Settings(clock="manual", seed=5, max_sandboxes=9999), source=Still())
        if is_plain:
            assert isinstance(self.app._entry, repeats.Repeats)
            self.app._entry = self.app._entry._behind
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        self.client.cookies.clear()  # a session that comes back is another header each time
        return RUNNER.run(self.client.request(method, path, **more))


class Both:
    """A sandbox of the same name at both servers: whatever is asked has to be answered alike."""

    def __init__(self, service: str, number: int) -> None:
        self.service = SERVICES[service]
        self.base = f"/~case{number}"
        self.jobs: list[str] = []
        self.polls: list[Submission] = []
        self.send("PUT", "/_mock/clock", json={"mode": "manual", "now": "2026-01-01T00:00:00Z"})
        self.submit()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        quick, plain = [server.send(method, self.base + path, **more) for server in (QUICK, PLAIN)]
        assert quick.status_code == plain.status_code
        assert quick.headers.multi_items() == plain.headers.multi_items()
        assert quick.content == plain.content
        return quick

    def submit(self) -> None:
        name = self.service.name
        made = self.send("POST", "/_mock/jobs", json={"service": name})
        if made.status_code >= 400:
            return
        self.jobs.append(made.json()["id"])
        sandbox = QUICK.app.world.sandboxes.look(self.base[2:])
        assert self.service.calls is not None
        self.polls.append(self.service.calls.status(sandbox.job(self.jobs[-1])))

    def poll(self, job: int, method: str = "", **headers: str) -> httpx.Response:
        made = self.polls[job % len(self.polls)]
        query = f"?{made.query}" if made.query else ""
        more = {name.decode(): value.decode() for name, value in made.headers}
        path = f"/{self.service.name}{made.path}{query}"
        method = method or made.method
        return self.send(method, path, content=made.body, headers={**more, **headers})

    def of_job(self, job: int) -> str:
        return f"/_mock/jobs/{self.jobs[job % len(self.jobs)]}"


QUICK, PLAIN = Server(is_plain=False), Server(is_plain=True)
NUMBERS = iter(range(1_000_000))

Step = Callable[[Both], object]
jobs = st.integers(0, 1)
polls = st.builds(lambda job: lambda both: both.poll(job), jobs)
advances = st.builds(
    lambda by: lambda both: both.send("POST", "/_mock/clock/advance", json={"by": by}),
    st.sampled_from(["0.001ms", "999ms", "1s", "2s", "20s", "45s", "2h"]),
)
others = st.one_of(
    st.builds(
        lambda job, accept: lambda both: both.poll(job, accept=accept),
        jobs,
        st.sampled_from(["application/xml", "text/html", "*/*"]),
    ),
    st.builds(lambda job: lambda both: both.poll(job, "HEAD"), jobs),
    st.builds(
        lambda job, signal: (
            lambda both: both.send("POST", f"{both.of_job(job)}/signals", json={"signal": signal})
        ),
        jobs,
        st.sampled_from(["fail", "complete", "cancel", "expire"]),
    ),
    st.builds(
        lambda job, spelled: (
            lambda both: both.send(
                "PUT",
                f"{both.of_job(job)}/tracks/{track_of(both)}",
                json=spelled[both.service.name],
            )
        ),
        jobs,
        st.sampled_from([PLACED, COUNTED]),
    ),
    st.builds(
        lambda place: (
            lambda both: both.send(
                "PUT",
                f"/_mock/options/{both.service.name}",
                json=OPTIONS[both.service.name][place],
            )
        ),
        st.integers(0, 2),
    ),
    st.builds(
        lambda effect: (
            lambda both: both.send(
                "POST",
                "/_mock/faults",
                json={"operation": "status", "times": 1, "effect": effect},
            )
        ),
        st.sampled_from([{"status": 503}, {"omit": ["status"]}]),
    ),
    st.builds(lambda job: lambda both: both.send("DELETE", both.of_job(job)), jobs),
    st.just(lambda both: both.send("DELETE", "/_mock/faults")),
    st.just(lambda both: both.submit()),
    st.just(lambda both: both.send("POST", "/_mock/reset")),
)
# A choice among choices, for else the many of the last would leave little to the others.
steps = st.lists(
    st.integers(0, 3).flatmap(lambda place: (polls, advances, advances, others)[place]),
    min_size=3,
    max_size=12,
)


def track_of(both: Both) -> str:
    return {"vesta": "task", "krixik": "module_1", "ukssdc": "LightCurve"}[both.service.name]


@pytest.mark.parametrize("service", SERVICES)
@given(steps=steps)
def test_it_makes_no_difference_whether_answers_are_remembered(
    service: str, steps: list[Step]
) -> None:
    both = Both(service, next(NUMBERS))

    for step in steps:
        both.poll(0)
        step(both)
    both.poll(0)

    for path in ("/_mock/journal", "/_mock/jobs", "/_mock/report", "/_mock/options/vesta"):
        both.send("GET", path)


@pytest.fixture
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param, next(NUMBERS))


every_service = pytest.mark.parametrize("both", SERVICES, indirect=True)


def is_remembered(both: Both, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the next poll of the first job is answered without working it out."""
    worked: list[object] = []
    exchange = front.exchange

    def watched(call: Any) -> Any:
        if call.world is QUICK.app.world:
            worked.append(call)
        return exchange(call)

    with monkeypatch.context() as patch:
        patch.setattr(front, "exchange", watched)
        both.poll(0)
    return not worked


@every_service
def test_the_second_of_two_equal_polls_is_answered_from_memory(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.poll(0)

    assert is_remembered(both, monkeypatch)
    assert both.send("GET", both.of_job(0)).json()["polls"] == 2


@every_service
def test_another_header_is_another_request(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    both.poll(0, accept="text/plain")

    assert not is_remembered(both, monkeypatch)


def test_what_is_remembered_keeps_a_long_head_once_and_counts_it() -> None:
    both = Both("vesta", next(NUMBERS))
    memory = QUICK.app.world.sandboxes.look(both.base[2:]).memo

    for number in range(40):
        long = f"{number}{'x' * 60_000}"
        both.poll(0, cookie=long)
        both.poll(0, cookie=long)

    journal = QUICK.app.world.sandboxes.look(both.base[2:]).journal
    assert 60_000 < memory.size <= memo.BYTES_LIMIT
    assert 40 * 60_000 < journal.size < 41 * 61_000
    first, again = list(journal)[-2:]
    assert first.headers is again.headers


def test_stages_that_move_each_second_are_remembered_for_the_rest_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = Both("ukssdc", next(NUMBERS))
    both.send("PUT", f"{both.of_job(0)}/tracks/LightCurve", json={"code": 3})
    both.poll(0)

    assert is_remembered(both, monkeypatch)
    both.send("POST", "/_mock/clock/advance", json={"by": "1s"})
    assert not is_remembered(both, monkeypatch)


def test_a_poll_from_memory_counts_as_a_call_of_its_annotator() -> None:
    both = Both("vesta", next(NUMBERS))
    for _ in range(3):
        both.poll(0)

    memory = QUICK.app.world.sandboxes.look(both.base[2:]).stash["vesta"]
    assert isinstance(memory, handlers.Memory)
    # The submission is one, too.
    assert memory.invocations["diarisation"] == 4


def test_a_file_that_is_to_go_sooner_than_was_said_is_gone_by_then() -> None:
    both = Both("krixik", next(NUMBERS))
    both.send("POST", f"{both.of_job(0)}/signals", json={"signal": "complete"})
    shown = both.poll(0, accept="text/plain").json()
    headers = {name.decode(): value.decode() for name, value in both.polls[0].headers}
    for expire_time in (7200, 1800):
        update = {"expire_time": expire_time, **{k: shown[k] for k in ("pipeline", "file_id")}}
        both.send("POST", "/krixik/krixik-core-update", json=update, headers=headers)
        if expire_time == 7200:
            both.poll(0)

    both.send("POST", "/_mock/clock/advance", json={"by": "1800s"})

    assert both.poll(0).status_code == 400


class Raw:
    """A client below HTTP libraries. messages: what its request comes in."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        return self.messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    def ask(self, both: Both, **more: Any) -> bytes:
        made = both.polls[0]
        path = f"{both.base}/{both.service.name}{made.path}"
        scope = {
            "type": "http",
            "method": made.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": made.query.encode(),
            "headers": [(b"host", b"localhost"), *made.headers],
            "scheme": "http",
            "server": ("localhost", 80),
            **more,
        }
        RUNNER.run(QUICK.app(scope, self.receive, self.send))
        return b"".join(message.get("body", b"") for message in self.sent)


def whole(both: Both) -> dict[str, Any]:
    return {"type": "http.request", "body": both.polls[0].body}


def polls_of(both: Both) -> int:
    answer = QUICK.send("GET", both.base + both.of_job(0))
    polls: int = answer.json()["polls"]
    return polls


@every_service
@pytest.mark.parametrize("size", [1, 60, 1000])
def test_a_body_in_pieces_is_read_to_its_end(both: Both, size: int) -> None:
    body = both.polls[0].body
    first = Raw(whole(both)).ask(both)

    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    again = Raw(*messages, {"type": "http.request"}).ask(both)
    assert len(again) == len(first)
    assert polls_of(both) == 2


@every_service
def test_a_sandbox_that_is_reset_while_the_body_comes_is_the_new_one(both: Both) -> None:
    Raw(whole(both)).ask(both)
    late = Raw(whole(both))
    arrives = late.receive

    async def reset_meanwhile() -> Any:
        await QUICK.client.post(f"{both.base}/_mock/reset")
        return await arrives()

    late.receive = reset_meanwhile  # type: ignore[method-assign]
    known = Raw(whole(both)).ask(both)

    assert late.ask(both) != known
    assert QUICK.send("GET", f"{both.base}/_mock/jobs").json() == []


@every_service
def test_who_leaves_before_the_end_has_not_polled(both: Both) -> None:
    Raw(whole(both)).ask(both)

    assert Raw({"type": "http.disconnect"}).ask(both) == b""
    assert polls_of(both) == 1


@every_service
def test_a_server_that_tells_no_raw_path_is_answered_all_the_same(both: Both) -> None:
    for _ in range(2):
        assert Raw(whole(both)).ask(both, raw_path=None)

    assert polls_of(both) == 2


def test_what_is_remembered_is_bounded() -> None:
    one = memo.Memo()
    for number in range(2000):
        one.put(("path", "head", b"%d" % number), number, 1000)
        assert one.size <= memo.BYTES_LIMIT
    room = one.room("path")

    assert room is not None
    shelf = room["head"]
    assert shelf[b"1999"] == 1999
    assert 1 <= len(shelf) * 1000 <= memo.BYTES_LIMIT
    one.put(("path", "head", b"large"), "large", memo.BYTES_LIMIT + 1)
    assert b"large" not in shelf
