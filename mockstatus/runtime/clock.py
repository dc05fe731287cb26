"""Tells a sandbox what time it is. The only module that reads the time.

Instants are whole microseconds since 1970 UTC.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from mockstatus.errors import ClockError

LATEST_US = 253_402_300_799_000_000
"""The last second of the year 9999: dates in answers have four digits for the year."""

FASTEST = 1_000_000


class TimeSource(Protocol):
    """What a clock is driven by."""

    def wall_us(self) -> int:
        """Microseconds since 1970 UTC."""
        ...

    def elapsed_us(self) -> int:
        """Microseconds since some fixed moment; never goes back."""
        ...


class SystemTime:
    """The machine's own time.

    It keeps the functions as they were when it was made, so that a test that replaces `time.time`
    does not move the server.
    """

    def __init__(self) -> None:
        self._wall_ns = time.time_ns  # noqa: TID251  # the one place
        self._elapsed_ns = time.monotonic_ns  # noqa: TID251  # the one place

    def wall_us(self) -> int:
        """Microseconds since 1970 UTC."""
        return self._wall_ns() // 1000

    def elapsed_us(self) -> int:
        """Microseconds since the machine started; never goes back."""
        return self._elapsed_ns() // 1000


SYSTEM_TIME = SystemTime()


@dataclass(frozen=True, slots=True)
class ClockMode:
    """How time passes: `rate` times as fast as the machine's; 0 stands still."""

    rate: Decimal

    @classmethod
    def parse(cls, text: str) -> ClockMode:
        """Reads `real`, `manual` or `xN`. Raises ClockError."""
        if text == "real":
            return cls(Decimal(1))
        if text == "manual":
            return cls(Decimal(0))
        try:
            rate = Decimal(text.removeprefix("x")) if text.startswith("x") else None
        except ArithmeticError:
            rate = None
        if rate is None or not rate.is_finite() or not 0 < rate <= FASTEST:
            raise ClockError(
                f"{text!r} is no clock mode, expected 'real', 'manual' or 'xN' with"
                f" 0 < N <= {FASTEST}, for example 'x60'"
            )
        return cls(rate)

    def __str__(self) -> str:
        if self.rate == 1:
            return "real"
        return "manual" if not self.rate else f"x{self.rate.normalize():f}"


class Clock:
    """A clock of one's own: real, some times faster, or moved by hand.

    now_us: where it starts; the machine's time if None.
    """

    def __init__(
        self,
        mode: ClockMode | None = None,
        *,
        now_us: int | None = None,
        source: TimeSource = SYSTEM_TIME,
    ) -> None:
        self._source = source
        self._set_mode(mode if mode is not None else ClockMode(Decimal(1)))
        self._anchor_us = source.elapsed_us()
        self._base_us = source.wall_us() if now_us is None else _checked(now_us)

    @property
    def mode(self) -> ClockMode:
        """How time passes."""
        return self._mode

    @mode.setter
    def mode(self, mode: ClockMode) -> None:
        """Changing it keeps the instant."""
        self._rebase(self.now_us())
        self._set_mode(mode)

    def now_us(self) -> int:
        """The present instant; it never goes back."""
        if self._is_manual:
            return self._base_us
        passed_us = self._source.elapsed_us() - self._anchor_us
        if not self._is_real:
            passed_us = int(passed_us * self._mode.rate)
        now_us = self._base_us + passed_us
        return min(LATEST_US, now_us)

    def set_now(self, now_us: int) -> None:
        """Moves to an instant, back too; whether that is allowed is the sandbox's to say."""
        self._rebase(_checked(now_us))

    def advance(self, by_us: int) -> int:
        """Moves on by `by_us` >= 0; answers the new instant. Raises ClockError."""
        if by_us < 0:
            raise ClockError("time only moves forward: 'by' must not be negative")
        return self.advance_to(self.now_us() + by_us)

    def advance_to(self, to_us: int) -> int:
        """Moves on to `to_us` unless that is past already; answers the new instant."""
        now_us = self.now_us()
        if to_us > now_us:
            self._rebase(_checked(to_us))
        return self.now_us()

    def real_seconds_until(self, at_us: int) -> float | None:
        """How long the machine has to wait for `at_us`; None if it never comes by itself."""
        rate = self._mode.rate
        if at_us <= self.now_us():
            return 0.0
        return float((at_us - self.now_us()) / rate) / 1e6 if rate else None

    def _set_mode(self, mode: ClockMode) -> None:
        self._mode = mode
        # Each call asks for the time some five times, and numbers of this kind compare slowly.
        self._is_manual, self._is_real = not mode.rate, mode.rate == 1

    def _rebase(self, now_us: int) -> None:
        self._base_us = now_us
        self._anchor_us = self._source.elapsed_us()


def _checked(now_us: int) -> int:
    if not 0 <= now_us <= LATEST_US:
        raise ClockError("the clock runs from the year 1970 to the year 9999")
    return now_us
