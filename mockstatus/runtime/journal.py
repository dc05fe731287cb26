"""What was asked and what was answered: a bounded log of exchanges.

An exchange is written down together with what it does, in one step with the sandbox locked and
before any delay of the answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice, takewhile

from mockstatus.runtime.exchange import Again, Exchange

ENTRIES_LIMIT = 10_000
BYTES_LIMIT = 16 << 20


def _exchange(entry: Exchange | Again) -> Exchange:
    return entry if isinstance(entry, Exchange) else entry.exchange()


class Journal:
    """The latest exchanges of a sandbox. Changed with the sandbox locked.

    dropped: how many were written down and forgotten again, to stay within the bounds.
    """

    def __init__(
        self, *, entries_limit: int = ENTRIES_LIMIT, bytes_limit: int = BYTES_LIMIT
    ) -> None:
        self._entries: deque[Exchange | Again] = deque()
        self._entries_limit = entries_limit
        self._bytes_limit = bytes_limit
        self._bytes = 0
        self.written = 0
        self.dropped = 0

    def append(self, exchange: Exchange | Again) -> None:
        """Writes an exchange down."""
        self.written += 1
        exchange.number = self.written
        entries = self._entries
        entries.append(exchange)
        self._bytes += exchange.size
        while len(entries) > self._entries_limit or (
            self._bytes > self._bytes_limit and len(entries) > 1
        ):
            self._bytes -= entries.popleft().size
            self.dropped += 1

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges that are kept, oldest first."""
        return map(_exchange, tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes that it keeps, roughly."""
        return self._bytes

    def latest(self, service: str, job: str, count: int) -> list[Exchange]:
        """The latest exchanges about a job, oldest first."""
        about = (one for one in reversed(self._entries) if one.job == job)
        latest = islice((one for one in about if one.service == service), count)
        return [_exchange(one) for one in latest][::-1]

    def since(self, number: int) -> list[Exchange]:
        """The exchanges that are kept beyond this number, oldest first."""
        later = takewhile(lambda one: one.number > number, reversed(self._entries))
        return [_exchange(one) for one in later][::-1]

    def clear(self) -> None:
        """Forgets all exchanges, and what was dropped; numbers go on."""
        self._entries.clear()
        self._bytes = 0
        self.dropped = 0
