"""Each service's knobs."""

import pytest

DEFAULTS = {"greeting": "hello", "run_for": "10s", "colours": ["red"]}


def test_options_have_defaults(tester):
    assert tester.get("/_mock/options/toy") == DEFAULTS


def test_a_change_merges_and_is_used_by_the_next_job(tester):
    tester.put("/_mock/options/toy", {"greeting": "ho"})

    changed = tester.put("/_mock/options/toy", {"run_for": "1m", "colours": ["red", "blue"]})

    assert changed == {"greeting": "ho", "run_for": "1m", "colours": ["red", "blue"]}
    assert tester.get("/_mock/options/toy") == changed
    toy = tester.submit()
    tester.advance("1s")
    assert tester.job(toy)["next_change"] == "2026-01-01T00:01:01Z"


def test_null_restores_a_default(tester):
    tester.put("/_mock/options/toy", {"greeting": "ho", "run_for": "1m"})

    assert tester.put("/_mock/options/toy", {"greeting": None}) == {**DEFAULTS, "run_for": "1m"}
    assert tester.put("/_mock/options/toy", dict.fromkeys(DEFAULTS)) == DEFAULTS


def test_options_are_their_sandboxs_own(tester):
    tester.put("/_mock/options/toy", {"greeting": "ho"})

    assert tester.inside("alice").get("/_mock/options/toy") == DEFAULTS


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        ({"greetin": "ho"}, "body.greetin", "did you mean 'greeting'"),
        ({"greetin": None}, "body.greetin", "did you mean 'greeting'"),
        ({"greeting": 3}, "body.greeting", "greeting is 3, expected text"),
        ({"run_for": 5}, "body.run_for", "has no unit"),
        ({"colours": ["red", None]}, "body.colours[1]", "expected text"),
        ([], "body", "expected a mapping"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(tester, change, where, told):
    problem = tester.refused(422, "PUT", "/_mock/options/toy", json=change)

    assert problem["where"] == where
    assert told in problem["detail"]
    assert tester.get("/_mock/options/toy") == DEFAULTS


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_service_that_there_is_not_is_not_found(tester, method):
    body = {"json": {}} if method == "PUT" else {}

    problem = tester.refused(404, method, "/_mock/options/tox", **body)

    assert "there are toy" in problem["detail"]
