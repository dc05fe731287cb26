"""A query is read as the standard library reads it, in less time."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.web.call import PAIRS_LIMIT, first_of_each

PIECES = st.sampled_from(["a", "b", "=", "&", "%41", "%", "+", "%zz", "é", ";", " ", "\r"])


def by_the_library(encoded: bytes) -> dict[str, str]:
    pairs = parse_qsl(encoded.decode(errors="replace"), keep_blank_values=True)[:PAIRS_LIMIT]
    return dict(reversed(pairs))


@given(st.one_of(st.lists(PIECES).map(lambda them: "".join(them).encode()), st.binary()))
def test_any_query_is_read_as_the_library_reads_it(encoded: bytes):
    assert first_of_each(encoded) == by_the_library(encoded)


@pytest.mark.parametrize("escaped", ["", "%41"])
def test_what_comes_first_is_first(escaped: str):
    found = first_of_each(f"b{escaped}=1&a=2&&b{escaped}=3&c&a=4".encode())

    assert [*found.values()] == ["1", "2", ""]


@pytest.mark.parametrize("surplus", [-1, 0, 1, 5])
def test_more_pairs_than_allowed_are_cut_off(surplus: int):
    number = PAIRS_LIMIT + surplus
    encoded = "&".join(f"{at}=" for at in range(number)).encode()

    assert len(first_of_each(encoded)) == min(number, PAIRS_LIMIT)
