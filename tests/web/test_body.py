from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.errors import LimitReachedError
from mockstatus.web.body import ClientGoneError, read_body

GONE = {"type": "http.disconnect"}


def chunk(body: bytes, *, more: bool = False) -> dict[str, object]:
    return {"type": "http.request", "body": body, "more_body": more}


class Client:
    """Sends the messages given, and counts how many were taken."""

    def __init__(self, *messages: dict[str, object]) -> None:
        self._messages = messages
        self.taken = 0

    async def receive(self) -> dict[str, object]:
        self.taken += 1
        return self._messages[self.taken - 1]

    def body(self, limit: int) -> bytes:
        return asyncio.run(read_body(self.receive, limit))


@given(st.lists(st.binary(), min_size=1))
def test_a_body_is_the_same_in_however_many_pieces_it_comes(pieces) -> None:
    client = Client(*(chunk(piece, more=True) for piece in pieces[:-1]), chunk(pieces[-1]))

    assert client.body(limit=len(b"".join(pieces))) == b"".join(pieces)
    assert client.taken == len(pieces)


def test_a_message_may_leave_out_what_is_empty() -> None:
    assert Client({"type": "http.request"}).body(limit=0) == b""


@pytest.mark.parametrize(
    ("messages", "taken"),
    [
        pytest.param([chunk(b"12345")], 1, id="in one piece"),
        pytest.param([chunk(b"12345", more=True), chunk(b"6")], 1, id="in its first piece"),
        pytest.param(
            [chunk(b"123", more=True), chunk(b"45", more=True), chunk(b"6")], 2, id="in a later one"
        ),
    ],
)
def test_a_body_beyond_the_limit_is_refused_without_reading_on(messages, taken) -> None:
    client = Client(*messages)

    with pytest.raises(LimitReachedError, match="more than 4 bytes") as raised:
        client.body(limit=4)

    assert raised.value.limit == "body"
    assert client.taken == taken


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([GONE], id="before the body"),
        pytest.param([chunk(b"123", more=True), GONE], id="within the body"),
    ],
)
def test_a_client_that_leaves_early_is_told_apart_from_a_short_body(messages) -> None:
    with pytest.raises(ClientGoneError):
        Client(*messages).body(limit=100)
