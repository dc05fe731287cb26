"""What is imported and made is not looked at for garbage; what becomes garbage is still found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from mockstatus.testing.quiet import no_garbage


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Enabled, and as it was in the end."""
    gc.enable()
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_does_not_look_meanwhile() -> None:
    with no_garbage():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_what_was_made_is_not_young_any_more() -> None:
    with no_garbage():
        made = [[] for _ in range(1000)]  # type: ignore[var-annotated]

    assert not any(one in made for one in gc.get_objects(generation=0) if isinstance(one, list))


def test_rings_that_were_made_before_and_meanwhile_are_still_found() -> None:
    before = Ring()
    with no_garbage():
        meanwhile = Ring()
    gone = [weakref.ref(before), weakref.ref(meanwhile)]

    del before, meanwhile
    gc.collect()

    assert [one() for one in gone] == [None, None]


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()

    with no_garbage():
        pass

    assert not gc.isenabled()


def test_what_somebody_froze_stays_frozen() -> None:
    gc.freeze()

    with no_garbage():
        pass

    assert gc.get_freeze_count()


def test_it_is_as_before_where_something_fails() -> None:
    with pytest.raises(ValueError, match="so"), no_garbage():
        raise ValueError("so")

    assert gc.isenabled()
