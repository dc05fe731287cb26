"""Finding the operation for a method and a path."""

import sys

import pytest

from mockstatus.web.answer import Answer
from mockstatus.web.operation import Operation
from mockstatus.web.router import Found, NotFound, Router


def an_operation(method: str, path: str) -> Operation:
    return Operation(
        id=f"{method} {path}", name="x", method=method, path=path, handle=lambda _: Answer(200)
    )


ROUTER = Router(
    an_operation(*line.split())
    for line in (
        "GET /",
        "GET /info",
        "GET /{svc}/info",
        "GET /{svc}/",
        "POST /{svc}/annotate",
        "POST /{svc}/annotate/{doc}",
        "POST /simple/process",
        "GET /simple/status/{id}",
        "GET /{svc}/status",
        "PUT /{svc}/status",
    )
)


@pytest.mark.parametrize(
    ("method", "path", "served", "params"),
    [
        pytest.param("GET", "/", "GET /", {}, id="the root"),
        pytest.param("GET", "/info", "GET /info", {}, id="a literal path"),
        pytest.param("GET", "/a/info", "GET /{svc}/info", {"svc": "a"}, id="a parameter"),
        pytest.param("GET", "/a/", "GET /{svc}/", {"svc": "a"}, id="a slash at the end"),
        pytest.param(
            "POST", "/a/annotate/b%2Fc", "POST /{svc}/annotate/{doc}", {"svc": "a", "doc": "b/c"},
            id="an encoded slash is part of its segment",
        ),
        pytest.param("POST", "/simple/process", "POST /simple/process", {}, id="literal first"),
        pytest.param(
            "GET", "/simple/status", "GET /{svc}/status", {"svc": "simple"},
            id="a parameter where the literal leads nowhere",
        ),
        pytest.param("HEAD", "/info", "GET /info", {}, id="HEAD is answered by GET"),
    ],
)  # fmt: skip
def test_a_call_finds_its_operation(method, path, served, params):
    found = ROUTER.find(method, path)

    assert isinstance(found, Found)
    assert (found.operation.id, found.params) == (served, params)


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        pytest.param("GET", "/nowhere", (), id="no such path"),
        pytest.param("GET", "/a/status/", (), id="slashes at the end matter"),
        pytest.param("GET", "//status", (), id="a parameter is not empty"),
        pytest.param("POST", "/a/annotate/b/c", (), id="a parameter is one segment"),
        pytest.param("DELETE", "/a/status", ("GET", "PUT"), id="another method is served"),
        pytest.param("HEAD", "/a/annotate", ("POST",), id="HEAD only where GET is"),
    ],
)
def test_what_is_not_served_tells_the_methods_that_are(method, path, methods):
    assert ROUTER.find(method, path) == NotFound(methods)


def test_one_path_and_method_is_declared_once():
    with pytest.raises(ValueError, match=r"GET /{b} is declared twice"):
        Router([an_operation("GET", "/{a}"), an_operation("GET", "/{b}")])


def test_finding_does_not_slow_with_the_number_of_operations():
    few = Router([an_operation("GET", "/x/status")])
    many = Router(
        [an_operation("GET", f"/{n}/status") for n in range(500)]
        + [an_operation("GET", "/x/status")]
    )

    assert _calls(lambda: few.find("GET", "/x/status")) == _calls(
        lambda: many.find("GET", "/x/status")
    )


def _calls(work) -> int:

    count = 0

    def profile(_frame, event, _arg):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
