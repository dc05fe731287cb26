"""The tester's faults: posted, counted, taken back."""

from dataclasses import replace

import pytest
from toy_service import SERVICE

from mockstatus.scenario.faultspec import FaultSpec

SPEC = {"service": "toy", "operation": "status", "nth": 2, "effect": {"status": 503}}


def test_a_fault_strikes_and_counts(tester):
    toy = tester.submit()

    posted = tester.send("POST", "/_mock/faults", json=SPEC)
    seen = [tester.send("GET", f"/toy/toys/{toy}").status_code for _ in range(3)]

    assert posted.status_code == 201
    assert posted.json() == {
        "id": "fault-1",
        "posted": "2026-01-01T00:00:00Z",
        "seen": 0,
        "struck": 0,
        "is_over": False,
        "fault": SPEC,
    }
    assert seen == [200, 503, 200]
    [told] = tester.get("/_mock/faults")
    assert (told["seen"], told["struck"], told["is_over"]) == (2, 1, True)


def test_a_fault_without_a_service_is_for_all_of_them(tester):
    tester.post("/_mock/faults", {"operation": "submit", "effect": {"error": {"oops": "no"}}})

    assert tester.send("POST", "/toy/toys", json={"name": "bear"}).json() == {"oops": "no"}


def test_faults_are_taken_back_one_by_one_or_all(tester):
    ids = [tester.post("/_mock/faults", SPEC)["id"] for _ in range(3)]

    tester.delete(f"/_mock/faults/{ids[1]}")
    assert [one["id"] for one in tester.get("/_mock/faults")] == [ids[0], ids[2]]
    tester.delete("/_mock/faults")

    assert tester.get("/_mock/faults") == []
    problem = tester.refused(404, "DELETE", f"/_mock/faults/{ids[0]}")
    assert problem["detail"] == "unknown fault 'fault-1': there are no faults"


def test_a_fault_that_was_posted_otherwise_is_listed_too(tester):
    sandbox = tester.app.world.sandboxes.look("default")
    sandbox.faults.post(FaultSpec.model_validate(SPEC).to_domain(), 0)

    assert tester.get("/_mock/faults")[0]["fault"] == {}


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        ({"service": "tox"}, "body.service", "did you mean 'toy'"),
        ({"operation": "statu"}, "body.operation", "did you mean 'status'"),
        ({"operation": "statu", "service": None}, "body.service", "null"),
        ({"effect": {}}, "body.effect", "at least one key"),
        ({"effect": {"status": 99}}, "body.effect.status", "expected at least 200"),
        ({"effect": {"error": {"ouch": 1}}}, "body.effect.error", "toy: expected {oops: TEXT}"),
        ({"effect": {"delay": 3}}, "body.effect.delay", "has no unit"),
        ({"when": "before", "effect": {"omit": ["toy"]}}, "body.when", "expected 'after'"),
        ({"nth": 0}, "body.nth", "expected at least 1"),
        ({"nht": 1}, "body.nht", "did you mean 'nth'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(tester, change, where, told):
    problem = tester.refused(422, "POST", "/_mock/faults", json={**SPEC, **change})

    assert problem["errors"][0]["where"] == where
    assert told in problem["detail"] or told in problem["errors"][0]["what"]
    assert tester.get("/_mock/faults") == []


@pytest.mark.parametrize(
    ("service", "told"),
    [(None, {"toy", "box"}), ("toy", {"toy"}), ("box", {"box"})],
    ids=["any service", "toy", "box"],
)
def test_an_error_is_checked_by_the_services_that_it_may_strike(server, service, told):
    tester = server(services={"toy": SERVICE, "box": replace(SERVICE, name="box")})
    spec = {"operation": "status", "effect": {"error": {"code": 1}}}

    problem = tester.refused(
        422, "POST", "/_mock/faults", json=spec | ({"service": service} if service else {})
    )

    assert {error["what"].partition(":")[0] for error in problem["errors"]} == told
    assert {error["where"] for error in problem["errors"]} == {"body.effect.error"}


@pytest.mark.parametrize(
    ("service", "at", "where"),
    [
        ("toy", {"state": "ASLEP"}, "body.at.state"),
        ("toy", {"state": "ASLEEP", "track": "tail"}, "body.at.track"),
        (None, {"state": "ASLEP"}, "body.at.state"),
    ],
)
def test_a_fault_at_a_point_that_there_is_not_is_refused(server, service, at, where):
    class Sleeper(SERVICE.scenario_model):
        STATES = ("ASLEEP", "AWAKE")
        TRACKS = ("toy",)

    tester = server(services={"toy": replace(SERVICE, scenario_model=Sleeper)})
    spec = {"effect": {"status": 503}} | ({"service": service} if service else {})

    problem = tester.refused(422, "POST", "/_mock/faults", json=spec | {"at": at})
    assert [error["where"] for error in problem["errors"]] == [where]
    tester.post("/_mock/faults", spec | {"at": {"state": "ASLEEP", "track": "toy"}})


def test_a_service_that_names_no_states_takes_faults_at_any(tester):
    tester.post("/_mock/faults", SPEC | {"at": {"state": "whatever", "track": "tail"}})


def test_there_are_only_so_many_faults(tester, monkeypatch):
    monkeypatch.setattr("mockstatus.runtime.faults.FAULTS_LIMIT", 1)
    tester.post("/_mock/faults", SPEC)

    problem = tester.refused(409, "POST", "/_mock/faults", json=SPEC)

    assert problem["limit"] == "faults"


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [("submit", "POST", "/toy/toys"), ("status", "GET", "/toy/toys/none")],
    ids=["of submissions", "of calls that are about no job"],
)
def test_where_a_scenario_says_other_faults_by_now_those_strike(tester, operation, method, path):
    def tell(status):
        fault = {"operation": operation, "times": 1, "effect": {"status": status}}
        story = {"service": "toy", "summary": "A toy.", "phases": [{"state": "QUEUED"}]}
        tester.put("/_mock/scenarios/toy/own", {**story, "faults": [fault]})

    def call():
        return tester.send(method, path, json={"name": "bear"}).status_code

    tell(503)
    tester.put("/_mock/defaults/toy", {"scenario": "toy/own"})
    before = call()
    tell(500)

    assert [before, call()] == [503, 500]
    assert call() < 500
