"""Faults in words."""

from __future__ import annotations

import pytest

from mockstatus.cli.faults import aimed, described
from mockstatus.domain.fault import Between, Effect, Fault, Wire


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        pytest.param(Effect(wire=Wire.GARBAGE), "bytes that are no HTTP", id="wire"),
        pytest.param(Effect(status=503), "status 503", id="status"),
        pytest.param(Effect(error={"code": 205}), "error code 205", id="error"),
        pytest.param(
            Effect(status=200, body="<p>", content_type="text/html"),
            "status 200, a body of its own (text/html)",
            id="page",
        ),
        pytest.param(Effect(body="x"), "a body of its own (text/plain)", id="text"),
        pytest.param(
            Effect(status=429, headers=(("Retry-After", "5"),), delay=Between(0, 1)),
            "status 429, headers Retry-After, delayed",
            id="headers and a delay",
        ),
    ],
)
def test_what_a_fault_does_is_told(effect: Effect, words: str) -> None:
    assert described(Fault(effect=effect)) == f"{words}, before the work"


def test_changes_of_the_real_answer_are_told() -> None:
    effect = Effect(omit=("OK", "URL"), put={"APIVersion": 1.13})

    told = described(Fault(effect=effect, is_before=False))

    assert told == "without OK, URL, with another APIVersion, after the work"


@pytest.mark.parametrize(
    ("which", "words"),
    [
        pytest.param({}, "any call", id="all"),
        pytest.param({"operation": "status", "nth": 3}, "status, call 3", id="one call"),
        pytest.param({"nth": 3, "times": 1}, "any call, call 3, once", id="one call, said twice"),
        pytest.param({"nth": 3, "every": 2}, "any call, call 3 on, each 2.", id="every"),
        pytest.param({"times": 2}, "any call, 2 times", id="the next ones"),
        pytest.param({"until_us": 300_000_000}, "any call, for 5m", id="so long"),
        pytest.param({"probability": 0.25}, "any call, with probability 0.25", id="by chance"),
        pytest.param({"at_state": "4"}, "any call, while a track is 4", id="at a state"),
        pytest.param(
            {"at_state": "4", "at_track": "LightCurve"},
            "any call, while LightCurve is 4",
            id="at a track's state",
        ),
        pytest.param({"at_track": "x"}, "any call, where there is x", id="at a track"),
    ],
)
def test_which_calls_a_fault_strikes_is_told(which: dict[str, object], words: str) -> None:
    assert aimed(Fault(effect=Effect(status=500), **which)) == words
