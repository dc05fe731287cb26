"""Reads scenario files anew when they change, in a thread of its own, and says what came of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from watchfiles import watch

from mockstatus.cli.notices import say, warn

if TYPE_CHECKING:
    from mockstatus.scenario.library import Library
    from mockstatus.scenario.load import Loaded


@contextmanager
def watching(library: Library) -> Iterator[None]:
    """Within it, good changes count for new jobs, and bad ones are told and leave things be."""
    stop = threading.Event()

    def follow() -> None:
        # A thread must not wait for Ctrl-C: who started it hears of that, and sets `stop`.
        for _ in watch(*library.folders, stop_event=stop, raise_interrupt=False):
            read_again(library)

    thread = threading.Thread(target=follow, name="mockstatus-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def read_again(library: Library) -> None:
    """Reads the files anew; says what changed, and what is wrong."""
    before = library.scenarios
    problems = library.reload()
    for problem in problems:
        warn(f"{problem}; the last good one stays")
    changes = _changes(before, library.scenarios)
    if changes:
        say(f"scenarios read again: {changes}")


def _changes(before: Mapping[str, Loaded], after: Mapping[str, Loaded]) -> str:
    changes = {
        "new": [name for name in after if name not in before],
        "changed": [n for n in after if n in before and after[n] is not before[n]],
        "gone": [name for name in before if name not in after],
    }
    return "; ".join(f"{what} {', '.join(names)}" for what, names in changes.items() if names)
