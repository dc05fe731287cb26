"""State coverage: of the states, codes and endings that a service documents, which were shown."""

from __future__ import annotations

from dataclasses import dataclass

from mockstatus.report.evidence import Described, Evidence


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a client was shown of one service. documented, shown: in the documents' order."""

    service: str
    documented: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def never(self) -> tuple[str, ...]:
        """What the client was never shown."""
        return tuple(word for word in self.documented if word not in self.shown)

    @property
    def percent(self) -> float:
        """How much was shown, of a hundred; rounded down, so that 100 means all."""
        if not self.documented:
            return 100.0
        return 1000 * len(self.shown) // len(self.documented) / 10

    @property
    def summary(self) -> str:
        """All of it in one line, such as `vesta 7/10: never STORING, RETRY, EXPIRED`."""
        count = f"{self.service} {len(self.shown)}/{len(self.documented)}"
        return f"{count}: never {', '.join(self.never)}" if self.never else count


def coverages(evidence: Evidence) -> tuple[Coverage, ...]:
    """What was shown of each service that was called at all."""
    return tuple(_coverage(evidence, service) for service in evidence.used)


def _coverage(evidence: Evidence, service: Described) -> Coverage:
    words: set[str] = set()
    for story in evidence.stories:
        if story.service is service:
            for exchange in story.exchanges:
                words |= story.words(exchange)
    shown = tuple(word for word in service.states if word in words)
    return Coverage(service.name, service.states, shown)
