"""What stands before `/_mock`: the token, and bodies that can be read."""

import asyncio
import logging
from dataclasses import replace

import pytest
from toy_service import SERVICE

from mockstatus.control.guard import Guard

TOKEN = "tick-tock"


@pytest.fixture
def closed(server):
    return server(admin_token=TOKEN)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param(bearer("tick-tack"), id="another token"),
        pytest.param(bearer(""), id="an empty token"),
        pytest.param(bearer(TOKEN + "!"), id="more than the token"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, id="another scheme"),
        pytest.param({"Authorization": TOKEN}, id="no scheme"),
    ],
)
@pytest.mark.parametrize("path", ["/_mock/jobs", "/_mock", "/%5Fmock/jobs", "/~alice/_mock/jobs"])
def test_without_the_token_nothing_is_told(closed, path, headers):
    answer = closed.send("GET", path, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert TOKEN not in answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_with_the_token_all_is_as_without_one(closed, scheme):
    assert closed.get("/_mock/jobs", headers={"Authorization": f"{scheme} {TOKEN}"}) == []


def test_two_authorisations_are_none(closed):
    twice = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")]

    assert closed.send("GET", "/_mock/jobs", headers=twice).status_code == 401


@pytest.mark.parametrize("path", ["/_mock/health", "/~alice/_mock/health"])
def test_health_needs_no_token(closed, path):
    assert closed.get(path)["status"] == "ok"


def test_the_imitated_services_never_hear_of_the_token(closed):
    toy = closed.submit()

    assert closed.poll(toy) == "QUEUED"


def test_an_empty_token_is_none(server):
    assert server(admin_token="").get("/_mock/jobs") == []


# Bodies.


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("{", "unexpected end", id="cut short"),
        pytest.param("{'seed': 7}", "line 1", id="single quotes"),
        pytest.param('{"seed": NaN}', "line 1", id="no JSON value"),
        pytest.param('{"seed": 1} x', "line 1", id="more than one value"),
        pytest.param(b'{"seed": "\xff"}', "no JSON", id="no UTF-8"),
        pytest.param('{"seed": "\\ud800"}', "no JSON", id="half a character"),
        pytest.param('{"seed": 1e999}', "no JSON", id="a number beyond all"),
        pytest.param(nested(65), "at most 64 levels", id="too deep"),
        pytest.param('{"a":' * 65 + "1" + "}" * 65, "at most 64 levels", id="too deep, by keys"),
        pytest.param(nested(1025), "at most 64 levels", id="beyond what the parser takes"),
        pytest.param(nested(100_000), "at most 64 levels", id="far too deep"),
        pytest.param("[" * 100_000, "at most 64 levels", id="far too deep, and cut short"),
        pytest.param('["' + "[" * 100 + '\\"[", {}', "unexpected end", id="brackets in a string"),
        pytest.param('"' + "[" * 100, "no JSON", id="brackets in a string without an end"),
        pytest.param("[], " * 100, "no JSON", id="one level after another"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_where(tester, body, told):
    headers = {"Content-Type": "application/json"}

    problem = tester.refused(400, "PUT", "/_mock/seed", content=body, headers=headers)

    assert problem["where"] == "body"
    assert told in problem["detail"]


@pytest.mark.parametrize("body", [nested(64), '{"a":' * 63 + "[]" + "}" * 63])
def test_64_levels_are_not_too_deep(tester, body):
    tester.refused(422, "PUT", "/_mock/seed", content=body)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/yaml", "x", ";"]
)
def test_only_json_is_read(tester, kind):
    headers = {"Content-Type": kind}

    problem = tester.refused(415, "PUT", "/_mock/seed", content='{"seed": 7}', headers=headers)

    assert problem["where"] == "header.Content-Type"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_json_is_read_by_any_of_its_names(tester, kind):
    tester.good("PUT", "/_mock/seed", content='{"seed": 7}', headers={"Content-Type": kind})


def test_a_body_without_a_name_is_taken_for_json(tester):
    assert tester.good("PUT", "/_mock/seed", content='{"seed": 7}') == {"seed": 7}


def test_a_body_has_at_most_1_mib(tester):
    fields = {"name": "bear", "more": "x" * (1 << 20)}

    problem = tester.refused(
        413, "POST", "/_mock/jobs", json={"service": "toy", "submission": fields}
    )

    assert problem["limit"] == "body"


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_body_that_is_missing_is_asked_for(tester, method):
    path = {"PUT": "/_mock/seed", "POST": "/_mock/faults"}[method]

    problem = tester.refused(422, method, path)

    assert problem["detail"] == "body: there is none, expected a JSON object"


def test_a_client_that_leaves_before_its_request_is_whole_is_no_trouble(tester):
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": "/_mock/seed", "headers": []}
    asyncio.run(Guard(tester.app, token=None)(scope, receive, send))

    assert sent == []


def test_what_we_do_wrong_is_told_without_how_and_logged(server, caplog):
    def fail(*_):
        raise ZeroDivisionError("a secret")

    broken = server(services={"toy": replace(SERVICE, place=fail)})
    toy = broken.submit()

    with caplog.at_level(logging.ERROR):
        problem = broken.refused(500, "PUT", f"/_mock/jobs/{toy}/tracks/toy", json={})

    assert problem["detail"] == "mockstatus failed; its log says why"
    assert "a secret" in caplog.text
    assert broken.poll(toy) == "QUEUED"


@pytest.mark.parametrize("scope", ["lifespan", "websocket"])
def test_what_is_no_request_goes_through(scope):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(Guard(app, token=TOKEN)({"type": scope}, None, None))

    assert seen == [scope]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "journal"),
        ("GET", "journal?format=jsonl"),
        ("DELETE", "journal"),
        ("GET", "report"),
        ("GET", "report?format=html"),
        ("GET", "events"),
        ("GET", "snapshot"),
        ("PUT", "snapshot"),
    ],
)
def test_what_a_client_did_is_told_to_nobody_without_the_token(closed, method, path):
    assert closed.send(method, f"/_mock/{path}", json=None).status_code == 401


def test_no_token_comes_into_the_journal(closed):
    toy = closed.good("POST", "/toy/toys", json={"name": "bear"}, headers=bearer(TOKEN))["toy"]
    closed.get(f"/_mock/jobs/{toy}", headers=bearer(TOKEN))
    answer = closed.send("GET", "/_mock/journal", headers=bearer(TOKEN))

    assert answer.json()["written"] == 1
    assert TOKEN not in answer.text
