"""The contract that each registered service must pass, and a made-up one with them."""

from __future__ import annotations

import gc
import itertools
import json
import re
import weakref
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jsonschema
import pytest
from tester import Tester
from toy_service import SERVICE as TOY

from mockstatus.app import MockStatus, create_app
from mockstatus.registry import services
from mockstatus.runtime.job import Job
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.settings import Settings
from mockstatus.web.operation import Documented, Operation
from mockstatus.web.presentation import operation_id
from mockstatus.web.router import Found, Router
from mockstatus.web.service import Service, Submission

SERVICES: Mapping[str, Service] = {**services(), "toy": TOY}
OPERATIONS = [
    pytest.param(service, operation, id=operation_id(service, operation))
    for service in SERVICES.values()
    for operation in service.operations
]
PROBLEM = "application/problem+json"
JSON = "application/json"

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
each_operation = pytest.mark.parametrize(("service", "operation"), OPERATIONS)

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def app() -> MockStatus:
    """All services on one server, on clocks moved by hand."""
    return create_app(Settings(seed=1, clock="manual", max_sandboxes=100_000), services=SERVICES)


@pytest.fixture
def tester(app: MockStatus) -> Tester:
    """In a sandbox of one's own."""
    return Tester(app).inside(f"s{next(_numbers)}")


@pytest.fixture(scope="module")
def document(app: MockStatus) -> dict[str, Any]:
    return app.openapi()


def send(tester: Tester, service: Service, made: Submission, method: str = "") -> httpx.Response:
    """Sends what the service's own client would send."""
    query = f"?{made.query}" if made.query else ""
    headers = [(name.decode(), value.decode()) for name, value in made.headers]
    return tester.send(
        method or made.method,
        f"/{service.name}{made.path}{query}",
        headers=headers,
        content=made.body,
    )


def filled(operation: Operation) -> str:
    """The operation's path, with the examples of its parameters in their places."""
    examples = {one.name: one.example for one in operation.parameters if one.where == "path"}
    return re.sub(r"\{(\w+)\}", lambda found: str(examples[found[1]]), operation.path)


def example_of(operation: Operation) -> Submission:
    """The request that the operation's own examples make."""
    query = {
        one.name: one.example
        for one in operation.parameters
        if one.where == "query" and one.example is not None
    }
    headers = [
        (one.name.lower().encode(), str(one.example).encode())
        for one in operation.parameters
        if one.where == "header" and one.example is not None
    ]
    body = b""
    if operation.body is not None and operation.body.examples:
        kind = operation.body.media_types[0]
        body = encoded(next(iter(operation.body.examples.values())).value, kind)
        headers.append((b"content-type", kind.encode()))
    return Submission(operation.method, filled(operation), urlencode(query), tuple(headers), body)


def encoded(value: Any, kind: str) -> bytes:
    """An example as it goes over the wire."""
    if kind.startswith(JSON):
        return json.dumps(value).encode()
    if kind == "application/x-www-form-urlencoded":
        return urlencode(value).encode()
    return value if isinstance(value, bytes) else str(value).encode()


def problems_of(document: dict[str, Any], schema: Mapping[str, Any], value: Any) -> list[str]:
    """What is wrong with a value, by a schema of the document."""
    whole = {**schema, "components": document["components"]}
    validator = jsonschema.Draft202012Validator(whole)
    return [error.message for error in validator.iter_errors(value)]


def shown_of(document: dict[str, Any], service: Service, operation: Operation) -> dict[str, Any]:
    return document["paths"][f"/{service.name}{operation.path}"][operation.method.lower()]


# What it is called.


@each_service
def test_it_says_what_it_is(service):
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", service.name)
    assert service.title
    assert service.summary
    assert f"{service.client_path}/".startswith(f"/{service.name}/")


@each_service
def test_addresses_that_clients_have_built_in_lead_to_the_service(service):
    for address, path in service.hosts.items():
        assert urlsplit(address).scheme == "https"
        assert urlsplit(address).hostname
        assert f"{path}/".startswith(f"/{service.name}/")
    assert service.states
    assert len(set(service.states)) == len(service.states)


