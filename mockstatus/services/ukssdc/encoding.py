"""How bodies look on the wire: JSON as PHP writes it, pages as Apache writes them. Pure.

Source: UKSSDC wire notes, 1.1 (documented, but for the text of the pages).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from html import escape
from typing import Any

import orjson

from mockstatus.domain.draw import draw_bytes
from mockstatus.web.answer import Answer, Headers, json_answer, reason

CONTENT_TYPE = b"text/html; charset=UTF-8"
"""Of the JSON, too."""

DEPTH_LIMIT = 64

_ENCODER = json.JSONEncoder(separators=(",", ":"))

# A choice: PHP's own defaults for a page with a session.
_NEVER_CACHED: Headers = (
    (b"expires", b"Thu, 19 Nov 1981 08:52:00 GMT"),
    (b"cache-control", b"no-store, no-cache, must-revalidate"),
    (b"pragma", b"no-cache"),
)


def encode(document: object) -> bytes:
    """JSON on one line, as PHP's json_encode writes it: slashes escaped, ASCII alone."""
    # A slash can only stand within a text.
    return _ENCODER.encode(document).replace("/", "\\/").encode("ascii")


def php_answer(document: Mapping[str, Any], *, session: str) -> Answer:
    """An API call's answer: HTTP 200 whatever it says. session: the value of PHPSESSID."""
    headers = _headers(session)[1:]
    return json_answer(document, content_type=CONTENT_TYPE, headers=headers, encode=encode)


def retold(answer: Answer, *, session: str) -> Answer:
    """The same answer in another session."""
    return Answer(answer.status, answer.body, _headers(session), answer.document, answer.encode)


def _headers(session: str) -> Headers:
    cookie = f"PHPSESSID={session}; path=/".encode("latin-1")
    return ((b"content-type", CONTENT_TYPE), (b"set-cookie", cookie), *_NEVER_CACHED)


def session_key(seed: int, *key: object) -> bytes:
    """What the sessions of requests that are alike are drawn from."""
    return draw_bytes(seed, "PHPSESSID", *key)


def session_id(key: bytes, now_us: int) -> str:
    """A session id of 26 characters, another one at each instant."""
    return blake2b(b"%d" % now_us, key=key, digest_size=13).hexdigest()


def read_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, whatever its content type says; None if it holds none."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and _is_flat_enough(found) else None


def _is_flat_enough(value: object) -> bool:
    """Whether it nests no deeper than DEPTH_LIMIT."""
    level: list[object] = [value]
    for _ in range(DEPTH_LIMIT):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return not any(isinstance(one, dict | list) for one in level)


def page(status: int, text: str = "") -> Answer:
    """A page of the web server itself, for a status that has nothing to do with the API.

    A choice: Apache's usual words, since no document shows one.
    """
    phrase = reason(status) or "Unknown"
    html = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n'
        f"<html><head>\n<title>{status} {phrase}</title>\n</head><body>\n"
        f"<h1>{phrase}</h1>\n<p>{escape(text)}</p>\n</body></html>\n"
    )
    return html_answer(html, status)


def html_answer(html: str, status: int = 200) -> Answer:
    """A web page."""
    return Answer(status, html.encode(), ((b"content-type", CONTENT_TYPE),))
