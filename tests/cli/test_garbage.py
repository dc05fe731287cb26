"""The garbage collector leaves alone what is no garbage, and still finds what is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from mockstatus.cli import garbage
from mockstatus.cli.garbage import EVERYTHING_EACH, NEW_THINGS, keep_pauses_short


class Circle:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def short_pauses() -> Iterator[None]:
    stop = keep_pauses_short()
    yield
    stop()


def test_what_outlived_a_full_look_is_left_out_of_the_next_one() -> None:
    kept = Circle()
    gc.collect()

    assert gc.get_freeze_count() > 0
    assert not any(one is kept for one in gc.get_objects())


def test_garbage_is_found_at_once_where_it_is_new() -> None:
    found = weakref.ref(Circle())
    gc.collect()

    assert found() is None


def test_what_outlived_any_look_is_left_out_too() -> None:
    before = gc.get_freeze_count()
    kept = [Circle() for _ in range(2 * NEW_THINGS)]  # a look comes by itself

    assert gc.get_freeze_count() > before
    assert not any(one is kept[0] for one in gc.get_objects())


def test_what_became_garbage_later_is_found_in_the_end() -> None:
    kept = Circle()
    found = weakref.ref(kept)
    gc.collect()
    del kept
    for _ in range(EVERYTHING_EACH + 1):
        gc.collect()

    assert found() is None


def test_what_became_garbage_later_is_found_by_the_looks_that_come_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "EVERYTHING_EACH", 4)
    kept = Circle()
    found = weakref.ref(kept)
    gc.collect()
    del kept

    # It takes some that stay: a look at everything is worth it once there is a quarter more.
    stays = []
    while found() is not None and len(stays) < 1000 * NEW_THINGS:
        stays += [[] for _ in range(NEW_THINGS)]

    assert found() is None


def test_it_stops_without_a_trace() -> None:
    before = [*gc.callbacks], gc.get_threshold()
    stop = keep_pauses_short()

    stop()

    assert (gc.callbacks, gc.get_threshold()) == before
    assert gc.get_freeze_count() == 0
