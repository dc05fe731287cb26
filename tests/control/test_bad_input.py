"""Whatever is sent to `/_mock`, it answers with a document of its own, never a 5xx."""

import asyncio
import re

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "path",
    ["/_mock", "/_mock/", "/_mock/nothing", "/_mock/jobs/", "/_mock/scenarios/toy", "/~a/_mock/x"],
)
def test_an_unknown_path_is_a_problem(tester, path):
    problem = tester.refused(404, "GET", path)

    assert problem["detail"] == f"nothing is served at {path}"


def test_an_unknown_path_beside_everything_is_a_problem_too(tester):
    tester.refused(404, "GET", "/nothing/here")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/_mock/clock", "GET, PUT"),
        ("PATCH", "/_mock/jobs/1", "DELETE, GET"),
        ("GET", "/_mock/clock/advance", "POST"),
        ("HEAD", "/_mock/jobs", "GET, POST"),
        ("OPTIONS", "/~alice/_mock/scenarios/toy/x", "DELETE, GET, PUT"),
        ("POST", "/_mock/options/toy", "GET, PUT"),
        ("BREW", "/_mock/health", "GET"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_served_is_told_which_are(tester, method, path, allowed):
    answer = tester.send(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.headers["content-type"] == "application/problem+json"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_foreign_origin_is_refused(tester):
    tester.refused(403, "GET", "/_mock/jobs", headers={"Origin": "http://evil.test"})


@pytest.mark.parametrize("path", ["/_mock/health", "/toy/toys/1", "/docs"])
def test_a_foreign_host_is_refused_on_loopback(tester, path):
    assert tester.send("GET", path, headers={"Host": "evil.test"}).status_code == 403


def test_a_host_is_taken_where_everybody_is_welcome(server):
    tester = server(host="0.0.0.0")  # noqa: S104  # nothing is bound

    assert tester.good("GET", "/_mock/health", headers={"Host": "evil.test"})


def test_a_name_of_ones_own_is_taken(server):
    tester = server(aliases=("mock.test",), public_url="https://public.test")

    for host in ("mock.test", "mock.test:8000", "public.test"):
        assert tester.good("GET", "/_mock/health", headers={"Host": host})


def routes(tester) -> list[tuple[str, str]]:
    paths = tester.get("/openapi.json")["paths"]
    return sorted(
        (method.upper(), path)
        for path, operations in paths.items()
        if path.startswith("/_mock/")
        for method, operation in operations.items()
        if "text/event-stream" not in str(operation["responses"])  # which has no end
    )


KEYS = ["service", "scenario", "submission", "signal", "track", "mode", "now", "by", "to", "seed"]
KEYS += ["count", "effect", "status", "operation", "state", "polls", "for", "phases", "summary"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
    | DOCUMENTS.map(lambda document: httpx.Request("POST", "http://x", json=document).content)
)
QUERIES = st.dictionaries(
    st.sampled_from(["limit", "offset", "service", "format", "polls", "state", "x"]),
    st.text(max_size=8),
    max_size=3,
)
SEGMENTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
KINDS = st.sampled_from(["application/json", "application/yaml", "text/plain", "", "\xff;;"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_input_makes_the_server_fail(tester, data):
    method, path = data.draw(st.sampled_from(routes(tester)), label="route")
    names = {"service": ["toy"], "job_id": [tester.submit()], "name": ["stuck"], "track": ["toy"]}
    for name in re.findall(r"\{(\w+)\}", path):
        segment = data.draw(st.sampled_from(names.get(name, ["fault-1"])) | SEGMENTS, label=name)
        path = path.replace(f"{{{name}}}", httpx.QueryParams({"s": segment}).__str__()[2:])
    query = {**data.draw(QUERIES, label="query"), "timeout": "0s"}
    kind = data.draw(KINDS, label="kind")
    body = data.draw(BODIES, label="body")

    answer = tester.send(
        method,
        path,
        params=query if "wait" in path or data.draw(st.booleans()) else {},
        content=body,
        headers={"Content-Type": kind.encode("latin-1")} if kind else {},
    )

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.status_code != 408:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert "Traceback" not in answer.text
    elif answer.status_code == 204:
        assert answer.content == b""


def test_an_answer_is_sent_to_many_at_once_without_mixing_them_up(tester):
    async def all_at_once() -> list[int]:
        orders = [
            tester.inside(f"s{number}").asend("PUT", "/_mock/seed", json={"seed": number})
            for number in range(50)
        ]
        return [answer.json()["seed"] for answer in await asyncio.gather(*orders)]

    assert asyncio.run(all_at_once()) == list(range(50))
