"""What jobs play that nobody chooses a scenario for."""

import pytest


def plays(tester) -> str | None:
    return tester.job(tester.submit())["scenario"]


def test_queued_scenarios_are_played_in_order_then_the_default_then_the_own_story(tester):
    assert tester.post("/_mock/next", {"scenario": "toy/stuck", "count": 2}) == {
        "toy": ["toy/stuck", "toy/stuck"]
    }
    tester.post("/_mock/next", {"scenario": "toy/counted"})
    tester.put("/_mock/defaults/toy", {"scenario": "waits"})

    played = [plays(tester) for _ in range(4)]

    assert played == ["toy/stuck", "toy/stuck", "toy/counted", "toy/waits"]
    assert tester.get("/_mock/next") == {"toy": []}
    tester.put("/_mock/defaults/toy", {"scenario": None})
    assert plays(tester) is None


def test_the_default_can_be_read(tester):
    assert tester.get("/_mock/defaults/toy") == {"service": "toy", "scenario": None}

    changed = tester.put("/_mock/defaults/toy", {"scenario": "toy/stuck"})

    assert changed == tester.get("/_mock/defaults/toy")
    assert changed == {"service": "toy", "scenario": "toy/stuck"}


@pytest.mark.parametrize(
    ("method", "path", "body", "where", "told"),
    [
        ("POST", "next", {"scenario": "toy/stick"}, "body.scenario", "did you mean toy/stuck"),
        ("POST", "next", {"scenario": "stuck"}, "body.scenario", "names no service"),
        ("POST", "next", {"scenario": "tox/stuck"}, "body.scenario", "there are toy"),
        ("POST", "next", {"scenario": "toy/stuck", "count": 0}, "body.count", "at least 1"),
        ("POST", "next", {"scenario": "toy/stuck", "count": 10_001}, "body.count", "at most"),
        ("POST", "next", {"scenario": "toy/stuck", "count": "2"}, "body.count", "whole number"),
        ("POST", "next", {}, "body", "missing key 'scenario'"),
        ("PUT", "defaults/toy", {"scenario": "stick"}, "body.scenario", "did you mean"),
        ("PUT", "defaults/toy", {"scenario": "tox/stuck"}, "body.scenario", "no scenario"),
        ("PUT", "defaults/toy", {}, "body", "missing key 'scenario'"),
        ("PUT", "defaults/toy", {"scenario": ""}, "body.scenario", "expected"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(tester, method, path, body, where, told):
    problem = tester.refused(422, method, f"/_mock/{path}", json=body)

    assert problem["where"] == where
    assert told in problem["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_service_that_there_is_not_is_not_found(tester, method):
    body = {"json": {"scenario": None}} if method == "PUT" else {}

    problem = tester.refused(404, method, "/_mock/defaults/tox", **body)

    assert problem["detail"] == "there is no service 'tox'; there are toy"


def test_a_queue_is_bounded(tester):
    tester.post("/_mock/next", {"scenario": "toy/stuck", "count": 10_000})

    problem = tester.refused(409, "POST", "/_mock/next", json={"scenario": "toy/stuck"})

    assert problem["limit"] == "queue"
