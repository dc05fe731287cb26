"""Requests that nothing serves: known to the journal and the report, with what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.registry import services
from mockstatus.report.nearest import Routes

if TYPE_CHECKING:
    from conftest import Client

ROUTES = Routes(services())
SUBMIT = "/ukssdc/user_objects/run_userobject.php"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        pytest.param(
            "POST /ukssdc/user_object/run_userobject.php", f"POST {SUBMIT}", id="a letter"
        ),
        pytest.param("POST /user_objects/run_userobject.php", f"POST {SUBMIT}", id="no service"),
        pytest.param("GET /vesta/stt/statuss", "GET /vesta/{svc}/status", id="a parameter"),
        pytest.param("GET /stt/status", "GET /vesta/{svc}/status", id="both"),
        pytest.param("GET /vesta2/stt/status", "GET /vesta/{svc}/status", id="a wrong prefix"),
        pytest.param("DELETE /vesta/stt/annotate", "POST /vesta/{svc}/annotate", id="method"),
        pytest.param("POST /ukssdc/user_object/submit", f"POST {SUBMIT}", id="by its name"),
        pytest.param("POST /krixk/krixik-core-lst", "POST /krixik/krixik-core-list", id="prefix"),
        pytest.param("GET /", None, id="nothing"),
        pytest.param("GET /favicon.ico", None, id="something else"),
    ],
)
def test_the_route_that_was_meant_is_found(asked: str, meant: str | None) -> None:
    assert ROUTES.nearest(*asked.split(" ")) == meant


@given(st.text(max_size=400), st.sampled_from(["GET", "POST", "BREW"]))
def test_any_path_can_be_compared(path: str, method: str) -> None:
    found = ROUTES.nearest(method, f"/{path}")

    assert found is None or found.partition(" ")[2].startswith("/")


def test_a_request_to_no_service_is_in_the_journal_and_in_the_report(client: Client) -> None:
    path = "/user_objects/run_userobject.php"
    assert client.send("POST", f"{path}?a=1", content=b"sent").status_code == 404
    client.send("POST", path)
    client.send("GET", "/vesta/stt/statuss")

    whole = client.good("GET", "/_mock/journal")["exchanges"]
    first = whole[0]
    assert (first["service"], first["operation"], first["status"]) == (None, "missing", 404)
    assert (first["query"], first["request"]["body"]) == ("a=1", "sent")
    assert [one["nearest"] for one in whole] == [
        f"POST {SUBMIT}",
        f"POST {SUBMIT}",
        "GET /vesta/{svc}/status",
    ]
    outside, inside = client.found("not-served")
    assert outside.text == (
        f"POST /~{client.name}{path} is not served; did you mean POST {SUBMIT}?"
    )
    assert (outside.about, outside.service, outside.exchanges) == ("test", None, [1, 2])
    assert (inside.service, inside.exchanges) == ("vesta", [3])


def test_what_is_served_has_no_nearest_route(client: Client) -> None:
    client.vesta()

    assert client.good("GET", "/_mock/journal")["exchanges"][0]["nearest"] is None
    assert client.found("not-served") == []


def test_such_a_request_makes_no_sandbox_and_the_testers_own_are_left_out(client: Client) -> None:
    client.send("GET", "/_mock/jorunal")
    client.name = "nobody-has-this-one"
    client.send("GET", "/krixk")

    kept = client.server.app.world.sandboxes.names()
    client.name = kept[-1]
    assert "nobody-has-this-one" not in kept
    assert client.good("GET", "/_mock/journal")["exchanges"] == []


def test_a_body_beyond_the_limit_is_left_out(client: Client) -> None:
    client.send("POST", "/krixk", content=b"x" * ((1 << 20) + 1))

    assert client.good("GET", "/_mock/journal")["exchanges"][0]["request"]["size"] == 0


def test_of_very_many_the_latest_are_told(client: Client) -> None:
    for number in range(102):
        client.send("GET", f"/krixik{number}/" + "a" * 300)

    found = client.found("not-served")
    assert [one.exchanges for one in found] == [[number] for number in range(3, 103)]
    assert all(len(one.text) < 300 for one in found)
