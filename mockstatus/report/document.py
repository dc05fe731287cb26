"""A report as a document: what `/_mock/report` answers, and what texts and pages are made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class ServiceCoverage(BaseModel):
    """Of what a service documents, what its client was shown."""

    documented: list[str]
    shown: list[str]
    never: list[str]
    percent: float = Field(description="Rounded down; 100 means all.", examples=[70.0])
    summary: str = Field(examples=["vesta 7/10: never STORING, RETRY, EXPIRED"])


class FindingView(BaseModel):
    """One thing that was not done well, with the numbers of the exchanges that show it."""

    name: str = Field(examples=["polled-after-end"])
    about: Literal["client", "test"]
    service: str | None
    job: str | None
    text: str
    exchanges: list[int]


class StretchView(BaseModel):
    """A track was in a state from one instant to another; `left` is null where it still is."""

    state: str
    ending: Literal["complete", "fail", "cancel", "expire"] | None = Field(
        description="How it ends its track, where the service calls it final."
    )
    entered: str
    left: str | None


class CallView(BaseModel):
    """One exchange of a job's client, in short. shown: what it told of the job, if anything."""

    number: int
    at: str
    operation: str
    kind: str
    status: int
    shown: str | None
    fault: str | None
    is_lost: bool


class JobReport(BaseModel):
    """One job, as its client lived through it."""

    id: str
    service: str
    scenario: str | None
    state: str
    submitted: str
    gone: str | None = Field(description="Why nothing remembers it any more; else null.")
    polls: int
    requests: int
    shown: list[str] = Field(description="The states that its client was shown.")
    tracks: dict[str, list[StretchView]]
    calls: list[CallView] = Field(description="The latest 500.")
    findings: list[str] = Field(description="The names of those about it.")


class Exchanges(BaseModel):
    """What the report is made of. dropped: written down, and forgotten again."""

    kept: int
    written: int
    dropped: int


class ReportDocument(BaseModel):
    """What a test learns about its client."""

    sandbox: str
    now: str
    job: str | None = Field(description="Set where the report is about one job alone.")
    exchanges: Exchanges
    coverage: dict[str, ServiceCoverage]
    findings: list[FindingView]
    jobs: list[JobReport]
    jobs_left_out: int = Field(description="Jobs beyond the 1,000 that are told here.")
