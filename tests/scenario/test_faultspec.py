"""Faults as testers write them."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from mockstatus.domain.fault import Between, Effect, Fault, LogNormal, Wire
from mockstatus.scenario.faultspec import FaultSpec

PUBLISHED = Draft202012Validator(FaultSpec.model_json_schema())
DOWN = {"status": 503}


def test_a_fault_means_in_the_domain_what_was_written() -> None:
    spec = FaultSpec.model_validate(
        {
            "service": "ukssdc",
            "operation": "status",
            "nth": 3,
            "every": 4,
            "times": 2,
            "until": "5m",
            "probability": 0.5,
            "when": "after",
            "at": {"state": 4, "track": "LightCurve"},
            "effect": {
                "status": 503,
                "headers": {"Retry-After": "5"},
                "body": "<html>",
                "content_type": "text/html",
                "delay": "2s",
            },
        }
    )

    assert spec.to_domain() == Fault(
        service="ukssdc",
        operation="status",
        nth=3,
        every=4,
        times=2,
        until_us=300_000_000,
        probability=0.5,
        is_before=False,
        at_state="4",
        at_track="LightCurve",
        effect=Effect(
            status=503,
            headers=(("Retry-After", "5"),),
            body="<html>",
            content_type="text/html",
            delay=Between(2_000_000, 2_000_000),
        ),
    )


@pytest.mark.parametrize(
    ("effect", "means"),
    [
        ({"wire": "reset"}, Effect(wire=Wire.RESET)),
        ({"omit": ["OK"], "set": {"a": None}}, Effect(omit=("OK",), put={"a": None})),
        ({"error": {"code": 205}}, Effect(error={"code": 205})),
        ({"delay": "1s..3s"}, Effect(delay=Between(1_000_000, 3_000_000))),
        (
            {"delay": {"median": "1s", "sigma": 1, "max": "10s"}},
            Effect(delay=LogNormal(1_000_000, 1.0, 10_000_000)),
        ),
        (
            {"delay": {"median": "1s", "max": "10s"}, "wire": "empty"},
            Effect(delay=LogNormal(1_000_000, 0.5, 10_000_000), wire=Wire.EMPTY),
        ),
    ],
)
def test_an_effect_means_in_the_domain_what_was_written(
    effect: dict[str, Any], means: Effect
) -> None:
    assert FaultSpec.model_validate({"effect": effect}).to_domain().effect == means
    assert PUBLISHED.is_valid({"effect": effect})


@pytest.mark.parametrize(
    ("effect", "is_before"),
    [
        ({"status": 503}, True),
        ({"wire": "reset"}, True),
        ({"wire": "truncate"}, False),
        ({"wire": "malformed"}, False),
        ({"omit": ["OK"]}, False),
        ({"set": {"OK": 1}}, False),
        ({"delay": "2s"}, False),
        ({"headers": {"A": "b"}}, False),
    ],
)
def test_what_needs_the_real_answer_strikes_after_the_work_and_the_rest_before(
    effect: dict[str, Any], is_before: bool
) -> None:
    explicit = {"when": "before", "effect": effect}

    assert FaultSpec.model_validate({"effect": effect}).to_domain().is_before is is_before
    assert PUBLISHED.is_valid(explicit) is is_before
    if is_before:
        assert FaultSpec.model_validate(explicit).to_domain().is_before
    else:
        with pytest.raises(ValidationError, match="expected 'after'"):
            FaultSpec.model_validate(explicit)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({}, "Field required"),
        ({"effect": {}}, "must do something"),
        ({"effect": {"wire": "reset", "status": 503}}, "'status' cannot stand beside 'wire'"),
        ({"effect": {"error": {"code": 1}, "body": "x"}}, "'body' cannot stand beside 'error'"),
        ({"effect": {"omit": ["a"], "status": 503}}, "'status' cannot stand beside 'omit'"),
        ({"effect": {"content_type": "text/html"}}, "there is no 'body'"),
        ({"effect": {"status": 204, "body": "x"}}, "status 204 has no body"),
        ({"effect": {"status": 199}}, "greater than or equal to 200"),
        ({"effect": {"status": 600}}, "less than or equal to 599"),
        ({"effect": {"status": "503"}}, "valid integer"),
        ({"effect": {"wire": "rest"}}, "'reset', 'empty'"),
        ({"effect": {"headers": {"A\r\nB": "x"}}}, "not the name of a header"),
        ({"effect": {"headers": {"A": "x\r\nB: y"}}}, "not the value of a header"),
        ({"effect": {"headers": {"A": "x\n"}}}, "not the value of a header"),
        ({"effect": {"headers": {"A": "€"}}}, "not the value of a header"),
        ({"effect": {"headers": {"Content-LENGTH": "5"}}}, "not the name of a header"),
        ({"effect": {"headers": {}}}, "at least 1 item"),
        ({"effect": {"omit": []}}, "at least 1 item"),
        ({"effect": {"delay": 2}}, "has no unit"),
        ({"effect": {"delay": {"median": "1s"}}}, "Field required"),
        ({"effect": DOWN, "nth": 0}, "greater than or equal to 1"),
        ({"effect": DOWN, "nth": True}, "valid integer"),
        ({"effect": DOWN, "nth": None}, "leave the key out"),
        ({"effect": DOWN, "probability": 1.5}, "less than or equal to 1"),
        ({"effect": DOWN, "when": "during"}, "'before' or 'after'"),
        ({"effect": DOWN, "at": {"track": "x"}}, "Field required"),
        ({"effect": DOWN, "at": {"state": True}}, "valid string"),
        ({"effect": DOWN, "oparation": "status"}, "did you mean 'operation'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_model_and_schema(
    fault: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        FaultSpec.model_validate(fault)

    assert not PUBLISHED.is_valid(fault)


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        ({"omit": ["a"], "set": {"a": 1}}, "'a' is left out and set"),
        ({"delay": {"median": "2s", "max": "1s"}}, "below the median"),
        ({"delay": "2s..1s"}, "ends before it begins"),
        ({"delay": "11m"}, "a delay of 11m is too long, expected at most 10m"),
        ({"delay": "1s..10m1s"}, "a delay of 10m1s is too long, expected at most 10m"),
        ({"delay": {"median": "1s", "max": "2d"}}, "a delay of 2d is too long"),
    ],
)
def test_what_only_comparing_can_tell_is_refused_by_the_model(
    effect: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        FaultSpec.model_validate({"effect": effect})


def test_two_keys_that_exclude_each_other_are_one_problem() -> None:
    with pytest.raises(ValidationError) as refused:
        FaultSpec.model_validate({"effect": {"error": {"code": 1}, "omit": ["a"]}})

    assert str(refused.value).count("cannot stand beside") == 1


def test_a_fault_is_written_as_it_was_read() -> None:
    written = {
        "nth": 3,
        "until": "5m",
        "at": {"state": 4},
        "effect": {"delay": {"median": "1s", "max": "10s"}, "omit": ["OK"]},
    }

    dumped = FaultSpec.model_validate(written).model_dump(mode="json", exclude_unset=True)

    assert dumped == written


def test_every_key_of_the_published_schema_is_described() -> None:
    schema = FaultSpec.model_json_schema()
    models = [schema, *(schema["$defs"][name] for name in ("AtSpec", "EffectSpec", "Spread"))]

    for model in models:
        assert all(key.get("description") for key in model["properties"].values())
