"""Every effect, on every operation of every service, before and after, by tester and by scenario.

The calls are made from what each service declares: its sample, its calls, its examples.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson
import pytest

from mockstatus.app import create_app
from mockstatus.domain.fault import Wire
from mockstatus.registry import services
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.scenario.faultspec import EffectSpec, FaultSpec
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings
from mockstatus.web.operation import Kind, Operation
from mockstatus.web.service import Service, Submission
from mockstatus.web.wire import ConnectionBrokenError

SERVICES = services()
ERRORS: dict[str, dict[str, Any]] = {
    "vesta": {"code": 205},
    "ukssdc": {"ERROR": "struck"},
    "krixik": {"message": "struck"},
}

EFFECTS: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "status with headers": {"status": 429, "headers": {"Retry-After": "5"}},
    "maintenance page": {"status": 200, "body": "<html>", "content_type": "text/html"},
    "body": {"body": "struck"},
    "headers": {"headers": {"X-Struck": "yes"}},
    "delay": {"delay": "2s"},
    "delay within a range": {"delay": "1s..3s"},
    "delay with a long tail": {"delay": {"median": "1s", "sigma": 0.5, "max": "10s"}},
    "omit": {"omit": ["message"]},
    "set": {"set": {"APIVersion": 1.13}},
    "error": {"error": {}},
    **{f"wire {one}": {"wire": str(one)} for one in Wire},
}


def test_every_effect_is_among_those() -> None:
    keys = {key for effect in EFFECTS.values() for key in effect}

    assert keys == set(EffectSpec.model_fields)


@dataclass(frozen=True)
class Struck:
    """What came of a call. answer: None where the connection broke."""

    answer: httpx.Response | None


class Server:
    """One server for the whole matrix; each case has a sandbox of its own."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        models = {name: one.scenario_model for name, one in SERVICES.items()}
        settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
        self.app = create_app(settings, library=Library(models), sleep=self._sleep)
        self.runner = asyncio.Runner()
        self.cases = 0

    async def _sleep(self, seconds: float) -> None:
        await self.wait(seconds)

    async def wait(self, seconds: float) -> None:
        """What a delay does."""
        self.slept.append(seconds)

    def fresh(self) -> str:
        self.cases += 1
        self.slept.clear()
        return f"case{self.cases}"

    def sandbox(self, name: str) -> Sandbox:
        return self.app.world.sandboxes.look(name)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as one:
                return await one.request(method, path, **more)

        try:
            return self.runner.run(ask())
        except ConnectionBrokenError:
            return None

    def ask(
        self, sandbox: str, service: str, made: Submission, scenario: str | None = None
    ) -> httpx.Response | None:
        query = f"?{made.query}" if made.query else ""
        headers = [(k.decode(), v.decode()) for k, v in made.headers]
        if scenario is not None:
            headers.append(("X-Mock-Scenario", scenario))
        path = f"/~{sandbox}/{service}{made.path}{query}"
        return self.send(made.method, path, content=made.body, headers=headers)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.runner.close()


def request_for(server: Server, sandbox: str, service: Service, operation: Operation) -> Submission:
    """A call of this operation: the service's own where it says it, else as it is documented."""
    calls, jobs = service.calls, list(server.sandbox(sandbox).jobs(service.name))
    if operation.kind is Kind.SUBMIT and "{stored}" not in operation.path:
        made = service.submission(service.sample, {})
        if _fits(operation, made):
            return made
    if jobs and calls is not None:
        for make in (calls.status, calls.cancel, calls.start):
            made = make(jobs[0]) if make is not None else None
            if made is not None and _fits(operation, made):
                return made
    return _documented(operation, service, jobs[0].id if jobs else "0")


def _fits(operation: Operation, made: Submission) -> bool:
    own, asked = operation.path.split("/"), made.path.split("/")
    return (
        operation.method == made.method
        and len(own) == len(asked)
        and all(a == b or a.startswith("{") for a, b in zip(own, asked, strict=True))
    )


