"""Faults as testers write them, in a scenario file or through the control API.

`FaultSpec.to_domain()` is the only thing the rest of the program needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, GetJsonSchemaHandler, JsonValue, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mockstatus.domain.fault import Between, Delay, Effect, Fault, LogNormal, Wire
from mockstatus.scenario.durations import Duration, DurationRange, Range, format_duration
from mockstatus.scenario.strict import (
    Located,
    Many,
    Maybe,
    Place,
    ScriptError,
    Strict,
    TextLike,
)

Count = Annotated[int, Field(ge=1, le=1_000_000)]
_Name = Annotated[str, Field(min_length=1, max_length=100)]

# Framing is the server's; `wire: truncate` is the way to send less than was announced.
_FRAMING = ("content-length", "transfer-encoding", "connection")
_NOT_FRAMING = "|".join(
    "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in name)
    for name in _FRAMING
)
HeaderName = Annotated[
    str,
    TextLike(
        rf"(?!(?:{_NOT_FRAMING})$)[!#$%&'*+.^_`|~0-9A-Za-z-]{{1,100}}",
        "the name of a header that may be set",
        "Retry-After",
    ),
]
HeaderValue = Annotated[
    str,
    TextLike(
        r"(?:[!-~\u0080-\u00ff](?:[ \t!-~\u0080-\u00ff]{0,1998}[!-~\u0080-\u00ff])?)?",
        "the value of a header (Latin-1, in one line)",
        "text/html",
    ),
]


# A choice: no proxy and no client waits longer, and a server must be able to stop.
LONGEST_DELAY_US = 10 * 60 * 1_000_000


def _bounded(delay_us: int, at: Place) -> Iterator[Located]:
    """Delays pass in real time, so that none may last for hours."""
    if delay_us > LONGEST_DELAY_US:
        longest = format_duration(LONGEST_DELAY_US)
        message = f"a delay of {format_duration(delay_us)} is too long, expected at most {longest}"
        yield Located(message, at)


class Spread(Strict):
    """A delay as networks have them: half of the calls below the median, a long tail, cut off."""

    median: Duration = Field(description="Half of the delays are shorter.")
    sigma: float = Field(default=0.5, ge=0, le=5, description="How far they spread: 0 not at all.")
    max: Duration = Field(description="No delay is longer; at most 10m.")

    @model_validator(mode="after")
    def _max_is_possible(self) -> Self:
        problems = [*_bounded(self.max, ("max",))]
        if self.max < self.median:
            problems.append(Located("the longest delay is below the median", ("max",)))
        if problems:
            raise ScriptError.of(problems)
        return self


class AtSpec(Strict):
    """A point of the lifecycle."""

    state: str | int = Field(description="Only while a track is in this state.")
    track: Maybe[_Name] = Field(default=None, description="This track; any, if left out.")


class EffectSpec(Strict):
    """What the client sees. At least one key."""

    status: Maybe[Annotated[int, Field(ge=200, le=599)]] = Field(
        default=None, description="The answer's status, with the service's own body or `body`."
    )
    headers: Maybe[Annotated[dict[HeaderName, HeaderValue], Field(min_length=1, max_length=50)]] = (
        Field(default=None, description="Headers that are added to the answer, or replaced in it.")
    )
    body: Maybe[Annotated[str, Field(max_length=200_000)]] = Field(
        default=None,
        description="A body in place of the service's own; its status is 200 if none is given.",
    )
    content_type: Maybe[HeaderValue] = Field(
        default=None, description="What `body` is, such as text/html."
    )
    delay: Maybe[DurationRange | Spread] = Field(
        default=None,
        description="Real time before the answer: 2s, 1s..3s, or a spread; at most 10m.",
    )
    wire: Maybe[Literal["reset", "empty", "truncate", "malformed", "garbage"]] = Field(
        default=None,
        description="Below HTTP: the connection reset, or closed without a byte; the answer cut "
        "short, or unreadable JSON; bytes that are no HTTP. Goes with `delay` alone.",
    )
    omit: Maybe[Annotated[Many[_Name], Field(min_length=1, max_length=100)]] = Field(
        default=None, description="Fields left out of the real answer."
    )
    set: Maybe[Annotated[dict[_Name, JsonValue], Field(min_length=1, max_length=100)]] = Field(
        default=None, description="Fields of the real answer that get another value."
    )
    error: Maybe[Annotated[dict[str, JsonValue], Field(min_length=1)]] = Field(
        default=None, description="An error in the service's own form, such as {code: 205}."
    )

    @model_validator(mode="after")
    def _its_keys_go_together(self) -> Self:
        if not self.model_fields_set:
            raise ScriptError("an effect must do something, expected at least one key")
        if problems := [*self._strangers(), *self._misfits()]:
            raise ScriptError.of(problems)
        return self

    def _strangers(self) -> Iterator[Located]:
        told = []
        for owner, companions in _COMPANIONS.items():
            if owner not in self.model_fields_set:
                continue
            for key in sorted(self.model_fields_set - companions - {owner}):
                if {owner, key} not in told:
                    told.append({owner, key})
                    message = f"{key!r} cannot stand beside {owner!r}"
                    yield Located(message, (key,), is_on_key=True)

    def _misfits(self) -> Iterator[Located]:
        if self.content_type is not None and self.body is None:
            message = "'content_type' says what 'body' is, and there is no 'body'"
            yield Located(message, ("content_type",), is_on_key=True)
        if self.body is not None and self.status in _BODILESS:
            message = f"an answer of status {self.status} has no body"
            yield Located(message, ("body",), is_on_key=True)
        if isinstance(self.delay, Range):
            yield from _bounded(self.delay.high_us, ("delay",))
        for name in self.omit or ():
            if name in (self.set or {}):
                message = f"{name!r} is left out and set at the same time"
                yield Located(message, ("set", name), is_on_key=True)

    def to_domain(self) -> Effect:
        """The same, for the rest of the program."""
        return Effect(
            status=self.status,
            headers=tuple((self.headers or {}).items()),
            body=self.body,
            content_type=self.content_type,
            delay=_delay(self.delay),
            wire=None if self.wire is None else Wire(self.wire),
            omit=self.omit or (),
            put=self.set or {},
            error=self.error,
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        own = handler.resolve_ref_schema(schema)
        own["minProperties"] = 1
        own["dependentRequired"] = {"content_type": ["body"]}
        own["dependentSchemas"] = {
            owner: {"propertyNames": {"enum": sorted({owner, *companions})}}
            for owner, companions in _COMPANIONS.items()
        }
        own["if"] = {"properties": {"status": {"enum": _BODILESS}}, "required": ["status"]}
        own["then"] = {"properties": {"body": False}}
        return schema


# What may stand beside these; everything else may stand beside everything.
_COMPANIONS = {
    "wire": {"delay"},
    "error": {"delay", "headers"},
    "omit": {"delay", "headers", "set"},
    "set": {"delay", "headers", "omit"},
}
_BODILESS = [204, 205, 304]


def _delay(delay: Range | Spread | None) -> Delay | None:
    match delay:
        case None:
            return None
        case Range(low_us, high_us):
            return Between(low_us, high_us)
        case Spread():
            return LogNormal(delay.median, delay.sigma, delay.max)
        case _:
            assert_never(delay)


class FaultSpec(Strict):
    """Which calls are struck, and by what. Calls are counted from the posting on."""

    service: Maybe[_Name] = Field(
        default=None, description="Only calls of this service; in a scenario, its own."
    )
    operation: Maybe[_Name] = Field(
        default=None, description="Only calls of this operation, such as submit, status, cancel."
    )
    nth: Maybe[Count] = Field(
        default=None, description="The first call that may be struck; alone, the only one."
    )
    every: Maybe[Count] = Field(
        default=None, description="Only each so many-th call, counted from `nth` if given."
    )
    times: Maybe[Count] = Field(
        default=None, description="How many calls are struck in all; alone, the next ones."
    )
    until: Maybe[Duration] = Field(
        default=None, description="How long it lives on the sandbox's clock, such as 5m."
    )
    probability: float = Field(
        default=1.0, ge=0, le=1, description="The chance of each call that would be struck."
    )
    when: Maybe[Literal["before", "after"]] = Field(
        default=None,
        description="Before the work is done, so that nothing happens, or after it (the lost "
        "reply). What needs the real answer is always after; everything else is before, if left "
        "out.",
    )
    at: Maybe[AtSpec] = Field(default=None, description="Only at this point of the lifecycle.")
    effect: EffectSpec = Field(description="What the client sees.")

    @model_validator(mode="after")
    def _the_real_answer_is_there_only_after_the_work(self) -> Self:
        if self.when == "before" and self.effect.to_domain().needs_answer:
            keys = " and ".join(repr(key) for key in sorted(self.effect.model_fields_set))
            raise ScriptError(
                f"'before' there is no answer yet that {keys} could act on, expected 'after'",
                at=("when",),
            )
        return self

    def to_domain(self) -> Fault:
        """The same, for the rest of the program."""
        effect = self.effect.to_domain()
        return Fault(
            effect=effect,
            service=self.service,
            operation=self.operation,
            nth=self.nth,
            every=self.every,
            times=self.times,
            until_us=self.until,
            probability=self.probability,
            is_before=self.when != "after" and not effect.needs_answer,
            at_state=None if self.at is None else str(self.at.state),
            at_track=None if self.at is None else self.at.track,
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        own = handler.resolve_ref_schema(schema)
        own["if"] = {"properties": {"effect": _ACTS_ON_THE_ANSWER}}
        own["then"] = {"properties": {"when": {"const": "after"}}}
        return schema


_ACTS_ON_THE_ANSWER = {
    "anyOf": [
        {"properties": {"wire": {"enum": ["truncate", "malformed"]}}, "required": ["wire"]},
        {"propertyNames": {"not": {"enum": ["wire", "status", "body", "error"]}}},
    ]
}
