"""Faults on top of a story: what they do to an answer, and which calls they strike.

Performing them is not done here. Spans are microseconds: `until_us` on the sandbox's clock,
delays in real time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from mockstatus.domain.draw import draw_between, draw_lognormal, draw_unit


class Wire(StrEnum):
    """What happens below HTTP instead of a proper answer."""

    RESET = "reset"
    EMPTY = "empty"
    TRUNCATE = "truncate"
    MALFORMED = "malformed"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Between:
    """A delay of any length from `low_us` to `high_us`."""

    low_us: int
    high_us: int

    def __post_init__(self) -> None:
        if not 0 <= self.low_us <= self.high_us:
            raise ValueError(f"a delay cannot last {self.low_us} to {self.high_us} us")


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A delay as networks have them: half below `median_us`, a long tail cut at `max_us`."""

    median_us: int
    sigma: float
    max_us: int

    def __post_init__(self) -> None:
        if not (0 <= self.median_us <= self.max_us and self.sigma >= 0):
            raise ValueError("a delay needs 0 <= median <= max and sigma >= 0")


Delay = Between | LogNormal


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the client sees.

    status, headers, body, content_type: an answer in place of the service's own, or additions to
        it; a body without a status is a 200.
    omit, put: fields of the real answer that are left out, or have another value.
    error: in the service's own form; the service reads it.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    content_type: str | None = None
    delay: Delay | None = None
    wire: Wire | None = None
    omit: tuple[str, ...] = ()
    put: Mapping[str, object] = field(default_factory=dict)
    error: Mapping[str, object] | None = None

    @property
    def needs_answer(self) -> bool:
        """True if it only makes sense once the real answer is there."""
        if self.wire is not None:
            return self.wire in {Wire.TRUNCATE, Wire.MALFORMED}
        return self.status is None and self.body is None and self.error is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Which calls are struck, and by what. None is "any" or "no bound".

    nth: the first call (from 1) that may be struck; alone, that one call is all.
    every: only each so many-th call, counted from `nth` if given.
    times: how many calls are struck in all; alone, the next ones.
    until_us: how long from its posting the fault lives.
    probability: the chance of each call that would be struck; a miss uses nothing up.
    is_before: struck before the work is done (nothing happens), else after (the lost reply).
    at_state, at_track: only while some track, or this one, is in this state.
    """

    effect: Effect
    service: str | None = None
    operation: str | None = None
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    until_us: int | None = None
    probability: float = 1.0
    is_before: bool = True
    at_state: str | None = None
    at_track: str | None = None

    def __post_init__(self) -> None:
        for name, count in (("nth", self.nth), ("every", self.every), ("times", self.times)):
            if count is not None and count < 1:
                raise ValueError(f"{name} counts from 1, it cannot be {count}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"a probability cannot be {self.probability}")
        if self.is_before and self.effect.needs_answer:
            raise ValueError("an effect on the real answer can only strike after the work is done")

    @property
    def most_strikes(self) -> int | None:
        """How many calls it strikes at most; None is any number."""
        # Choice: `nth` alone means that one call, as one says "the third call fails".
        if self.times is None and self.nth is not None and self.every is None:
            return 1
        return self.times


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a client.

    job: its id, or any text that names the caller where there is no job; only for draws.
    states: by track, as the call's answer would show them; empty where there is no job.
    """

    service: str
    operation: str
    now_us: int
    job: str = ""
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultCount:
    """seen: calls that the fault was meant for; struck: those it spoilt."""

    seen: int = 0
    struck: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A fault at work: since when, and what it has counted so far. fault_id: unique, for draws."""

    fault_id: str
    fault: Fault
    since_us: int
    count: FaultCount = FaultCount()

    def is_over(self, now_us: int) -> bool:
        """True if it will never strike again, unless the clock is put back."""
        fault = self.fault
        if fault.most_strikes is not None and self.count.struck >= fault.most_strikes:
            return True
        return fault.until_us is not None and now_us >= self.since_us + fault.until_us


def strike(
    posted: Sequence[Posted], call: Call, *, seed: int
) -> tuple[Posted | None, tuple[Posted, ...]]:
    """The fault that strikes this call, if any, and all faults with their new counts.

    posted: in the order of precedence. The first that is due strikes, and only that one is
    spent; every fault that is meant for the call counts it as seen.
    """
    striking: Posted | None = None
    after = []
    for one in posted:
        counted = one
        if _is_meant(one, call):
            counted = replace(one, count=replace(one.count, seen=one.count.seen + 1))
            if striking is None and _is_due(counted, call, seed):
                spent = replace(counted.count, struck=counted.count.struck + 1)
                counted = striking = replace(counted, count=spent)
        after.append(counted)
    return striking, tuple(after)


def _is_meant(posted: Posted, call: Call) -> bool:
    fault = posted.fault
    if fault.service not in (None, call.service) or fault.operation not in (None, call.operation):
        return False
    if posted.is_over(call.now_us):
        return False
    if fault.at_state is None:
        return fault.at_track is None or fault.at_track in call.states
    if fault.at_track is None:
        return fault.at_state in call.states.values()
    return call.states.get(fault.at_track) == fault.at_state


def _is_due(posted: Posted, call: Call, seed: int) -> bool:
    """Whether the call just counted is one to strike. It is not over: `_is_meant` has looked."""
    fault, number = posted.fault, posted.count.seen
    first = fault.nth or fault.every or 1
    if number < first or (number - first) % (fault.every or 1):
        return False
    return draw_unit(seed, "fault", posted.fault_id, call.job, number) < fault.probability


def delay_us(delay: Delay, *key: object, seed: int) -> int:
    """How long this delay lasts, drawn by the key."""
    match delay:
        case Between(low_us, high_us):
            return draw_between(seed, "delay", *key, low=low_us, high=high_us)
        case LogNormal(median_us, sigma, max_us):
            drawn = draw_lognormal(seed, "delay", *key, median=median_us, sigma=sigma)
            return int(min(drawn, max_us))
        case _:
            assert_never(delay)