def _documented(operation: Operation, service: Service, job: str) -> Submission:
    examples = {one.name: one.example for one in operation.parameters}
    path = operation.path
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        path = path.replace(f"{{{name}}}", str(examples.get(name) or "x"))
    for part in ("{", "}"):
        path = path.replace(part, "")
    body = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if operation.body is not None and operation.body.examples:
        example = next(iter(operation.body.examples.values())).value
        body = example.encode() if isinstance(example, str) else orjson.dumps(example)
        headers = ((b"content-type", operation.body.media_types[0].encode()),)
    return Submission(operation.method, path, f"uuid={job}", headers, body)


def strikes(effect: dict[str, Any], answer: httpx.Response | None, slept: list[float]) -> bool:
    """Whether what came back shows the effect, so far as it can be seen from here."""
    wire = effect.get("wire")
    if wire is not None:
        return answer is None or wire in {"malformed", "garbage", "truncate"}
    if answer is None:
        return False
    if "delay" in effect:
        return len(slept) == 1
    if "headers" in effect and any(k.lower() not in answer.headers for k in effect["headers"]):
        return False
    if "body" in effect and answer.text != effect["body"]:
        return False
    return "status" not in effect or answer.status_code == effect["status"]


CASES = [
    pytest.param(service, operation, effect, when, id=f"{name}-{operation.id}-{label}-{when}")
    for name, service in SERVICES.items()
    for operation in service.operations
    for label, effect in EFFECTS.items()
    for when in ("before", "after")
]


def fault_of(
    service: Service, operation: Operation, effect: dict[str, Any], when: str
) -> dict[str, Any]:
    if "error" in effect:
        effect = {"error": ERRORS[service.name]}
    return {"operation": operation.name, "when": when, "times": 1, "effect": effect}


def can_strike(fault: dict[str, Any]) -> bool:
    """What changes the real answer can only strike after the work; the loader says so itself."""
    needs = EffectSpec.model_validate(fault["effect"]).to_domain().needs_answer
    return not (needs and fault["when"] == "before")


@pytest.mark.parametrize(("service", "operation", "effect", "when"), CASES)
def test_a_testers_fault_strikes(
    server: Server, service: Service, operation: Operation, effect: dict[str, Any], when: str
) -> None:
    fault = fault_of(service, operation, effect, when)
    sandbox = server.fresh()
    if not can_strike(fault):
        refusal = server.send("POST", f"/~{sandbox}/_mock/faults", json=fault)
        assert refusal is not None
        assert refusal.status_code == 422
        assert "after" in refusal.text
        return
    server.ask(sandbox, service.name, service.submission(service.sample, {}))
    before = server.sandbox(sandbox).numbers
    posted = server.send(
        "POST", f"/~{sandbox}/_mock/faults", json={**fault, "service": service.name}
    )
    assert posted is not None
    assert posted.status_code == 201, posted.text

    made = request_for(server, sandbox, service, operation)
    answer = server.ask(sandbox, service.name, _anew(service, operation, made))

    (struck,) = server.sandbox(sandbox).faults.all()
    assert struck.count.struck == 1
    last = [*server.sandbox(sandbox).journal][-1]
    assert last.fault == struck.fault_id
    assert strikes(fault["effect"], answer, server.slept)
    if operation.kind is Kind.SUBMIT and last.job is not None:
        assert when == "after"
    if when == "before":
        assert server.sandbox(sandbox).numbers == before
        assert last.seen is None


def _anew(service: Service, operation: Operation, made: Submission) -> Submission:
    """The same submission once more: Krixik refuses a second file of one name."""
    if service.name != "krixik" or operation.kind is not Kind.SUBMIT:
        return made
    document = orjson.loads(made.body)
    return replace(made, body=orjson.dumps({**document, "file_name": "another.txt"}))


OPERATIONS = [
    pytest.param(service, operation, when, id=f"{name}-{operation.id}-{when}")
    for name, service in SERVICES.items()
    for operation in service.operations
    for when in ("before", "after")
]


