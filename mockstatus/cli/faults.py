"""Faults in words: what they do, and which calls they strike."""

from __future__ import annotations

from collections.abc import Iterator

from mockstatus.domain.fault import Effect, Fault, Wire
from mockstatus.scenario.durations import format_duration

_WIRE = {
    Wire.RESET: "connection reset",
    Wire.EMPTY: "connection closed without an answer",
    Wire.TRUNCATE: "answer cut short",
    Wire.MALFORMED: "broken JSON",
    Wire.GARBAGE: "bytes that are no HTTP",
}


def described(fault: Fault) -> str:
    """What a fault does: `status 503, before the work`."""
    when = "before the work" if fault.is_before else "after the work"
    return ", ".join([*_effects(fault.effect), when])


def aimed(fault: Fault) -> str:
    """Which calls a fault strikes: `status, call 3 on, 2 times`."""
    parts = [fault.operation or "any call"]
    if fault.nth is not None:
        parts.append(f"call {fault.nth}" if fault.most_strikes == 1 else f"call {fault.nth} on")
    if fault.every is not None:
        parts.append(f"each {fault.every}.")
    if fault.times is not None:
        parts.append("once" if fault.times == 1 else f"{fault.times} times")
    if fault.until_us is not None:
        parts.append(f"for {format_duration(fault.until_us)}")
    if fault.probability < 1:
        parts.append(f"with probability {fault.probability:g}")
    if fault.at_state is not None:
        parts.append(f"while {fault.at_track or 'a track'} is {fault.at_state}")
    elif fault.at_track is not None:
        parts.append(f"where there is {fault.at_track}")
    return ", ".join(parts)


def _effects(effect: Effect) -> Iterator[str]:
    if effect.wire is not None:
        yield _WIRE[effect.wire]
    if effect.status is not None:
        yield f"status {effect.status}"
    if effect.error is not None:
        yield "error " + " ".join(f"{key} {value}" for key, value in effect.error.items())
    if effect.body is not None:
        yield f"a body of its own ({effect.content_type or 'text/plain'})"
    if effect.omit:
        yield f"without {', '.join(effect.omit)}"
    if effect.put:
        yield f"with another {', '.join(effect.put)}"
    if effect.headers:
        yield f"headers {', '.join(name for name, _ in effect.headers)}"
    if effect.delay is not None:
        yield "delayed"
