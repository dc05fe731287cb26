"""Callbacks: told at the end of each attempt, if the option says so."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from mockstatus.runtime.clock import ClockMode
from mockstatus.services.vesta import callbacks, outbound
from mockstatus.services.vesta.outbound import Reach, RefusedError, checked, is_local, post

FAR = 10.0
"""Seconds after which a test gives up on what should come at once."""


class Receiver:
    """A client's own server, which notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, dict[str, str]]] = []
        self.came = threading.Semaphore(0)
        self.answer = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                kind = self.headers["content-type"]
                receiver.told.append((self.path, kind, json.loads(body)))
                self.send_response(receiver.answer)
                self.send_header("location", receiver.url("elsewhere"))
                self.end_headers()
                receiver.came.release()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def url(self, path: str = "done") -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    @property
    def states(self) -> list[str]:
        return [body["status"] for _, _, body in self.told]

    def wait(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.came.acquire(timeout=FAR), "nobody called"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def follower(gateway: Any) -> Iterator[Any]:
    """A gateway that calls back to loopback; reset behind the test, so that nothing goes on."""
    gateway.options(callbacks="loopback")
    yield gateway
    settle(gateway)
    gateway.app.world.sandboxes.reset(gateway.sandbox.name)


def settle(gateway: Any) -> None:
    for errand in tuple(gateway.sandbox.errands):
        errand.result(timeout=FAR)


def control(gateway: Any, path: str, body: Any) -> httpx.Response:
    """A request to the control API of the same sandbox."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=gateway.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            url = gateway.prefix.removesuffix("/vesta") + f"/_mock{path}"
            return await client.post(url, json=body)

    return asyncio.run(send())


def test_an_advance_has_told_what_is_due_when_it_answers(follower: Any, receiver: Receiver) -> None:
    uuid = follower.submit(callback_url=receiver.url("a?b=c"))

    assert control(follower, "/clock/advance", {"by": "23s"}).status_code == 200
    assert receiver.told == []
    assert control(follower, "/clock/advance", {"by": "1s"}).status_code == 200

    expected = {"status": "SUCCESS", "uuid": uuid}
    assert receiver.told == [("/a?b=c", "application/json", expected)]


def test_each_attempts_end_is_told_once_and_in_order(follower: Any, receiver: Receiver) -> None:
    story = follower.scenario(
        {"state": "PROGRESS", "for": "1s"},
        {"state": "RETRY", "for": "0s"},
        {"state": "RETRY", "for": "0s"},
        {"state": "PROGRESS", "for": "0s"},
        {"state": "RETRY", "for": "10s"},
        {"state": "FAILURE"},
    )
    follower.submit(story, callback_url=receiver.url())
    for step in ("1s", "1s", "9s", "1h"):
        control(follower, "/clock/advance", {"by": step})

    assert receiver.states == ["RETRY", "RETRY", "RETRY", "FAILURE"]


def test_a_poll_that_ends_an_attempt_has_it_told(follower: Any, receiver: Receiver) -> None:
    story = follower.scenario({"state": "PENDING", "polls": 2}, {"state": "SUCCESS"})
    uuid = follower.submit(story, callback_url=receiver.url())

    follower.status(uuid)
    settle(follower)
    assert receiver.told == []
    follower.status(uuid)
    receiver.wait()

    assert receiver.states == ["SUCCESS"]


@pytest.mark.parametrize("state", ["PENDING", "PROGRESS"])
def test_a_cancelled_task_tells_nothing(follower: Any, receiver: Receiver, state: str) -> None:
    uuid = follower.submit(follower.scenario({"state": state}), callback_url=receiver.url())

    follower.cancel(uuid)
    control(follower, "/clock/advance", {"by": "5h"})

    assert receiver.told == []


def test_callbacks_are_off_by_default(gateway: Any, receiver: Receiver) -> None:
    gateway.submit(callback_url=receiver.url())

    control(gateway, "/clock/advance", {"by": "1m"})

    assert receiver.told == []
    assert gateway.sandbox.stash["vesta"].callbacks is None


def test_a_task_without_a_callback_is_not_followed(follower: Any) -> None:
    follower.submit()

    assert follower.sandbox.stash["vesta"].callbacks is None


def test_a_clock_that_runs_by_itself_brings_it_about(follower: Any, receiver: Receiver) -> None:
    follower.clock.mode = ClockMode.parse("x1000")
    follower.submit(callback_url=receiver.url())

    receiver.wait()

    assert receiver.states == ["SUCCESS"]


def test_a_clock_that_is_stopped_stops_the_timer(follower: Any, receiver: Receiver) -> None:
    follower.clock.mode = ClockMode.parse("real")
    uuid = follower.submit(callback_url=receiver.url())
    watch = follower.sandbox.stash["vesta"].callbacks
    timer = watch._timer
    assert timer is not None
    follower.status(uuid)
    assert watch._timer is timer

    follower.clock.mode = ClockMode.parse("manual")
    follower.sandbox.changed()

    assert watch._timer is None
    timer.join(FAR)
    assert not timer.is_alive()


def test_a_redirect_is_not_followed(follower: Any, receiver: Receiver) -> None:
    receiver.answer = 307
    follower.submit("vesta/success", callback_url=receiver.url())

    control(follower, "/clock/advance", {"by": "1m"})

    assert [path for path, _, _ in receiver.told] == ["/done"]


def test_a_receiver_that_fails_disturbs_nobody(follower: Any, receiver: Receiver) -> None:
    receiver.answer = 500
    for url in ("http://127.0.0.1:1/nobody", "ftp://127.0.0.1/x", "http://127.0.0.1:99999/x"):
        follower.submit(callback_url=url)
    uuid = follower.submit(callback_url=receiver.url())

    control(follower, "/clock/advance", {"by": "1m"})

    assert receiver.states == ["SUCCESS"]
    assert follower.status(uuid)["status"] == "SUCCESS"


def test_a_reset_sandbox_tells_nothing_any_more(follower: Any, receiver: Receiver) -> None:
    follower.submit(callback_url=receiver.url())
    old = follower.sandbox

    follower.app.world.sandboxes.reset(old.name)
    old.clock.advance(60_000_000)
    old.changed()

    assert not old.errands
    assert receiver.told == []


def test_only_so_many_tasks_are_followed(
    follower: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "LIMIT", 2)
    uuids = [follower.submit(callback_url=receiver.url()) for _ in range(3)]

    control(follower, "/clock/advance", {"by": "1m"})

    assert [body["uuid"] for _, _, body in receiver.told] == uuids[1:]


# What may be called.

LOOPBACK = ipaddress.ip_address("127.0.0.1")
ELSEWHERE = ipaddress.ip_address("192.0.2.7")


@pytest.mark.parametrize(
    ("addresses", "port", "reach"),
    [
        pytest.param([LOOPBACK], 9000, Reach(True, 8000), id="loopback"),
        pytest.param([ELSEWHERE], 8000, Reach(False, 8000), id="another machine"),
        pytest.param([LOOPBACK], 8000, Reach(False, None), id="no port of our own"),
    ],
)
def test_an_address_that_may_be_called(addresses: Any, port: int, reach: Reach) -> None:
    assert checked(addresses, port, reach) == addresses[0]


@pytest.mark.parametrize(
    ("addresses", "port", "reach"),
    [
        pytest.param([ELSEWHERE], 80, Reach(True, 8000), id="not loopback"),
        pytest.param([LOOPBACK, ELSEWHERE], 80, Reach(True, 8000), id="one of them is not"),
        pytest.param([LOOPBACK], 8000, Reach(True, 8000), id="our own port"),
        pytest.param(
            [ipaddress.IPv4Address(0)], 8000, Reach(False, 8000), id="our own, unspecified"
        ),
    ],
)
def test_an_address_that_may_not_be_called(addresses: Any, port: int, reach: Reach) -> None:
    with pytest.raises(RefusedError):
        checked(addresses, port, reach)


def test_this_machines_addresses_are_known() -> None:
    assert is_local(LOOPBACK)
    assert is_local(ipaddress.ip_address("::1"))
    assert not is_local(ELSEWHERE)
    assert not is_local(ipaddress.ip_address("2001:db8::1"))


def test_an_address_that_cannot_be_reached_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr(outbound.socket, "socket", unreachable)

    assert not is_local(ELSEWHERE)


def test_an_ipv4_address_in_disguise_is_seen_through() -> None:
    assert outbound._plain(ipaddress.ip_address("::ffff:127.0.0.1")) == LOOPBACK
    assert outbound._plain(ipaddress.ip_address("::1")).is_loopback


def test_a_name_is_resolved_before_it_is_called(receiver: Receiver) -> None:
    url = receiver.url().replace("127.0.0.1", "localhost")

    post(url, b"{}", Reach(only_loopback=True, own_port=None))

    assert receiver.told == [("/done", "application/json", {})]


def test_our_own_port_is_not_called(receiver: Receiver) -> None:
    post(receiver.url(), b"{}", Reach(only_loopback=False, own_port=receiver.server.server_port))

    assert receiver.told == []


def test_https_wants_a_certificate_that_is_trusted(receiver: Receiver) -> None:
    url = receiver.url().replace("http:", "https:")

    post(url, b"{}", Reach(only_loopback=True, own_port=None))

    assert receiver.told == []


def test_the_gateway_knows_its_own_port(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = []

    class Noted(callbacks.Callbacks):
        def follow(self, *followed_by: Any) -> None:
            followed.append(followed_by[-1])

    monkeypatch.setattr("mockstatus.services.vesta.handlers.Callbacks", Noted)
    gateway.options(callbacks="any")

    async def send() -> None:
        transport = httpx.ASGITransport(app=gateway.app)
        async with httpx.AsyncClient(transport=transport) as client:
            query = "doc_url=http://h/a&callback_url=http://h/b"
            url = f"http://127.0.0.1:8123{gateway.prefix}/stt/annotate?{query}"
            assert (await client.post(url)).status_code == 200

    asyncio.run(send())

    assert followed == [Reach(only_loopback=False, own_port=8123)]
