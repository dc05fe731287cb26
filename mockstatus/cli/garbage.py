"""Keeps the garbage collector's pauses short in a process that is ours.

Each of its full looks goes through all jobs that there are: with 60,000 of them the server stood
still for 75 ms, and a tenth of what submissions took went into that. Jobs are no garbage: what
outlived one look is left out of the next ones, and seen again once in a while. So each thing is
looked at once, and a look takes a millisecond.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Any, Final

NEW_THINGS: Final = 1_000
"""A look is due when there are so many more things than at the last one."""

EVERYTHING_EACH: Final = 1_000
"""In so many looks one is at everything, for what became garbage since."""

_EVERYTHING: Final = 2
"""The oldest generation: what is no longer frozen is in it."""


def keep_pauses_short() -> Callable[[], None]:
    """Takes all that was made so far out of the collector's sight, and lets it work.

    Answers how to stop that.
    """
    looks = 0
    is_everything_due = False

    def after(phase: str, info: Mapping[str, Any]) -> None:
        nonlocal looks, is_everything_due
        if phase != "stop" or (is_everything_due and info["generation"] < _EVERYTHING):
            return
        looks += 1
        is_everything_due = looks % EVERYTHING_EACH == 0
        (gc.unfreeze if is_everything_due else gc.freeze)()

    def stop() -> None:
        gc.callbacks.remove(after)
        gc.set_threshold(*thresholds)
        gc.unfreeze()

    thresholds = gc.get_threshold()
    gc.set_threshold(NEW_THINGS, 0, 0)  # an older generation as soon as may be
    gc.freeze()
    gc.callbacks.append(after)
    gc.enable()
    return stop
