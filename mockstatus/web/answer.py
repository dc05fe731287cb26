"""What goes back to a client: a status, headers, and a body made from a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus

import orjson

from mockstatus.domain.value import value

Headers = tuple[tuple[bytes, bytes], ...]

JSON = b"application/json"


def encode_json(document: object) -> bytes:
    """Compact UTF-8 JSON, keys in the order given."""
    # What orjson returns holds on to the room that it was written in: 8 KiB for 900 bytes, which
    # the journal would keep 10,000 times. A copy takes 0.2 us.
    return b"%b" % orjson.dumps(document)


@value()
class Answer:
    """A whole answer, before anything is done to it on its way.

    headers: all but Content-Length. document: what the body was made from, where it was made from
    a JSON document, or what makes that where hardly anybody asks; `encode` makes a body of another
    one.
    """

    status: int
    body: bytes = b""
    headers: Headers = ()
    document: object | Callable[[], object] = None
    encode: Callable[[object], bytes] = encode_json

    @property
    def content_type(self) -> str:
        """The Content-Type header; empty if there is none."""
        found = next((value for name, value in self.headers if name == b"content-type"), b"")
        return found.decode("latin-1")

    def told(self) -> object:
        """The document that the body was made from; None if it was made from none."""
        return self.document() if callable(self.document) else self.document

    def with_document(self, document: object) -> Answer:
        """This answer with another document in its body."""
        return replace(self, document=document, body=self.encode(document))

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> Answer:
        """This answer with these headers in place of its own of the same names."""
        given = tuple((n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers)
        names = {name for name, _ in given}
        kept = tuple(pair for pair in self.headers if pair[0] not in names)
        return replace(self, headers=kept + given)


def json_answer(
    document: object,
    status: int = 200,
    *,
    content_type: bytes = JSON,
    headers: Headers = (),
    encode: Callable[[object], bytes] = encode_json,
) -> Answer:
    """An answer with a JSON document as its body."""
    return Answer(
        status, encode(document), ((b"content-type", content_type), *headers), document, encode
    )


def text_answer(text: str, status: int = 200, *, content_type: str = "text/plain") -> Answer:
    """An answer with a text as its body, in UTF-8."""
    kind = f"{content_type}; charset=utf-8".encode("latin-1")
    return Answer(status, text.encode(), ((b"content-type", kind),))


def reason(status: int) -> str:
    """The usual phrase for an HTTP status; empty for a status that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
