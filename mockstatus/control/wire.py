"""What `/_mock` takes and answers, as models.

Instants are ISO dates, spans are text such as 30s.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from mockstatus.runtime.queues import QUEUE_LIMIT
from mockstatus.scenario.durations import Duration, Instant
from mockstatus.scenario.schema import SignalName
from mockstatus.scenario.strict import Maybe, Strict

Seed = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
ScenarioFormat = Literal["yaml", "json"]
At = Annotated[str, Field(examples=["2026-01-01T00:00:00Z"])]
State = Annotated[str, Field(examples=["RUNNING"])]
Service = Annotated[str, Field(examples=["acme"])]
Scenario = Annotated[str, Field(examples=["acme/slow"])]
Name = Annotated[str, Field(min_length=1, max_length=200)]


# What is sent.


class JobOrder(Strict):
    """A job to submit. A service may take further keys (vesta: `annotator`)."""

    model_config = ConfigDict(extra="allow")

    service: Name = Field(description="The service that gets it.")
    scenario: Name | None = Field(
        default=None, description="What it plays; chosen as for any client, if left out."
    )
    submission: dict[str, JsonValue] | None = Field(
        default=None, description="Wire fields, as the service's own client sends them."
    )


class SignalOrder(Strict):
    """A signal to a job: cancel, fail, complete, expire, or one that its script waits for."""

    signal: SignalName = Field(description="Its name.")
    track: Name | None = Field(default=None, description="Only to this track; all, if left out.")


class ClockOrder(Strict):
    """How time passes from now on; at least one key."""

    mode: Maybe[str] = Field(default=None, description="real, xN (N times faster) or manual.")
    now: Maybe[Instant] = Field(
        default=None, description="The instant to be at; back only while there are no jobs."
    )


class AdvanceOrder(Strict):
    """How far to move on: one of the keys."""

    by: Maybe[Duration] = Field(default=None, description="So much further.")
    to: Maybe[Instant] = Field(default=None, description="To this instant, unless it is past.")


class SeedOrder(Strict):
    """What ids and draws are made from."""

    seed: Seed = Field(description="Any whole number of 64 bits.")


class NextOrder(Strict):
    """What the next jobs play, those that nobody chooses a scenario for."""

    scenario: Name = Field(description="SERVICE/NAME.")
    count: Annotated[int, Field(ge=1, le=QUEUE_LIMIT)] = Field(
        default=1, description="How many jobs."
    )


class DefaultOrder(Strict):
    """What jobs play that nobody chooses a scenario for."""

    scenario: Name | None = Field(
        description="SERVICE/NAME, or NAME; null for the service's own story."
    )


class JobQuery(Strict):
    """Which jobs to list."""

    model_config = ConfigDict(strict=False)

    service: Maybe[Name] = Field(default=None, description="Only jobs of this service.")
    limit: int = Field(default=1000, ge=1, le=10_000, description="At most so many.")
    offset: int = Field(default=0, ge=0, description="Without the first so many.")


class WaitQuery(Strict):
    """What to wait for: all that is given, and at least one of polls, requests and state."""

    model_config = ConfigDict(strict=False)

    polls: Maybe[Annotated[int, Field(ge=0)]] = Field(
        default=None, description="Until the job has been polled so often in all."
    )
    requests: Maybe[Annotated[int, Field(ge=0)]] = Field(
        default=None, description="Until there were so many calls about the job in all."
    )
    state: Maybe[Name] = Field(
        default=None,
        description="Until the job, or one of its tracks, is in this state (or expired, deleted).",
    )
    track: Maybe[Name] = Field(default=None, description="Only this track's state counts.")
    timeout: Duration = Field(
        default="5s",
        validate_default=True,
        description="How long to wait, in real time; at most 10m.",
    )


# What is answered.


class Health(BaseModel):
    """How the server is."""

    status: Literal["ok"] = "ok"
    version: str = Field(examples=["1.0.0"])
    sandboxes: int = Field(examples=[3])
    jobs: int = Field(examples=[12])
    scenarios: int = Field(examples=[40])


class TrackView(BaseModel):
    """Where one track of a job stands."""

    state: State
    entered: At = Field(description="Since when it is in this state.")
    has_ended: bool = Field(description="Whether the service calls the state final.")
    progress: int | None = Field(description="null where the state has none.", examples=[40])
    leaves: At | None = Field(description="When it leaves by the clock alone; null if it stays.")


class VisitView(BaseModel):
    """A track was in a state. left: null where it still is."""

    at: At
    track: str = Field(examples=["task"])
    state: State
    entered: At
    left: At | None


class HappeningView(BaseModel):
    """Something was done to a job. acted: whether that moved anything."""

    at: At
    event: Literal["started", "signalled", "cancelled", "placed", "rescheduled", "deleted"]
    acted: bool
    signal: str | None = None
    tracks: list[str] | None = Field(default=None, description="Which tracks; null means all.")
    states: list[str] | None = Field(default=None, description="What a track was put into.")
    expires: At | None = Field(default=None, description="Where the expiry was moved to.")


class GoneView(BaseModel):
    """Since when nothing remembers a job, and why."""

    why: Literal["deleted", "expired", "never_started"]
    at: At


class JobView(BaseModel):
    """A job: what it is, where it stands, and how it came there."""

    id: str = Field(description="What its client holds.", examples=["job-1"])
    service: Service
    number: int = Field(description="Counts the jobs of the sandbox, from 1.")
    scenario: Scenario | None = Field(description="null for the service's own story.")
    state: State = Field(description="The one word that sums it up, in the service's own terms.")
    submitted: At
    gone: GoneView | None
    next_change: At | None = Field(description="When it next moves by itself; null if never.")
    seed: int = Field(examples=[7])
    polls: int = Field(description="Status calls whose work was done.")
    requests: int = Field(description="Calls of its client about it, polls among them.")
    tracks: dict[str, TrackView]
    history: list[VisitView | HappeningView] = Field(
        description="What it went through, and what was done to it, in the order of time."
    )
    forgotten: int = Field(description="At least how many earlier entries the history lacks.")


class ServiceAnswer(BaseModel):
    """What the service answered, as its client would have got it."""

    status: int
    headers: dict[str, str]
    body: Any = Field(description="The document, where it is one; else the text.")


class SubmittedJob(JobView):
    """A job, just submitted, and what its service answered to that."""

    answer: ServiceAnswer


class SignalledJob(JobView):
    """A job that was sent a signal. acted: whether that moved anything."""

    acted: bool


class ClockView(BaseModel):
    """The sandbox's clock."""

    mode: str = Field(description="real, xN or manual.", examples=["manual"])
    now: At


