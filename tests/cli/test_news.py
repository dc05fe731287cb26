"""What is new in an answer."""

from __future__ import annotations

import json

import pytest

from mockstatus.cli.news import News

ID = "8b7b90c9-c56d-4597-92ec-7e606d61a21a"


def body(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(None, {"uuid": ID}, f"uuid {ID}", id="all of a first answer"),
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 3}, "b 3", id="another value"),
        pytest.param({"a": None}, {"a": {"b": [True]}}, "a.b.0 true", id="a part where none was"),
        pytest.param({"a": 0}, {"a": False}, "nothing new", id="equal values"),
        pytest.param({"a": 1}, {"a": 1}, "nothing new", id="the same again"),
        pytest.param({"a": 1}, {}, "nothing new", id="what is gone is not told"),
        pytest.param({"a": "x"}, {"a": ID}, "nothing new", id="another id"),
        pytest.param({"a": 1}, [{"b": "c"}], "0.b c", id="a list"),
        pytest.param({}, {"a": [], "b": {}, "c": ""}, 'a [], b {}, c ""', id="empty parts"),
    ],
)
def test_only_what_is_new_is_told(before: object, after: object, told: str) -> None:
    news = News()
    if before is not None:
        news.read(body(before))

    assert news.read(body(after)) == told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"<html>\n\x1b[31m", "<html>\\n\\x1b[31m", id="a page"),
        pytest.param(b'"text"', '"text"', id="JSON, but no document"),
        pytest.param(b'{"a": 1', '{"a": 1', id="broken JSON"),
        pytest.param(b"\xff\xfe", "\ufffd\ufffd", id="no text"),
    ],
)
def test_what_is_no_json_document_is_told_as_it_is(raw: bytes, told: str) -> None:
    news = News()
    news.read(b'{"a": 1}')

    assert news.read(raw) == told
    assert news.read(b'{"a": 1}') == "nothing new"