@each_service
def test_its_operations_have_names_that_faults_can_use(service):
    ids = [operation.id for operation in service.operations]

    assert len(ids) == len(set(ids))
    assert {"submit", "status", "cancel"} <= {*service.operation_names(), "cancel"}
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in service.operation_names())


@each_service
def test_every_key_of_a_scenario_is_described(service):
    schema = service.scenario_model.model_json_schema()

    for name, model in {"": schema, **schema.get("$defs", {})}.items():
        for key, told in model.get("properties", {}).items():
            assert told.get("description") or "$ref" in told or key == "service", f"{name}.{key}"


# What it declares.


@each_operation
def test_an_operation_is_found_by_its_own_path(service, operation):
    found = Router(service.operations).find(operation.method, filled(operation))

    assert isinstance(found, Found)
    assert found.operation is operation


@each_operation
def test_an_operation_is_described_in_full(service, operation):
    if not operation.is_shown:
        return
    assert operation.summary
    assert operation.description
    assert operation.tag
    assert operation.answers
    assert all(answer.description for answer in operation.answers)
    for parameter in operation.parameters:
        assert parameter.description, parameter.name
        assert parameter.example is not None or not parameter.is_required, parameter.name
    if operation.body is not None and not operation.body.media_types[0].startswith("multipart/"):
        assert operation.body.examples
    named = {one.name for one in operation.parameters if one.where == "path"}
    assert named == set(re.findall(r"\{(\w+)\}", operation.path))


@each_operation
def test_an_operation_is_shown_as_it_is_declared(service, operation, document):
    path = document["paths"].get(f"/{service.name}{operation.path}", {})

    shown = path.get(operation.method.lower())

    assert (shown is not None) == operation.is_shown
    if shown is not None:
        assert shown["operationId"] == operation_id(service, operation)
        declared = {str(answer.status) for answer in operation.answers}
        # The 503 that names a limit of the server's can come of every call.
        assert set(shown["responses"]) == declared | {"503"}


def test_nothing_is_shown_that_is_not_served(document):
    routers = {name: Router(service.operations) for name, service in SERVICES.items()}
    for path, methods in document["paths"].items():
        _, name, below = path.split("/", 2)
        for method in methods if name in routers else ():
            found = routers[name].find(method.upper(), f"/{below.replace('{', '').rstrip('}')}")
            assert isinstance(found, Found), path


def shown_examples(operation: Operation) -> Iterator[tuple[str, Any, Any]]:
    """Each example, as (what is its, model or schema, value)."""
    bodies = [operation.body] if operation.body is not None else []
    for one in [*bodies, *operation.answers]:
        for name, example in one.examples.items():
            yield name, one, example.value


@each_operation
def test_every_example_is_of_the_shape_that_is_declared(service, operation, document):
    if not operation.is_shown:
        return
    shown = shown_of(document, service, operation)
    for name, declared, value in shown_examples(operation):
        if isinstance(declared, Documented):
            content = shown["responses"][str(declared.status)]["content"]
            schema = content[declared.media_type]["schema"]
        else:
            schema = shown["requestBody"]["content"][declared.media_types[0]]["schema"]

        assert problems_of(document, schema, value) == [], name


@each_operation
def test_an_operation_answers_its_own_example_as_documented(service, operation, document, tester):
    if not operation.is_shown:
        return
    answer = send(tester, service, example_of(operation))

    shown = shown_of(document, service, operation)["responses"]
    assert str(answer.status_code) in shown, answer.text[:500]
    assert PROBLEM not in answer.headers.get("content-type", "")
    refuse_unlike(document, shown[str(answer.status_code)], answer)


