"""The journal: in order, bounded, honest about what it dropped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.runtime.exchange import BODY_LIMIT, Exchange
from mockstatus.runtime.journal import Journal


def an_exchange(*, body: bytes = b"", answer: bytes = b"", **head: Any) -> Exchange:
    about: dict[str, Any] = {"path": "/acme/x", "query": b"", "headers": [], **head}
    exchange = Exchange(
        real_us=1,
        now_us=2,
        service="acme",
        operation="status",
        kind="poll",
        method="GET",
        body=body,
        **about,
    )
    exchange.answered(200, (), answer)
    return exchange


def test_exchanges_are_kept_in_order_and_numbered():
    journal = Journal()
    for _ in range(3):
        journal.append(an_exchange())

    assert [exchange.number for exchange in journal] == [1, 2, 3]
    assert (journal.written, journal.dropped, len(journal)) == (3, 0, 3)


@pytest.mark.parametrize("size", [BODY_LIMIT, BODY_LIMIT + 1], ids=["kept whole", "cut"])
def test_of_a_long_body_the_beginning_is_kept_and_its_length(size):
    exchange = an_exchange(body=b"q" * size, answer=b"a" * size)

    assert (len(exchange.body), exchange.body_size) == (BODY_LIMIT, size)
    assert (len(exchange.answer), exchange.answer_size) == (BODY_LIMIT, size)


@pytest.mark.parametrize(
    "head",
    [
        {"path": f"/{'x' * 60_000}"},
        {"query": b"x" * 60_000},
        {"headers": [(b"cookie", b"x" * 30_000)] * 2},
        {"headers": [(b"x" * 30_000, b"")] * 2},
    ],
    ids=["path", "query", "values", "names"],
)
def test_long_heads_count_for_the_bound(head):
    journal = Journal(bytes_limit=1_000_000)
    for _ in range(100):
        journal.append(an_exchange(**head))

    assert len(journal) == 16
    assert 900_000 < journal.size <= 1_000_000


def test_clearing_forgets_but_numbers_go_on():
    journal = Journal(entries_limit=1)
    journal.append(an_exchange())
    journal.append(an_exchange())

    journal.clear()
    journal.append(an_exchange())

    assert [exchange.number for exchange in journal] == [3]
    assert journal.dropped == 0


@given(st.lists(st.integers(0, 400), max_size=30), st.integers(1, 8), st.integers(600, 4000))
def test_what_is_kept_and_what_was_dropped_add_up_within_the_bounds(sizes, entries, size_limit):
    journal = Journal(entries_limit=entries, bytes_limit=size_limit)

    for size in sizes:
        journal.append(an_exchange(answer=b"x" * size))

    kept = list(journal)
    assert len(kept) + journal.dropped == len(sizes) == journal.written
    assert len(kept) <= entries
    assert len(kept) <= 1 or sum(exchange.size for exchange in kept) <= size_limit
    assert [exchange.number for exchange in kept] == list(
        range(journal.dropped + 1, len(sizes) + 1)
    )
