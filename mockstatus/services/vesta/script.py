"""What a scenario may say about a VESTA task: its phases, and the order they may come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from mockstatus.scenario.schema import (
    UNTIL,
    ExpiresAfter,
    Located,
    Many,
    Maybe,
    PhaseFile,
    Place,
    ScenarioFile,
    Seen,
    SignalName,
    Strict,
    UntilTrack,
)
from mockstatus.scenario.strict import TextLike
from mockstatus.scenario.wording import unknown
from mockstatus.services.vesta import codes, states

TRACK = "task"
"""The one track of a task."""

OPERATIONS = ("submit", "status", "cancel", "info", "stats", "upload", "download")

WAS_REVOKED = "revoked"
WAS_TERMINATED = "terminated"

StateName = Annotated[
    str,
    TextLike(r"[A-Za-z][A-Za-z0-9_ -]{0,31}", "the name of a state", example="PROGRESS"),
    Seen("state", states.STATES),
]
Percent = Annotated[int, Field(ge=0, le=100)]
Text = Annotated[str, Field(max_length=10_000)]


class ProgressSpec(Strict):
    """How far the work is. It moves with what ends the phase."""

    from_: Maybe[Percent] = Field(
        default=None,
        alias="from",
        description="Where it begins; where the phase before ended, or 0, if left out.",
    )
    to: Percent = Field(default=100, description="Where it ends.")


class ErrorSpec(Strict):
    """Why a worker failed."""

    code: int = Field(description="One of the documented codes, or 600 to 699.")
    message: Maybe[Text] = Field(
        default=None, description="What the exception said; a usual text of its code, if left out."
    )


# The states that each key belongs to.
_BELONGS = {
    "result": (states.SUCCESS,),
    "error": (states.FAILURE, states.RETRY, states.REVOKED),
    "progress": (states.PROGRESS,),
    "host": (states.PROGRESS, states.STORING),
    "worker_id_version": (states.PROGRESS, states.STORING),
}


class VestaPhase(PhaseFile):
    """A stretch of a task's life."""

    state: StateName = Field(
        description=f"One of {', '.join(states.STATES)}; another word only in an unlikely story.",
        examples=list(states.STATES),
    )
    until: Maybe[SignalName | UntilTrack[VestaPhase]] = UNTIL
    result: JsonValue = Field(
        default=None, description="SUCCESS: any JSON; the annotator's own result, if left out."
    )
    error: Maybe[ErrorSpec] = Field(
        default=None, description="FAILURE, RETRY, REVOKED: the code and the message."
    )
    progress: Maybe[ProgressSpec] = Field(default=None, description="PROGRESS: from and to.")
    host: Maybe[Text] = Field(
        default=None,
        description="PROGRESS, STORING: where the worker runs; another one for each attempt, if"
        " left out.",
    )
    worker_id_version: str | None = Field(
        default=None,
        max_length=200,
        description="PROGRESS, STORING: the worker's version; the configured one, if left out.",
    )

    @property
    def is_known(self) -> bool:
        """Whether the gateway documents this state."""
        return self.state in states.STATES

    def problems(self) -> Iterator[Located]:
        """Keys of another state, and a wait for itself."""
        yield from super().problems()
        for key, owners in _BELONGS.items():
            if key not in self.model_fields_set or self.state in owners:
                continue
            # An invented state may have a result of its own.
            if key != "result" or self.is_known:
                message = f"{key!r} belongs to {' and '.join(owners)}, not to {self.state}"
                yield Located(message, (key,), is_on_key=True)
        if isinstance(self.until, UntilTrack) and self.until.track == TRACK:
            message = f"{TRACK!r} would wait for itself for ever, expected a signal"
            yield Located(message, ("until", "track"))