def refuse_unlike(document: dict[str, Any], shown: dict[str, Any], answer: httpx.Response) -> None:
    """Fails for a body that is not of the kind and shape that is documented."""
    content = shown.get("content", {})
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not answer.content:
        return
    assert kind in content or "*/*" in content, f"{kind} is not among {list(content)}"
    schema = content.get(kind, {}).get("schema", {})
    if kind == JSON:
        assert problems_of(document, schema, answer.json()) == [], answer.text[:500]


# How it answers what it does not serve.


@each_service
@pytest.mark.parametrize("path", ["/no/such/path/at/all", "", "/%00", "/..%2f.."])
def test_an_unknown_path_is_answered_in_its_own_form(service, tester, path):
    answer = tester.send("GET", f"/{service.name}{path}")

    assert answer.status_code < 500
    assert PROBLEM not in answer.headers.get("content-type", "")
    assert "Traceback" not in answer.text


@each_operation
def test_another_method_is_answered_in_its_own_form(service, operation, tester):
    answer = tester.send("BREW", f"/{service.name}{filled(operation)}")

    assert 400 <= answer.status_code < 500
    assert PROBLEM not in answer.headers.get("content-type", "")


@each_operation
def test_a_body_that_is_too_large_is_answered_in_its_own_form(service, operation, tester):
    if operation.body is None:
        return
    made = example_of(operation)
    large = Submission(
        made.method, made.path, made.query, made.headers, b" " * (operation.body_limit + 1)
    )

    answer = send(tester, service, large)

    assert 400 <= answer.status_code < 500
    assert PROBLEM not in answer.headers.get("content-type", "")
    assert len(tester.get("/_mock/jobs")) == 0


@each_operation
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":' * 500], ids=lambda body: body[:8]
)
def test_odd_bodies_are_answered_in_its_own_form(service, operation, tester, body):
    made = example_of(operation)
    odd = Submission(made.method, made.path, made.query, made.headers, body)

    answer = send(tester, service, odd)

    shown = {answer.status for answer in operation.answers}
    assert answer.status_code in shown or answer.status_code < 500
    assert PROBLEM not in answer.headers.get("content-type", "")
    assert "Traceback" not in answer.text


@each_service
def test_a_name_in_the_header_that_there_is_not_is_a_problem_document(service, tester):
    made = service.submission(service.sample, {})
    header = (b"x-mock-scenario", b"nothing-of-that-name")

    answer = send(
        tester,
        service,
        Submission(made.method, made.path, made.query, (*made.headers, header), made.body),
    )

    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


@each_service
def test_a_status_that_a_fault_asks_for_comes_in_its_own_form(service, tester):
    tester.post("/_mock/faults", {"service": service.name, "effect": {"status": 503}})

    answer = send(tester, service, service.submission(service.sample, {}))

    assert answer.status_code == 503
    assert PROBLEM not in answer.headers.get("content-type", "")


# Its jobs.


def job(tester: Tester, service: Service, **order: Any) -> dict[str, Any]:
    return tester.post("/_mock/jobs", {"service": service.name, **order})


def stored(tester: Tester, shown: Mapping[str, Any]) -> tuple[Sandbox, Job]:
    sandbox = tester.app.world.sandboxes.look(tester.prefix.removeprefix("/~"))
    return sandbox, sandbox.job(shown["id"])


@each_service
def test_its_sample_makes_a_job(service, tester):
    made = job(tester, service, submission=dict(service.sample))

    assert made["service"] == service.name
    assert made["answer"]["status"] < 300
    assert made["tracks"]
    assert tester.job(made["id"])["id"] == made["id"]


@each_service
def test_a_status_call_counts_once_and_a_head_never(service, tester):
    made = job(tester, service)
    _, found = stored(tester, made)
    status = service.calls.status(found)

    counted = []
    for method in ("HEAD", status.method, "HEAD", status.method):
        send(tester, service, status, method)
        counted.append(tester.job(made["id"])["polls"])

    assert counted == [0, 1, 1, 2]


