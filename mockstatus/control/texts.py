"""Instants and spans as answers show them."""

from __future__ import annotations

from typing import overload

from mockstatus.runtime.clock import LATEST_US
from mockstatus.scenario.durations import LONGEST_US, format_duration, format_instant


@overload
def instant(at_us: int) -> str: ...
@overload
def instant(at_us: int | None) -> str | None: ...
def instant(at_us: int | None) -> str | None:
    """An instant as an ISO date; None for none, and for one that no clock will reach."""
    return None if at_us is None or at_us > LATEST_US else format_instant(at_us)


def span(us: int) -> str:
    """A span of at least no time as text such as 1h30m."""
    return format_duration(min(max(us, 0), LONGEST_US))
