"""Scenarios: listed, read, uploaded, removed."""

import json

import pytest

from mockstatus.app import create_app
from mockstatus.settings import Settings

OWN = "service: toy\nsummary: My own.\ndescription: It breaks.\nphases:\n  - {state: BROKEN}\n"


def upload(tester, name: str, content: str | bytes = OWN, **headers):
    return tester.good("PUT", f"/_mock/scenarios/toy/{name}", content=content, headers=headers)


def test_all_scenarios_are_listed_with_where_they_come_from(tester):
    upload(tester, "own")

    listed = {one["name"]: one for one in tester.get("/_mock/scenarios")}

    assert list(listed) == sorted(listed)
    assert listed["toy/own"] == {
        "name": "toy/own",
        "service": "toy",
        "summary": "My own.",
        "source": "uploaded",
    }
    assert listed["toy/stuck"]["source"] == "mounted"


def test_what_we_ship_is_shipped():
    from mockstatus.control.scenarios import _source
    from mockstatus.registry import services

    app = create_app(Settings(seed=1), services=services())
    sandbox = app.world.sandboxes.look("default")

    assert {_source(sandbox, one) for one in sandbox.uploads.scenarios.values()} == {"shipped"}


def test_one_scenario_is_read_as_json(tester):
    upload(tester, "own")

    assert tester.get("/_mock/scenarios/toy/own") == {
        "name": "toy/own",
        "service": "toy",
        "summary": "My own.",
        "source": "uploaded",
        "description": "It breaks.",
        "text": OWN,
        "document": {
            "service": "toy",
            "summary": "My own.",
            "description": "It breaks.",
            "phases": [{"state": "BROKEN"}],
        },
    }


@pytest.mark.parametrize(
    ("query", "accept", "is_yaml"),
    [
        ("", "application/yaml", True),
        ("", "text/x-yaml, */*", True),
        ("?format=yaml", "application/json", True),
        ("?format=json", "application/yaml", False),
        ("", "*/*", False),
    ],
)
def test_one_scenario_is_read_as_it_was_written_where_yaml_is_asked_for(
    tester, query, accept, is_yaml
):
    upload(tester, "own")

    answer = tester.send("GET", f"/_mock/scenarios/toy/own{query}", headers={"Accept": accept})

    assert (answer.text == OWN) == is_yaml
    assert answer.headers["content-type"].startswith("application/yaml") == is_yaml


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(OWN, id="YAML"),
        pytest.param(
            json.dumps(
                {"service": "toy", "summary": "\U0001f600", "phases": [{"state": "BROKEN"}]}
            ),
            id="JSON",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["application/yaml", "application/json", "text/plain", ""])
def test_an_upload_is_used_at_once_whatever_it_is_called(tester, content, kind):
    upload(tester, "own", content, **({"Content-Type": kind} if kind else {}))

    assert tester.poll(tester.submit("own")) == "BROKEN"


def test_an_upload_hides_a_mounted_one_until_it_is_removed(tester):
    before = tester.get("/_mock/scenarios/toy/stuck")
    upload(tester, "stuck")
    job = tester.submit("stuck")

    assert tester.poll(job) == "BROKEN"
    tester.delete("/_mock/scenarios/toy/stuck")

    assert tester.get("/_mock/scenarios/toy/stuck") == before
    assert tester.poll(job) == "BROKEN"


def test_uploads_are_their_sandboxs_own(tester):
    upload(tester, "own")

    tester.inside("alice").refused(404, "GET", "/_mock/scenarios/toy/own")


def test_all_problems_of_an_upload_are_told_with_line_and_column(tester):
    content = "service: toy\nsummary: s\nphases:\n  - {state: DON}\n  - {stat: DONE}\n"

    problem = tester.refused(422, "PUT", "/_mock/scenarios/toy/own", content=content)

    places = [(one["where"], one["line"], one["column"]) for one in problem["errors"]]
    assert places == [("toy/own", 4, 13), ("toy/own", 5, 6)]
    assert problem["errors"][0]["what"].endswith("did you mean 'DONE'?")
    assert problem["errors"][0]["expected"] == "one of QUEUED, RUNNING, DONE, BROKEN"
    assert "toy/own:4:13: unknown state 'DON'" in problem["detail"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("toy/own", "", "the file is empty"),
        ("toy/own", b"\xff\xfe", "not UTF-8"),
        ("toy/own", "{", "not valid YAML"),
        ("toy/own", "- 1", "expected a mapping"),
        ("toy/own", "service: other", "as its folder says"),
        ("toy/own", "[" * 100, "deep"),
        ("tox/own", OWN, "did you mean 'toy'"),
        ("toy/a b", OWN, "is no name"),
    ],
)
def test_what_is_no_scenario_is_refused(tester, name, content, told):
    problem = tester.refused(422, "PUT", f"/_mock/scenarios/{name}", content=content)

    assert told in problem["detail"] or "unknown service" in problem["detail"]


def test_an_upload_has_at_most_256_kib(tester):
    size = 256 * 1024
    padded = OWN + "#" * (size - len(OWN))

    upload(tester, "own", padded)

    tester.refused(413, "PUT", "/_mock/scenarios/toy/own", content=padded + "#")


def test_a_sandbox_takes_only_so_many_uploads(tester, monkeypatch):
    monkeypatch.setattr("mockstatus.scenario.library.MOST_UPLOADS", 1)
    upload(tester, "own")

    problem = tester.refused(409, "PUT", "/_mock/scenarios/toy/other", content=OWN)

    assert "at most 1 uploaded scenarios" in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "toy/stick", "did you mean toy/stuck"),
        ("DELETE", "toy/stuck", "there is no uploaded scenario 'toy/stuck'"),
        ("DELETE", "toy/nothing", "there is no uploaded scenario"),
        ("GET", "tox/stuck", "there is no scenario"),
    ],
)
def test_a_scenario_that_there_is_not_is_not_found(tester, method, path, told):
    problem = tester.refused(404, method, f"/_mock/scenarios/{path}")

    assert told in problem["detail"]


def test_another_format_is_refused(tester):
    problem = tester.refused(422, "GET", "/_mock/scenarios/toy/stuck?format=xml")

    assert problem["where"] == "query.format"