@pytest.mark.parametrize(("service", "operation", "when"), OPERATIONS)
def test_a_scenarios_faults_strike_with_every_effect(
    server: Server, service: Service, operation: Operation, when: str
) -> None:
    faults = [fault_of(service, operation, effect, when) for effect in EFFECTS.values()]
    for fault in filter(can_strike, faults):
        sandbox = server.fresh()
        story = {"service": service.name, "summary": "Struck.", **_story(service)}
        path = f"/~{sandbox}/_mock/scenarios/{service.name}/struck"
        put = server.send("PUT", path, json={**story, "faults": [fault]})
        assert put is not None
        assert put.status_code == 200, put.text
        # Calls that are about no job go by the service's default scenario.
        default = f"/~{sandbox}/_mock/defaults/{service.name}"
        server.send("PUT", default, json={"scenario": "struck"})
        if operation.kind is not Kind.SUBMIT:
            server.ask(sandbox, service.name, service.submission(service.sample, {}))
            server.slept.clear()

        made = request_for(server, sandbox, service, operation)
        answer = server.ask(sandbox, service.name, made)

        last = [*server.sandbox(sandbox).journal][-1]
        assert last.fault == f"{service.name}/struck#0", fault
        assert strikes(fault["effect"], answer, server.slept), fault
        if operation.kind is Kind.SUBMIT and when == "before":
            assert len(server.sandbox(sandbox)) == 0


def _story(service: Service) -> dict[str, Any]:
    return {
        "vesta": {"phases": [{"state": "PENDING"}]},
        "ukssdc": {"products": {"default": [{"code": 1}]}},
        "krixik": {"modules": {"default": {"then": "stuck"}}},
    }[service.name]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_submission_whose_answer_was_lost_did_happen(server: Server, name: str) -> None:
    service, sandbox = SERVICES[name], server.fresh()
    fault = {"operation": "submit", "times": 1, "when": "after", "effect": {"wire": "reset"}}
    server.send("POST", f"/~{sandbox}/_mock/faults", json=fault)

    assert server.ask(sandbox, name, service.submission(service.sample, {})) is None
    assert len(server.sandbox(sandbox)) == 1


def test_a_retry_that_arrives_during_a_delay_sees_the_new_state(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise: accept, record, transition, delay, answer."""
    sandbox = server.fresh()
    story = {
        "service": "vesta",
        "summary": "Two polls.",
        "phases": [{"state": "PENDING", "polls": 1}, {"state": "SUCCESS"}],
    }
    server.send("PUT", f"/~{sandbox}/_mock/scenarios/vesta/two", json=story)
    vesta = SERVICES["vesta"]
    made = vesta.submission(vesta.sample, {})
    accepted = server.ask(sandbox, "vesta", made, "two")
    assert accepted is not None
    uuid = accepted.json()["uuid"]
    fault = {"operation": "status", "times": 1, "when": "after", "effect": {"delay": "10m"}}
    server.send("POST", f"/~{sandbox}/_mock/faults", json=fault)
    seen: list[str] = []

    async def ask() -> str:
        transport = httpx.ASGITransport(server.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as one:
            path = f"/~{sandbox}/vesta/diarisation/status?uuid={uuid}"
            return str((await one.get(path)).json()["status"])

    async def retry_meanwhile(seconds: float) -> None:
        assert seconds == 600
        # Recorded already, and moved on, though nobody was answered yet.
        assert len([*server.sandbox(sandbox).journal]) == 2
        seen.append(f"the retry: {await ask()}")

    monkeypatch.setattr(server, "wait", retry_meanwhile)
    seen.append(f"the first call: {server.runner.run(ask())}")

    assert seen == ["the retry: SUCCESS", "the first call: PENDING"]


def test_faultspecs_of_the_matrix_are_as_scenarios_take_them() -> None:
    for effect in EFFECTS.values():
        if "error" not in effect:
            FaultSpec.model_validate({"when": "after", "effect": effect})
