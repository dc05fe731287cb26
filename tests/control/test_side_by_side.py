"""Sandboxes: 64 clients on one server, with resets, clock jumps and faults, see only their own.

Each client's script is played twice: among all others at once, and while nobody else plays. What
it is answered has to be the same, to the byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockstatus.app import MockStatus, create_app
from mockstatus.registry import services
from mockstatus.scenario.library import Library, shipped_folder
from mockstatus.settings import Settings
from mockstatus.web.wire import ConnectionBrokenError

CLIENTS = 64
SERVICES = services()

STORIES = ("vesta/success", "vesta/failure", "vesta/retry-then-success", "vesta/slow-progress")
EFFECTS: tuple[dict[str, Any], ...] = (
    {"status": 503},
    {"wire": "reset"},
    {"delay": "10ms"},
    {"set": {"status": "LOST"}},
    {"body": "<html>"},
)
ACTIONS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(sorted(SERVICES))),
    st.tuples(st.just("play"), st.sampled_from(STORIES)),
    st.tuples(st.just("queue"), st.sampled_from(STORIES)),
    st.tuples(st.just("default"), st.sampled_from(STORIES)),
    st.tuples(st.just("status"), st.integers(0, 3)),
    st.tuples(st.just("status"), st.integers(0, 3)),
    st.tuples(st.just("cancel"), st.integers(0, 3)),
    st.tuples(st.just("advance"), st.integers(1, 100_000)),
    st.tuples(st.just("fault"), st.sampled_from(EFFECTS)),
    st.tuples(st.just("signal"), st.sampled_from(["fail", "complete", "cancel"])),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("seed"), st.integers(0, 99)),
)
SCRIPTS = st.lists(ACTIONS, min_size=3, max_size=8)


class Client:
    """One client and its tester, in a sandbox that is named after it."""

    def __init__(self, app: MockStatus, number: int) -> None:
        self.app = app
        self.name = f"client-{number}"
        self.seen: list[Any] = []

    async def play(self, script: list[tuple[str, Any]]) -> list[Any]:
        """All that it is answered, what its journal and its report say at the end included."""
        await self._begin()
        for what, more in script:
            await getattr(self, f"_{what}")(more)
            await asyncio.sleep(0)
        await self._ask("GET", "/_mock/jobs")
        await self._ask("GET", "/_mock/faults")
        await self._ask("GET", "/_mock/report")
        return self.seen

    async def _begin(self) -> None:
        await self._ask("PUT", "/_mock/clock", json={"now": "2026-01-01T00:00:00Z"})

    async def _ask(self, method: str, path: str, **more: Any) -> None:
        transport = httpx.ASGITransport(self.app)
        base = f"http://localhost/~{self.name}"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            try:
                answer = await client.request(method, path, **more)
            except ConnectionBrokenError:
                self.seen.append((method, path, "broken"))
            else:
                self.seen.append((method, path, answer.status_code, answer.text))

    async def _submit(self, service: str, scenario: str | None = None) -> None:
        made = SERVICES[service].submission(SERVICES[service].sample, {})
        headers = [(k.decode(), v.decode()) for k, v in made.headers]
        if scenario is not None:
            headers.append(("X-Mock-Scenario", scenario))
        path = f"/{service}{made.path}?{made.query}"
        await self._ask(made.method, path, content=made.body, headers=headers)

    async def _play(self, scenario: str) -> None:
        await self._submit("vesta", scenario)

    async def _call(self, what: str, number: int) -> None:
        jobs = list(self.app.world.sandboxes.look(self.name).jobs())
        if jobs:
            job = jobs[number % len(jobs)]
            calls = SERVICES[job.service].calls
            make = getattr(calls, what)
            if make is not None:
                made = make(job)
                headers = [(k.decode(), v.decode()) for k, v in made.headers]
                path = f"/{job.service}{made.path}?{made.query}"
                await self._ask(made.method, path, content=made.body, headers=headers)

    async def _status(self, number: int) -> None:
        await self._call("status", number)

    async def _cancel(self, number: int) -> None:
        await self._call("cancel", number)

    async def _queue(self, scenario: str) -> None:
        await self._ask("POST", "/_mock/next", json={"scenario": scenario})

    async def _default(self, scenario: str) -> None:
        await self._ask("PUT", "/_mock/defaults/vesta", json={"scenario": scenario})

    async def _advance(self, ms: int) -> None:
        await self._ask("POST", "/_mock/clock/advance", json={"by": f"{ms}ms"})

    async def _fault(self, effect: dict[str, Any]) -> None:
        fault = {"when": "after", "times": 1, "effect": effect}
        await self._ask("POST", "/_mock/faults", json=fault)

    async def _signal(self, signal: str) -> None:
        for job in list(self.app.world.sandboxes.look(self.name).jobs())[:1]:
            await self._ask("POST", f"/_mock/jobs/{job.id}/signals", json={"signal": signal})

    async def _reset(self, _: None) -> None:
        await self._ask("POST", "/_mock/reset")
        await self._begin()

    async def _seed(self, seed: int) -> None:
        await self._ask("PUT", "/_mock/seed", json={"seed": seed})


class NoTime:
    """Real time stands still: whether a client waited long enough must not depend on others."""

    def wall_us(self) -> int:
        return 0

    def elapsed_us(self) -> int:
        return 0


class Servers:
    """One for all at once, one for each alone."""

    def __init__(self) -> None:
        models = {name: service.scenario_model for name, service in SERVICES.items()}
        self.library = Library(models, folders=[shipped_folder()])
        self.runner = asyncio.Runner()

    def app(self) -> MockStatus:
        settings_ = Settings(seed=7, clock="manual")
        return create_app(settings_, library=self.library, source=NoTime())


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    servers = Servers()
    yield servers
    servers.runner.close()


@settings(
    max_examples=3,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(scripts=st.lists(SCRIPTS, min_size=8, max_size=8), turn=st.integers(0, 7))
def test_64_clients_see_nothing_of_each_other(
    servers: Servers, scripts: list[list[tuple[str, Any]]], turn: int
) -> None:
    # 64 different scripts of eight drawn ones: each begins at another place of another one. What is
    # drawn may ask about jobs alone: each has one.
    told = [
        [
            ("submit", "vesta"),
            *scripts[(number + turn) % 8][number // 8 % 3 :],
            *scripts[number // 8],
        ]
        for number in range(CLIENTS)
    ]

    async def all_at_once() -> list[list[Any]]:
        app = servers.app()
        clients = [Client(app, number) for number in range(CLIENTS)]
        return list(
            await asyncio.gather(
                *(client.play(script) for client, script in zip(clients, told, strict=True))
            )
        )

    async def one_by_one() -> list[list[Any]]:
        app = servers.app()
        return [await Client(app, number).play(told[number]) for number in range(CLIENTS)]

    together = servers.runner.run(all_at_once())
    alone = servers.runner.run(one_by_one())

    for number in range(CLIENTS):
        assert together[number] == alone[number], f"client {number}"
    assert all(len(seen) > 4 for seen in together)
