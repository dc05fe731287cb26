"""The scenarios that the next jobs of each service are to play, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from mockstatus.errors import LimitReachedError

QUEUE_LIMIT = 10_000


class Queues:
    """Names by service, the next one first. Changed with the sandbox locked."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[str]] = {}

    def add(self, service: str, name: str, count: int = 1) -> None:
        """The next `count` jobs of `service` that nobody else chooses for play `name`.

        Raises LimitReachedError.
        """
        queue = self._queues.setdefault(service, deque())
        if len(queue) + count > QUEUE_LIMIT:
            raise LimitReachedError(f"a queue holds at most {QUEUE_LIMIT} scenarios", limit="queue")
        queue.extend([name] * count)

    def of(self, service: str) -> Sequence[str]:
        """The names that are queued, the next one first."""
        return tuple(self._queues.get(service, ()))

    def all(self) -> Mapping[str, Sequence[str]]:
        """All queues that are not empty, by service."""
        return {service: tuple(queue) for service, queue in self._queues.items() if queue}

    def take(self, service: str, name: str) -> None:
        """A job took the first of these names; those before it are gone and were passed over."""
        queue = self._queues[service]
        while queue.popleft() != name:
            pass
