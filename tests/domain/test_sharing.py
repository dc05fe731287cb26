"""Values that are kept once, each for as long as somebody has it."""

from __future__ import annotations

from mockstatus.domain.sharing import Same, Shared


class Thing:
    """Something that can be referred to weakly, and counts how often one was made."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1


def test_a_value_is_made_once_for_all_that_have_it_and_anew_once_nobody_has() -> None:
    things: Shared[Thing] = Shared()

    first = things.get("a", Thing)
    assert things.get("a", Thing) is first
    assert things.get("b", Thing) is not first

    made = Thing.made
    assert things.get("b", Thing) is not first
    assert Thing.made == made + 1, "nobody kept the other one"


def test_a_key_of_what_cannot_be_hashed_equals_only_one_of_the_very_same() -> None:
    one, other = {"a": 1}, {"a": 1}

    assert Same(one) == Same(one)
    assert hash(Same(one)) == hash(Same(one))
    assert Same(one) != Same(other)
    assert Same(one) != one
