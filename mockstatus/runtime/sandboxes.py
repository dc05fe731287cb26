"""Name -> sandbox: made on first use, bounded in number, idle ones evicted."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.clock import SYSTEM_TIME, TimeSource
from mockstatus.runtime.sandbox import Sandbox

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
IDLE_US = 600 * 1_000_000
"""A sandbox that nobody used for ten minutes of real time may make room for another."""


class Sandboxes:
    """All sandboxes of a server. Thread-safe.

    make: makes a sandbox of this name as new. limit: how many there may be.
    """

    def __init__(
        self,
        make: Callable[[str], Sandbox],
        *,
        limit: int = 1000,
        source: TimeSource = SYSTEM_TIME,
    ) -> None:
        self._make = make
        self._limit = limit
        self._source = source
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Sandbox] = OrderedDict()
        self._used_us: dict[str, int] = {}

    def look(self, name: str) -> Sandbox:
        """The sandbox of this name; a new one, not kept, where there is none.

        A sandbox comes to be with its first submission or control write, never by a look.
        """
        sandbox = self._kept.get(name)
        if sandbox is None:
            return self._make(name)
        self._used_us[name] = self._source.elapsed_us()
        return sandbox

    def keep(self, sandbox: Sandbox) -> Sandbox:
        """Keeps a sandbox that was looked at; answers the kept one of its name.

        Raises LimitReachedError where there are too many and none of them is idle.
        """
        with self._lock:
            kept = self._kept.get(sandbox.name)
            if kept is not None:
                return kept
            if len(self._kept) >= self._limit:
                self._evict()
            self._kept[sandbox.name] = sandbox
            self._used_us[sandbox.name] = self._source.elapsed_us()
            return sandbox

    def reset(self, name: str) -> Sandbox:
        """Puts a sandbox as new in its place; done when it answers."""
        with self._lock:
            kept = name in self._kept
            fresh = self._make(name)
            if kept:
                old = self._kept[name]
                self._kept[name] = fresh
        if kept:
            old.changed()
        return fresh

    def names(self) -> tuple[str, ...]:
        """The sandboxes that there are, in the order in which they came to be."""
        return tuple(self._kept)

    def kept(self) -> tuple[Sandbox, ...]:
        """The sandboxes that there are."""
        return tuple(self._kept.values())

    def _evict(self) -> None:
        idle_since_us = self._source.elapsed_us() - IDLE_US
        name = min(self._used_us, key=self._used_us.__getitem__)
        if self._used_us[name] > idle_since_us:
            raise LimitReachedError(
                f"there are {self._limit} sandboxes already, none of them idle for ten minutes;"
                " raise MOCKSTATUS_MAX_SANDBOXES or reuse names",
                limit="sandboxes",
            )
        del self._kept[name]
        del self._used_us[name]
