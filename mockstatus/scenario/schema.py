"""What the scenario files of all services share: the common keys, and how a phase may end.

A service brings the rest. It derives its file from `ScenarioFile` (with `service: Literal[...]`
and its own part; it may widen or narrow a key) and its phase from `PhaseFile`:

    class AcmePhase(PhaseFile):
        state: Literal["QUEUED", "DONE"]
        until: Maybe[SignalName | UntilTrack[AcmePhase]] = UNTIL
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, JsonValue
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mockstatus.scenario.durations import Duration, DurationRange
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.scenario.strict import (
    Checked,
    Located,
    Many,
    Maybe,
    Place,
    ScriptError,
    Seen,
    Strict,
    TextLike,
)
from mockstatus.scenario.wording import unknown

__all__ = [
    "UNTIL",
    "CancelLag",
    "Expires",
    "ExpiresAfter",
    "FaultSpec",
    "Located",
    "Many",
    "Maybe",
    "PhaseFile",
    "Place",
    "ScenarioFile",
    "ScriptError",
    "Seen",
    "SignalName",
    "Strict",
    "SubmitRule",
    "UntilTrack",
]

P = TypeVar("P", covariant=True)

SignalName = Annotated[
    str, TextLike(r"[a-z][a-z0-9_-]{0,31}", "the name of a signal", example="go-on")
]


class UntilTrack(Strict, Generic[P]):
    """Waits until another track of the job has ended, well or badly."""

    track: str = Field(min_length=1, max_length=100, description="The track that is waited for.")
    failed: Maybe[P] = Field(
        default=None,
        description="What comes instead of the rest of this track if that one ended badly.",
    )


UNTIL: Any = Field(
    default=None,
    description="Ends at this signal, or when another track of the job has ended.",
)

# Field name and key of each way out.
_WAYS_OUT = {"for_": "for", "polls": "polls", "until": "until"}


class PhaseFile(Checked):
    """How a phase may end: at most one of `for`, `polls` and `until`. Without one it stays."""

    for_: Maybe[DurationRange] = Field(
        default=None,
        alias="for",
        description="How long it lasts: 30s, or 30s..5m to be drawn for each job.",
    )
    polls: Maybe[Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        default=None, description="How many polls see it."
    )
    until: Maybe[SignalName | UntilTrack[PhaseFile]] = UNTIL

    def problems(self) -> Iterator[Located]:
        """More than one way out."""
        given = [key for name, key in _WAYS_OUT.items() if name in self.model_fields_set]
        for key in given[1:]:
            message = f"{key!r} cannot stand beside {given[0]!r}: a phase has one way out"
            yield Located(message, (key,), is_on_key=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        keys = _WAYS_OUT.values()
        handler.resolve_ref_schema(schema)["dependentSchemas"] = {
            key: {"properties": {other: False for other in keys if other != key}} for key in keys
        }
        return schema


class SubmitRule(Strict):
    """What becomes of the submission itself."""

    refuse: str = Field(
        min_length=1,
        max_length=1000,
        description="The submission is refused with this text, in the service's own form.",
    )


class Expires(Strict):
    """When a job expires."""

    after: Duration | Literal["request"] = Field(
        description="So long after the submission, or what the client asked for (request)."
    )
    idle: bool = Field(
        default=False, description="Count from the last use of the job, not from its submission."
    )


def _no_request(value: object) -> object:
    if value == "request":
        raise ValueError(
            "clients of this service ask for no time that 'request' could mean, expected a duration"
            " such as 1h30m"
        )
    return value


class ExpiresAfter(Expires):
    """When a job expires, of a service whose clients cannot ask for it."""

    after: Annotated[Duration, BeforeValidator(_no_request)] = Field(
        description="So long after the submission."
    )


# A service whose cancels can say more derives from this one, and gives `lag` a default.
class CancelLag(Strict):
    """A cancel that works after a while."""

    lag: Duration = Field(description="How long the service takes to act on a cancel.")


class ScenarioFile(Checked):
    """What every scenario may say."""

    # A service sets these, so that a fault is refused that could never strike: one on an operation
    # that it lacks, or while a track that no job has is in a state that there is not.
    OPERATIONS: ClassVar[tuple[str, ...]] = ()
    STATES: ClassVar[tuple[str, ...]] = ()
    TRACKS: ClassVar[tuple[str, ...]] = ()

    service: str = Field(description="The service whose job this is.")
    summary: str = Field(min_length=1, max_length=200, description="The story in one sentence.")
    description: str = Field(default="", max_length=10_000, description="What else to know.")
    match: dict[
        Annotated[str, Field(min_length=1, max_length=100)],
        Annotated[str, Field(min_length=1, max_length=200)],
    ] = Field(
        default_factory=dict,
        max_length=20,
        description="Submissions it is for: wire fields and shell patterns, all of which must fit.",
    )
    seed: Maybe[Annotated[int, Field(ge=-(2**63), lt=2**63)]] = Field(
        default=None, description="Draws the same for every job, whatever the server's seed."
    )
    submit: Maybe[SubmitRule] = Field(
        default=None, description="What becomes of the submission itself."
    )
    expires: Maybe[Expires] = Field(
        default=None, description="When the job expires; the service's rule, if left out."
    )
    cancel: Maybe[Literal["refuse"] | CancelLag] = Field(
        default=None, description="What a cancel does; the service's rule, if left out."
    )
    faults: Many[FaultSpec] = Field(
        default=(),
        max_length=100,
        description="Faults on calls about the job, counted from its submission.",
    )
    unlikely: bool = Field(
        default=False, description="Allows states, and orders of states, that are never seen."
    )

    @classmethod
    def error_problem(cls, error: Mapping[str, JsonValue]) -> str | None:  # noqa: ARG003  # any
        """What is wrong with the error of a fault; None if nothing is. A service knows its own."""
        return None

    def problems(self) -> Iterator[Located]:
        """Faults that could never strike, or whose error the service has no form for."""
        for index, fault in enumerate(self.faults):
            here: Place = ("faults", index)
            if fault.service not in (None, self.service):
                yield Located(unknown("service", fault.service, [self.service]), (*here, "service"))
            if self.OPERATIONS and fault.operation not in (None, *self.OPERATIONS):
                message = unknown("operation", fault.operation, self.OPERATIONS)
                yield Located(message, (*here, "operation"))
            if not self.unlikely:
                yield from never_at(fault, self.STATES, self.TRACKS, at=here)
            error = fault.effect.error
            if error is not None and (wrong := self.error_problem(error)) is not None:
                yield Located(wrong, (*here, "effect", "error"))


def never_at(
    fault: FaultSpec, states: Collection[str], tracks: Collection[str], *, at: Place = ()
) -> Iterator[Located]:
    """A point of the lifecycle that there is not. states, tracks: all there are; any, if empty."""
    if fault.at is None:
        return
    state, track = str(fault.at.state), fault.at.track
    if states and state not in states:
        yield Located(unknown("state", state, states), (*at, "at", "state"))
    if tracks and track is not None and track not in tracks:
        yield Located(unknown("track", track, tracks), (*at, "at", "track"))