@each_service
def test_a_sandbox_that_is_reset_is_gone_at_once_with_all_that_the_service_kept(service, tester):
    made = job(tester, service)
    sandbox, found = stored(tester, made)
    send(tester, service, service.calls.status(found))
    held = weakref.ref(sandbox)
    del sandbox, found
    gc.collect()
    gc.disable()  # it would be found in the end; but old things are looked at seldom
    try:
        tester.post("/_mock/reset")

        assert held() is None
    finally:
        gc.enable()


@each_service
def test_a_status_call_answers_as_documented(service, tester, document):
    made = job(tester, service)
    _, found = stored(tester, made)
    status = service.calls.status(found)
    served = Router(service.operations).find(status.method, status.path)
    assert isinstance(served, Found)
    shown = shown_of(document, service, served.operation)["responses"]

    for _ in range(12):
        answer = send(tester, service, status)
        refuse_unlike(document, shown[str(answer.status_code)], answer)
        tester.advance("20s")


@each_service
@pytest.mark.parametrize("signal", ["cancel", "fail", "complete", "expire"])
def test_every_built_in_signal_ends_a_job(service, tester, signal):
    made = job(tester, service)

    ended = tester.post(f"/_mock/jobs/{made['id']}/signals", {"signal": signal})
    tester.advance("1h")
    ended = tester.job(made["id"]) | {"acted": ended["acted"]}

    assert ended["acted"]
    assert ended["gone"] or all(track["has_ended"] for track in ended["tracks"].values())


@each_service
def test_the_words_of_its_own_story_are_those_that_it_documents(service, tester):
    made = job(tester, service)
    sandbox, found = stored(tester, made)
    words = set()
    for _ in range(120):
        phases = [track.phase for track in sandbox.peek(found).tracks.values()]
        # What has not begun may be shown in no word of its own.
        words |= {service.word(one) for one in phases if one.is_begun or one.ending is not None}
        tester.advance("10s")

    assert words <= set(service.states)
    assert all(track["has_ended"] for track in tester.job(made["id"])["tracks"].values())


@each_service
def test_equal_seeds_give_equal_jobs(service, tester, app):
    def story(name: str) -> tuple[str, list[str]]:
        inside = Tester(app).inside(name)
        inside.post("/_mock/reset")
        inside.put("/_mock/seed", {"seed": 42})
        inside.put("/_mock/clock", {"mode": "manual", "now": "2026-01-01T00:00:00Z"})
        made = job(inside, service)
        inside.advance("10m")
        return made["id"], inside.job(made["id"])["history"]

    assert story(f"seeded-{service.name}") == story(f"seeded-{service.name}")


@each_service
def test_every_scenario_of_its_can_be_submitted_and_explained(service, tester, app):
    for name, loaded in app.world.library.scenarios.items():
        if loaded.service != service.name:
            continue
        order = {"service": service.name, "scenario": name}
        answer = tester.send("POST", "/_mock/jobs", json=order)
        if answer.status_code == 422:
            assert loaded.scenario.submit is not None, answer.text
            assert answer.json()["answer"]["body"]
            continue
        path = f"/_mock/jobs/{answer.json()['id']}"
        for by in ("0s", "3s", "30s", "10m", "3h"):
            tester.advance(by)
            assert tester.get(f"{path}/explain")["summary"]
            assert tester.get(path)["scenario"] == name


@each_service
def test_a_track_put_into_nonsense_is_refused(service, tester):
    made = job(tester, service)
    track = next(iter(made["tracks"]))

    for nonsense in ({"no such key": 1}, [{"state": "NO SUCH STATE"}], [{"for": 3}], []):
        tester.refused(422, "PUT", f"/_mock/jobs/{made['id']}/tracks/{track}", json=nonsense)


# Its options.


@each_service
def test_every_option_has_a_default_and_a_description(service):
    service.options_model()

    for name, info in service.options_model.model_fields.items():
        assert info.description, name


@each_service
def test_options_are_read_written_and_restored(service, tester):
    path = f"/_mock/options/{service.name}"
    defaults = tester.get(path)

    assert tester.put(path, defaults) == defaults
    assert tester.put(path, dict.fromkeys(defaults)) == defaults
