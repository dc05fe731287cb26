"""From what a scenario file says to what the engine plays, as far as all services do it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockstatus.domain.draw import draw_between, draw_bytes
from mockstatus.domain.timeline import CancelRule, Expiry

if TYPE_CHECKING:
    from mockstatus.scenario.durations import Range
    from mockstatus.scenario.schema import ScenarioFile


@dataclass(frozen=True, slots=True)
class Draws:
    """Where the random numbers of one job come from: hashes of (seed, job, place)."""

    seed: int
    job: tuple[object, ...]

    def span_us(self, span: Range, *place: object) -> int:
        """A length from the range; a single duration is itself."""
        if span.low_us == span.high_us:
            return span.low_us
        return self.between(span.low_us, span.high_us, *place)

    def between(self, low: int, high: int, *place: object) -> int:
        """A whole number in [low, high]."""
        return draw_between(self.seed, *self.job, *place, low=low, high=high)

    def hex(self, digits: int, *place: object) -> str:
        """So many (<= 128) hexadecimal digits."""
        return draw_bytes(self.seed, *self.job, *place, size=64).hex()[:digits]
