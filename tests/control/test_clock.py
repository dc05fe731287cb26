"""The sandbox's clock, as a tester sets and moves it."""

import pytest

from mockstatus.runtime.clock import LATEST_US


def test_a_look_at_the_clock_makes_no_sandbox(tester):
    alice = tester.inside("alice")

    assert alice.get("/_mock/clock")["mode"] == "manual"

    assert tester.sandboxes == ("default",)


def test_a_clock_starts_at_the_instant_that_it_is_put_to(tester):
    wanted = {"mode": "manual", "now": "2030-01-01T00:00:00Z"}

    assert tester.put("/_mock/clock", wanted) == wanted
    assert tester.get("/_mock/clock") == wanted


def test_changing_the_mode_keeps_the_instant(tester):
    tester.put("/_mock/clock", {"mode": "x60"})

    after = tester.put("/_mock/clock", {"mode": "manual"})

    assert after["mode"] == "manual"
    assert after["now"].startswith("2026-01-01T00:")


@pytest.mark.parametrize(
    ("order", "now"),
    [
        pytest.param({"by": "2h"}, "2026-01-01T02:00:00Z", id="by a span"),
        pytest.param({"by": "PT1H30M"}, "2026-01-01T01:30:00Z", id="by a span of ISO 8601"),
        pytest.param({"to": "2026-01-01T00:00:05Z"}, "2026-01-01T00:00:05Z", id="to an instant"),
        pytest.param({"to": "2025-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z", id="not back"),
        pytest.param({"by": "0s"}, "2026-01-01T00:00:00Z", id="by nothing"),
    ],
)
def test_advancing_answers_mode_and_instant(tester, order, now):
    assert tester.post("/_mock/clock/advance", order) == {"mode": "manual", "now": now}


def test_advancing_works_in_every_mode(tester):
    tester.put("/_mock/clock", {"mode": "real"})

    assert tester.post("/_mock/clock/advance", {"by": "2h"})["now"] >= "2026-01-01T02:00:00"


def test_what_is_due_has_happened_when_an_advance_answers(tester):
    toy = tester.submit("stuck")

    tester.advance("1s")

    assert tester.job(toy)["state"] == "RUNNING"


def test_the_clock_goes_back_only_while_there_are_no_jobs(tester):
    tester.put("/_mock/clock", {"now": "2025-06-01T00:00:00Z"})
    tester.submit()

    problem = tester.refused(409, "PUT", "/_mock/clock", json={"now": "2025-01-01T00:00:00Z"})

    assert "reset" in problem["detail"]
    assert tester.get("/_mock/clock")["now"] == "2025-06-01T00:00:00Z"
    assert tester.put("/_mock/clock", {"now": "2025-07-01T00:00:00Z"})["now"] > "2025-06"


@pytest.mark.parametrize(
    ("method", "path", "order", "where", "told"),
    [
        ("POST", "/advance", {"by": 5}, "body.by", "has no unit"),
        ("POST", "/advance", {"by": "-5s"}, "body.by", "negative"),
        ("POST", "/advance", {"by": "soon"}, "body.by", "is not a duration"),
        ("POST", "/advance", {"to": "2026-01-01"}, "body.to", "is not an instant"),
        ("POST", "/advance", {"to": "2026-01-01T00:00:00"}, "body.to", "no zone"),
        ("POST", "/advance", {"by": None}, "body.by", "null"),
        ("POST", "/advance", {}, "body", "one of by and to"),
        ("POST", "/advance", {"by": "1s", "to": "2026-01-01T00:00:00Z"}, "body", "one of"),
        ("PUT", "", {}, "body", "mode or now"),
        ("PUT", "", {"mode": "fast"}, "body.mode", "no clock mode"),
        ("PUT", "", {"mode": "x0"}, "body.mode", "no clock mode"),
        ("PUT", "", {"mode": 5}, "body.mode", "expected"),
        ("PUT", "", {"modes": "real"}, "body.modes", "did you mean 'mode'"),
        ("PUT", "", {"now": 1}, "body.now", "expected one such as"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(tester, method, path, order, where, told):
    problem = tester.refused(422, method, f"/_mock/clock{path}", json=order)

    assert problem["where"] == where
    assert told in problem["detail"]
    assert tester.get("/_mock/clock") == {"mode": "manual", "now": "2026-01-01T00:00:00Z"}


def test_the_clock_does_not_pass_the_year_9999(tester):
    tester.app.world.sandboxes.look("default").clock.set_now(LATEST_US - 1)

    assert tester.post("/_mock/clock/advance", {"by": "0.000001s"})["now"].startswith("9999-12-31")
    problem = tester.refused(422, "POST", "/_mock/clock/advance", json={"by": "1s"})

    assert "9999" in problem["detail"]


def test_all_can_be_told_and_taken_along_in_the_last_of_years(tester):
    tester.submit()
    tester.app.world.sandboxes.look("default").clock.set_now(LATEST_US)
    tester.submit()

    page = tester.send("GET", "/_mock/report?format=html")
    snapshot = tester.get("/_mock/snapshot")
    back = tester.send("PUT", "/_mock/snapshot", json=snapshot)

    assert (page.status_code, back.status_code) == (200, 204)
    assert tester.get("/_mock/clock")["now"] == "9999-12-31T23:59:59Z"
