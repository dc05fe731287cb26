"""Values to JSON and back: nothing is lost, what is shared stays so, nothing strange is made."""

from __future__ import annotations

import json
from array import array
from collections import Counter, OrderedDict, deque
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.control.codec import Decoder, Encoder
from mockstatus.domain.timeline import After, Ending, Phase, Track
from mockstatus.errors import BadRequestError

DOMAIN = ("mockstatus.domain",)

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(Ending)
    | st.lists(st.integers(0, 2**32 - 1)).map(lambda numbers: array("L", numbers)),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.just("~") | st.just("~ref"), inner)
        | st.dictionaries(st.integers(), inner)
        | st.tuples(inner, inner)
        | st.frozensets(st.integers())
        | st.sets(st.text())
        | st.lists(inner).map(deque)
        | st.lists(inner).map(lambda found: deque(found, maxlen=3))
        | st.dictionaries(st.text(), inner).map(OrderedDict)
        | st.lists(st.text()).map(Counter)
    ),
    max_leaves=12,
)


def again(value: Any) -> Any:
    encoded = json.loads(json.dumps(Encoder(DOMAIN, lambda _: None).encode(value)))
    return Decoder(DOMAIN, {}).decode(encoded)


@given(PLAIN)
def test_what_is_decoded_is_what_was_encoded(value: Any) -> None:
    found = again(value)

    assert found == value
    assert type(found) is type(value)


def test_what_one_encoder_is_told_in_turn_is_never_taken_for_what_is_gone_by_then() -> None:
    encoder = Encoder(DOMAIN, lambda _: None)
    encoded = [encoder.encode((After(number),)) for number in range(99)]
    decoder = Decoder(DOMAIN, {})

    assert [decoder.decode(one) for one in encoded] == [(After(number),) for number in range(99)]


def test_equal_sets_are_encoded_alike_whatever_their_order() -> None:
    one, other = {0, 8}, {8, 0}
    assert [*one] != [*other]  # both fall into the same place of a small set

    assert Encoder(DOMAIN, lambda _: None).encode(one) == Encoder(DOMAIN, lambda _: None).encode(
        other
    )


def test_what_was_one_object_is_one_again() -> None:
    phase = Phase(
        state="DONE", exit=After(5), ending=Ending.COMPLETE, payload={"a": Decimal("1.0")}
    )
    track = Track((phase, phase))
    first, second = again([track, track])

    assert first is second
    assert first.phases[0] is first.phases[1]
    assert first.phases == track.phases
    assert first.offsets_us == (0, 5)


@pytest.mark.parametrize(
    "encoded",
    [
        {"~": "mockstatus.domain.timeline:After", "for_us": "soon"},
        {"~": "mockstatus.domain.timeline:After", "for_us": -1},
        {"~": "mockstatus.domain.timeline:replace"},
        {"~": "mockstatus.domain.nowhere:After"},
        {"~": "mockstatus.domain.timeline:CircularWaitError"},
        {"~": "os:system"},
        {"~enum": ["mockstatus.domain.timeline:Ending", "sometimes"]},
        {"~enum": ["mockstatus.domain.timeline:After", 5]},
        {"~ref": 0},
        {"~tuple": {}},
        {"~dict": [[1]]},
        {"~dict": 5},
        {"~array": ["Q", [-1]]},
        {"~decimal": "many"},
        {"~int": "many"},
        {"~int": "9" * 10_000},
        {"~nothing": []},
        {"~tuple": [], "more": 1},
    ],
)
def test_what_was_never_encoded_is_refused(encoded: Any) -> None:
    with pytest.raises(BadRequestError):
        Decoder(DOMAIN, {}).decode(encoded)


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(BadRequestError, match="cannot hold a builtins:function"):
        Encoder(DOMAIN, lambda _: None).encode([lambda: None])
