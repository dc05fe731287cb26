"""A made-up service's scenarios: they prove that the loader knows no real one."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, JsonValue, model_validator

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.schema import (
    UNTIL,
    CancelLag,
    Many,
    Maybe,
    PhaseFile,
    ScenarioFile,
    ScriptError,
    SignalName,
    UntilTrack,
)
from mockstatus.scenario.strict import Located

STATES = ("QUEUED", "RUNNING", "DONE", "BROKEN")
ENDS = ("DONE", "BROKEN")


class ToyPhase(PhaseFile):
    """A stretch of a toy's life."""

    state: Literal["QUEUED", "RUNNING", "DONE", "BROKEN"] = Field(description="The toy's state.")
    until: Maybe[SignalName | UntilTrack[ToyPhase]] = UNTIL
    result: JsonValue = Field(default=None, description="What the toy says at its end.")


class ToyCode(CancelLag):
    """A cancel that ends in a code."""

    lag: Duration = Field(default=0, description="How long it takes.")
    code: int = Field(ge=0, le=9, description="The code.")


class ToyFile(ScenarioFile):
    """A toy's story."""

    OPERATIONS: ClassVar[tuple[str, ...]] = ("submit", "status", "cancel")

    service: Literal["toy"]
    cancel: Maybe[Literal["refuse"] | CancelLag | ToyCode] = Field(
        default=None, description="What a cancel does."
    )
    tracks: Maybe[dict[str, Annotated[Many[ToyPhase], Field(min_length=1)]]] = Field(
        default=None, description="Phases by track."
    )
    phases: Annotated[Many[ToyPhase], Field(min_length=1)] = Field(description="The phases.")

    @model_validator(mode="after")
    def _nothing_follows_an_end(self) -> Self:
        problems = [
            Located(
                f"{phase.state} is an end, nothing can follow it",
                ("phases", index + 1, "state"),
            )
            for index, phase in enumerate(self.phases[:-1])
            if phase.state in ENDS and not self.unlikely
        ]
        if problems:
            raise ScriptError.of(problems)
        return self


class OtherFile(ScenarioFile):
    """Another service, with nothing of its own."""

    service: Literal["other"]


MODELS: dict[str, type[ScenarioFile]] = {"toy": ToyFile, "other": OtherFile}
