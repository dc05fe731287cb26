"""What faults make of answers."""

from types import SimpleNamespace

import pytest

from mockstatus.domain.fault import Between, Effect
from mockstatus.web.answer import Answer, json_answer, reason, text_answer
from mockstatus.web.effects import changed, instead

SERVICE = SimpleNamespace(
    status_answer=lambda _call, status: text_answer(f"own {status}", status),
    error_answer=lambda _call, error: json_answer({"error": dict(error)}, 418),
)
CALL = SimpleNamespace(service=SERVICE)


@pytest.mark.parametrize(
    ("effect", "status", "body", "content_type"),
    [
        pytest.param(
            Effect(status=503), 503, b"own 503", "text/plain; charset=utf-8", id="own body"
        ),
        pytest.param(
            Effect(status=502, body="<p>", content_type="text/html"), 502, b"<p>", "text/html",
            id="another body",
        ),
        pytest.param(
            Effect(body="hä"), 200, "hä".encode(), "text/plain; charset=utf-8", id="200 at first"
        ),
        pytest.param(
            Effect(error={"code": 205}), 418, b'{"error":{"code":205}}', "application/json",
            id="an error in the service's own form",
        ),
    ],
)  # fmt: skip
def test_an_answer_in_place_of_the_services_own(effect, status, body, content_type):
    answer = instead(CALL, effect)

    assert (answer.status, answer.body, answer.content_type) == (status, body, content_type)
    assert changed(CALL, effect, Answer(200, b"real")) == answer


def test_where_only_the_connection_matters_the_answer_is_empty():
    assert instead(CALL, Effect()) == Answer(200)


def test_headers_take_the_place_of_those_of_the_same_name():
    answer = changed(
        CALL,
        Effect(headers=(("Retry-After", "5"), ("Content-Type", "x/y")), delay=Between(0, 0)),
        json_answer({"a": 1}),
    )

    assert answer.headers == ((b"retry-after", b"5"), (b"content-type", b"x/y"))
    assert answer.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("omit", "put", "expected"),
    [
        pytest.param(("a",), {}, {"b": {"c": 2}}, id="left out"),
        pytest.param((), {"a": 9}, {"a": 9, "b": {"c": 2}}, id="set"),
        pytest.param((), {"n": None}, {"a": 1, "b": {"c": 2}, "n": None}, id="added"),
        pytest.param(("b.c",), {"b.d": 3}, {"a": 1, "b": {"d": 3}}, id="within an object"),
        pytest.param(("x", "a.y"), {"q.r": 1}, {"a": 1, "b": {"c": 2}}, id="no such place"),
    ],
)
def test_fields_of_the_real_answer_are_left_out_and_set(omit, put, expected):
    real = json_answer({"a": 1, "b": {"c": 2}})

    answer = changed(CALL, Effect(omit=omit, put=put), real)

    assert answer.document == expected
    assert answer.body == real.encode(expected)
    assert real.document == {"a": 1, "b": {"c": 2}}


def test_an_answer_that_is_no_object_has_no_fields_to_change():
    real = text_answer("hello")

    assert changed(CALL, Effect(omit=("a",)), real) == real


def test_the_reason_phrase_of_a_status():
    assert (reason(404), reason(299)) == ("Not Found", "")