class VestaFile(ScenarioFile):
    """A VESTA task's story."""

    OPERATIONS: ClassVar[tuple[str, ...]] = OPERATIONS
    STATES: ClassVar[tuple[str, ...]] = states.STATES
    TRACKS: ClassVar[tuple[str, ...]] = (TRACK,)

    service: Literal["vesta"] = Field(description="The service whose job this is.")
    expires: Maybe[ExpiresAfter] = Field(
        default=None, description="When the job expires; the service's rule, if left out."
    )
    phases: Annotated[Many[VestaPhase], Field(min_length=1, max_length=20_000)] = Field(
        description="The phases of the task, in order."
    )

    @classmethod
    def error_problem(cls, error: Mapping[str, JsonValue]) -> str | None:
        """What is wrong with the error of a fault; None if nothing is."""
        return error_problem(error)

    def problems(self) -> Iterator[Located]:
        """Faults that cannot be, and what the gateway would never tell."""
        yield from super().problems()
        if not self.unlikely:
            yield from unlikely_problems(self.phases, at=("phases",))


def error_problem(error: Mapping[str, JsonValue]) -> str | None:
    """What is wrong with the error of a fault; None if nothing is."""
    code, status = error.get("code"), error.get("status", 500)
    if strange := sorted(set(error) - {"code", "message", "status"}):
        return unknown("key", strange[0], ("code", "message", "status"))
    if type(code) is not int or not codes.exists(code):
        return f"{code!r} is no code of the gateway, expected one such as {codes.BROKER_SILENT}"
    if not isinstance(error.get("message", ""), str):
        return "the message of an error is a text"
    if type(status) is not int or not 400 <= status <= 599:
        return f"{status!r} is no status of an error, expected 400 to 599"
    return None


def unlikely_problems(phases: Sequence[VestaPhase], *, at: Place = ()) -> Iterator[Located]:
    """What no client of the real gateway ever sees: unknown states and codes, wrong orders."""
    reached = 0
    for index, phase in enumerate(phases):
        yield from _unknown_words(phase, (*at, index))
        if index:
            yield from _wrong_order(phases[index - 1], phase, (*at, index))
        if phase.state != states.PROGRESS:
            reached = 0
            continue
        first, last = progress_of(phase, reached)
        if first < reached or last < first:
            found = f"from {first} to {last}" if last < first else f"from {reached} to {first}"
            yield Located(f"progress never goes back, as it does {found}", (*at, index, "progress"))
        reached = last


def progress_of(phase: VestaPhase, reached: int) -> tuple[int, int]:
    """Where a PROGRESS begins and ends. reached: where the phase before it in its attempt ended."""
    given = phase.progress
    if given is None:
        return reached, 100
    return (reached if given.from_ is None else given.from_), given.to


def _unknown_words(phase: VestaPhase, at: Place) -> Iterator[Located]:
    if not phase.is_known:
        yield Located(unknown("state", phase.state, states.STATES), (*at, "state"))
    error = phase.error
    if error is None:
        return
    if phase.state == states.REVOKED:
        if error.code != codes.REVOKED:
            message = f"the code of REVOKED is always {codes.REVOKED}, not {error.code}"
            yield Located(message, (*at, "error", "code"))
    elif not codes.exists(error.code):
        message = f"there is no code {error.code}, expected a documented one or 600 to 699"
        yield Located(message, (*at, "error", "code"))


def _wrong_order(before: VestaPhase, after: VestaPhase, at: Place) -> Iterator[Located]:
    if not (before.is_known and after.is_known):
        return
    allowed = states.NEXT[before.state]
    if after.state not in allowed:
        listed = [state for state in states.STATES if state in allowed]
        expected = f"expected one of {', '.join(listed)}" if listed else "nothing can"
        yield Located(f"{after.state} cannot follow {before.state}, {expected}", (*at, "state"))
    elif after.state == states.REVOKED and after.error is not None and after.error.message:
        usual = revocation(before.state)
        other = WAS_REVOKED if usual == WAS_TERMINATED else WAS_TERMINATED
        if after.error.message == other:
            message = f"a cancel in {before.state} is told as {usual!r}, not as {other!r}"
            yield Located(message, (*at, "error", "message"))


def revocation(before: str | None) -> str:
    """How a cancel is told that finds a task in this state."""
    return WAS_TERMINATED if before in states.BEGUN else WAS_REVOKED
