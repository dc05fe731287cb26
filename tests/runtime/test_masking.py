"""Secrets never come out of a journal: by header, by query, by form, by JSON key."""

from urllib.parse import parse_qsl, quote

import pytest

from mockstatus.runtime.masking import (
    MASK,
    is_secret,
    masked_body,
    masked_headers,
    masked_query,
    masked_text,
)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "krixikApiKey",
        "KRIXIKAPIKEY",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "apiKey",
        "accessToken",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "client_secret",
        "userPassword",
        "key",
        "proxy-authorization",
    ],
)
def test_what_looks_like_a_secret_is_one(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["Content-Type", "uuid", "keyword", "pipeline", "monkey", "author", "UserID", "passed"]
)
def test_other_names_are_plain(name: str) -> None:
    assert not is_secret(name)


def test_headers_keep_their_names_and_lose_their_secrets() -> None:
    headers = [(b"krixikapikey", b"hush"), (b"accept", b"*/*")]

    assert masked_headers(headers) == [("krixikapikey", MASK), ("accept", "*/*")]


def test_queries_are_left_alone_where_there_is_nothing_to_hide() -> None:
    assert masked_query(b"a=1&b=%20x&&c") == "a=1&b=%20x&&c"
    assert masked_query(b"a=1&token=hush&b=%20x") == f"a=1&token={MASK}&b=%20x"


FORM = (
    b'--xx\r\nContent-Disposition: form-data; name="X-Amz-Signature"\r\n\r\nhush\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\ntext\r\n--xx--\r\n"
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a": {"api_key": "hush", "b": [{"token": "hush"}]}}', "application/json"),
        (b'{"password":"hush","rest": 1', "text/plain"),
        (b'{"n": 1, "token": "hush', "application/json"),
        (b"user=me&password=hush", "application/x-www-form-urlencoded; charset=utf-8"),
        (FORM, "multipart/form-data; boundary=xx"),
        (FORM.replace(b"hush\r\n--xx", b"hush"), "multipart/form-data; boundary=xx"),
    ],
)
def test_bodies_lose_their_secrets_whole_or_cut(body: bytes, kind: str) -> None:
    masked = masked_body(body, kind)

    assert "hush" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("http://me:hush@h/a.wav", "http://me:***@h/a.wav"),
        ("no such file: ftp://:hush@h/x?y", "no such file: ftp://:***@h/x?y"),
        (
            "https://h/a?part=1&X-Amz-Signature=hush#top",
            "https://h/a?part=1&X-Amz-Signature=***#top",
        ),
        ("/a?access%5Ftoken=hush&b=2", "/a?access%5Ftoken=***&b=2"),
        ("http://h:8000/a?b=me@there", "http://h:8000/a?b=me@there"),
        ("Really? key=none", "Really? key=none"),
    ],
)
def test_addresses_lose_their_passwords_and_secret_parameters(text: str, masked: str) -> None:
    assert masked_text(text) == masked
    assert masked_headers([(b"Referer", text.encode())]) == [("Referer", masked)]
    assert masked_body(text.encode(), "text/plain") == masked
    assert masked_body(f'{{"a": ["{text}"]}}'.encode(), "application/json").count("hush") == 0
    assert masked_body(f'{{"a": ["{text}"]'.encode(), "application/json").count("hush") == 0
    query = f"doc_url={quote(text, safe='')}"
    assert parse_qsl(masked_query(query.encode())) == [("doc_url", masked)]


def test_bodies_without_secrets_are_told_as_they_were() -> None:
    for body in (b'{"a" : [1, {"b": 2}]}', b"hello", b"[1,", b'{"a": "b", "c": '):
        assert masked_body(body, "application/json") == body.decode()
    assert masked_body(b"\xff\x00", "application/octet-stream") == "\ufffd\x00"
