"""How far a stage is within a phase, in whole numbers: nothing is a question of rounding."""

from __future__ import annotations

from typing import NamedTuple


class Share(NamedTuple):
    """`times * done - off` of `span` equal parts, as `done` parts of the whole phase are done.

    times: 0 where the phase does not move it any more.
    """

    done: int
    span: int
    times: int = 1
    off: int = 0

    @property
    def value(self) -> int:
        """So many of `span` parts."""
        return self.times * self.done - self.off

    @property
    def ends_after(self) -> int | None:
        """So many further parts of the whole phase and it is over; None if it never is."""
        if not self.times:
            return None
        return -(-(self.span + self.off) // self.times) - self.done

    def stage(self, begins: int, lasts: int, whole: int) -> Share:
        """A part of it that begins after `begins` of `whole` weights, and lasts `lasts` of them."""
        off = self.off * whole + begins * self.span
        return Share(self.done, lasts * self.span, self.times * whole, off)

    def turn(self, count: int) -> tuple[int, Share]:
        """Which of `count` equal turns is under way, and how far that one is."""
        number = self.value * count // self.span
        off = self.off * count + number * self.span
        return number, Share(self.done, self.span, self.times * count, off)


def short_of_all(done: int, total: int) -> Share:
    """So much of a phase, but never wholly done: a product that runs is at some stage."""
    if total <= 0:
        return Share(0, 1, times=0)
    if done >= total:
        return Share(0, total * 1_000_000, times=0, off=1 - total * 1_000_000)
    return Share(done, total)