class SeedView(BaseModel):
    """What ids and draws are made from."""

    seed: int = Field(examples=[7])


class DefaultView(BaseModel):
    """What jobs of a service play that nobody chooses a scenario for."""

    service: Service
    scenario: Scenario | None


class FaultView(BaseModel):
    """A fault at work. seen: calls it was meant for; struck: those it spoilt."""

    id: str
    posted: At
    seen: int
    struck: int
    is_over: bool = Field(description="Whether it will never strike again.")
    fault: dict[str, Any] = Field(description="As it was written.")


class ScenarioSummary(BaseModel):
    """A scenario, in one line."""

    name: Scenario
    service: Service
    summary: str = Field(examples=["It takes its time."])
    source: Literal["shipped", "mounted", "uploaded"]


class ScenarioView(ScenarioSummary):
    """A scenario. text: as it was written, YAML or JSON. document: the same, read."""

    description: str
    text: str
    document: dict[str, Any]


class TrackExplanation(BaseModel):
    """Why a track is where it is, and what comes next."""

    state: State
    phase: int = Field(description="Which one of its script's phases, from 1.")
    phases: int
    entered: At
    progress: int | None = Field(description="null where the state has none.", examples=[40])
    how: str = Field(description="How it got there.")
    ends: str = Field(description="What ends the phase.")
    next_state: State | None = Field(description="null where nothing follows.")
    next_at: At | None = Field(description="When, where the clock decides.")
    polls_left: int | None = Field(description="After how many polls, where polls decide.")


class LastExchange(BaseModel):
    """One of the latest exchanges about a job; the journal tells all of it."""

    number: int
    at: At
    operation: str = Field(examples=["status"])
    status: int
    shown: State | None = Field(description="What it told of the job, if anything.")
    fault: str | None


class Explanation(BaseModel):
    """What a job answers now, why, and what comes next when."""

    summary: str = Field(description="All of it, in sentences.")
    id: str
    service: Service
    state: State
    plays: str = Field(description="The scenario, or the service's own story.")
    gone: GoneView | None
    next_change: At | None
    expires: At | None = Field(description="When it expires if nobody does anything.")
    tracks: dict[str, TrackExplanation]
    exchanges: list[LastExchange] = Field(description="The latest five with its client.")
    clock: ClockView
    sandbox: str
