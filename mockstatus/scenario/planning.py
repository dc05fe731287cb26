"""From what a scenario file says to what the engine plays, as far as all services do it alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mockstatus.domain.draw import draw_between, draw_bytes
from mockstatus.domain.timeline import (
    STAY,
    After,
    AfterPolls,
    CancelRule,
    Exit,
    Expiry,
    Phase,
    UntilSignal,
    UntilTrack,
)
from mockstatus.domain.value import value
from mockstatus.scenario.durations import Range
from mockstatus.scenario.schema import CancelLag, PhaseFile, ScenarioFile

T = TypeVar("T")

VARIANTS = 256
"""In so many ways a story is told that draws something."""


@value()
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

    def variant(self, number: int) -> Draws:
        """Those of the way in which job `number` is told, where these are of all such jobs.

        Jobs of the same way share all that they are planned to do: one with two drawn lengths
        weighs 1.5 KiB less. Each of VARIANTS jobs in a row is told in a way of its own.
        """
        first = self.between(0, VARIANTS - 1, "variant")
        return Draws(self.seed, ("variant", (first + number) % VARIANTS))

    def hex(self, digits: int, *place: object) -> str:
        """So many (<= 128) hexadecimal digits."""
        return draw_bytes(self.seed, *self.job, *place, size=64).hex()[:digits]


class _DrawnError(Exception):
    """Something is drawn."""


class _NoDraws(Draws):
    """Finds out whether anything is drawn."""

    def between(self, low: int, high: int, *place: object) -> int:  # noqa: ARG002  # as in Draws
        """Raises _DrawnError."""
        raise _DrawnError


def undrawn(make: Callable[[Draws], T]) -> T | None:
    """What is made where nothing needs to be drawn for it; else None."""
    try:
        return make(_NoDraws(0, ()))
    except _DrawnError:
        return None


def exit_of(
    phase: PhaseFile,
    draws: Draws,
    *place: object,
    failed: Phase | None = None,
    default: Exit = STAY,
) -> Exit:
    """How a scripted phase ends.

    place: where in the script it stands, for the draw of its length. failed: what a wait for a
    track that ends badly leads to, already compiled. default: where the script does not say.
    """
    if phase.for_ is not None:
        return length_of(phase.for_, draws, *place)
    if phase.polls is not None:
        return AfterPolls(phase.polls)
    if phase.until is None:
        return default
    if isinstance(phase.until, str):
        return UntilSignal(phase.until)
    return UntilTrack(phase.until.track, failed)


def length_of(span: Range, draws: Draws, *place: object) -> After:
    """How a phase ends that is to last so long, at this place in the script."""
    return After(draws.span_us(span, *place, "for"))


def expiry_of(
    scenario: ScenarioFile | None, *, default: Expiry | None, requested_us: int | None = None
) -> Expiry | None:
    """When a job expires.

    default: the service's rule. requested_us: what the client asked for, from its submission;
    without it `after: request` is the service's rule, too.
    """
    rule = scenario.expires if scenario is not None else None
    if rule is None:
        return default
    if not isinstance(rule.after, int):
        return default if requested_us is None else Expiry(requested_us, rule.idle)
    return Expiry(rule.after, rule.idle)


def cancel_of(scenario: ScenarioFile | None, *, lag_us: int = 0) -> CancelRule:
    """What a cancel does. lag_us: how long the service takes where the script does not say."""
    rule = scenario.cancel if scenario is not None else None
    if rule == "refuse":
        return CancelRule(is_refused=True)
    return CancelRule(lag_us=rule.lag if isinstance(rule, CancelLag) else lag_us)
