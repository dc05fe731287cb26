"""A finding: one thing that a client, or its test, did not do well, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mockstatus.scenario.durations import LONGEST_US, format_duration

if TYPE_CHECKING:
    from mockstatus.report.evidence import Story
    from mockstatus.runtime.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """name: one of `manners.NAMES`. exchanges: the numbers of those that show it."""

    name: str
    text: str
    about: Literal["client", "test"] = "client"
    service: str | None = None
    job: str | None = None
    exchanges: tuple[int, ...] = ()


def of_job(name: str, story: Story, text: str, exchanges: Iterable[Exchange]) -> Finding:
    """A finding about one job's client."""
    return Finding(
        name=name,
        text=text,
        service=story.service.name,
        job=story.job.id,
        exchanges=numbers(exchanges),
    )


def numbers(exchanges: Iterable[Exchange]) -> tuple[int, ...]:
    """The numbers of exchanges, each once, in order."""
    return tuple(sorted({one.number for one in exchanges}))


def counted(count: int, what: str) -> str:
    """A number of things, such as `1 poll`."""
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def spoken(exchanges: Sequence[int], most: int = 12) -> str:
    """Numbers of exchanges, in order: `#3 #5-#9`. most: stretches that are told of more."""
    stretches: list[list[int]] = []
    for number in exchanges:
        if stretches and number == stretches[-1][-1] + 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    told = [f"#{one[0]}" if len(one) == 1 else f"#{one[0]}-#{one[-1]}" for one in stretches]
    left = sum(map(len, stretches[most:]))
    return " ".join(told[:most]) + (f" and {left} more" if left else "")


def times(count: int) -> str:
    """How often, in words."""
    return "once" if count == 1 else f"{count} times"


def span(us: int) -> str:
    """A span as text such as 1m30s."""
    return format_duration(min(max(us, 0), LONGEST_US))
