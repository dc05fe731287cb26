"""What an exchange says to whoever looks for manners, alone or beside another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockstatus.runtime.exchange import Exchange


def waited_us(before: Exchange, after: Exchange) -> int:
    """How long the second came after the first, by the clock by which it was longer."""
    return max(after.now_us - before.now_us, after.real_us - before.real_us)


def flat(pairs: Iterable[tuple[Exchange, Exchange]]) -> Iterator[Exchange]:
    """The exchanges of these pairs, one after the other."""
    for pair in pairs:
        yield from pair


def question(one: Exchange) -> tuple[object, ...]:
    """What makes two requests the same question."""
    return one.service, one.method, one.path, one.query, one.body_size, one.body


def asked_wait(exchange: Exchange) -> str:
    """What its answer said in Retry-After; empty if it said nothing."""
    found = next((v for n, v in exchange.answer_headers if n.lower() == b"retry-after"), b"")
    return found.decode("latin-1").strip()


def retry_after_us(exchange: Exchange) -> int | None:
    """How long the answer asked to wait; None if it did not, or did not arrive."""
    text = asked_wait(exchange)
    if not text or exchange.wire is not None:
        return None
    if text.isascii() and text.isdigit():
        return int(text) * 1_000_000
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return int(at.timestamp() * 1_000_000) - exchange.now_us


def was_unanswered(before: Exchange, again: Exchange) -> bool:
    """Whether a submission's client had no answer to it when it made the next one."""
    held_back_us = before.delay_s * 1_000_000
    return before.is_lost or again.real_us - before.real_us < held_back_us
