"""Keeps the garbage collector from looking at what a start makes: none of it is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage() -> Iterator[None]:
    """For imports, and what else is made to stay.

    Looking all the while takes a tenth of the imports. And had it only been put off, the next look
    at what is young would take as much: so what there is counts as old in the end, unlooked at.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            _grow_old()
            gc.enable()


def _grow_old() -> None:
    """Moves all that there is into the oldest generation, which `gc.collect()` still looks at."""
    if not gc.get_freeze_count():  # else what somebody froze would thaw
        gc.freeze()
        gc.unfreeze()
