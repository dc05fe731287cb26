"""What a scenario may say about a Krixik process: its modules, its output, its warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, JsonValue

from mockstatus.scenario.schema import (
    UNTIL,
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
from mockstatus.services.krixik import states
from mockstatus.services.krixik.modules import CHAIN_LIMIT, MODULES

OPERATIONS = (
    "submit",
    "status",
    "cancel",  # every service has this word; Krixik has no such call, so that nothing strikes
    "checkin",
    "cap_check",
    "upload",
    "fetch_output",
    "download",
    "list",
    "update",
    "delete",
    "show_tree",
    "keyword_search",
    "semantic_search",
)

DEFAULT = "default"
LAST = "last"
SELECTORS = (
    DEFAULT,
    LAST,
    *(str(position) for position in range(1, CHAIN_LIMIT + 1)),
    *MODULES,
)

OUTPUT_LIMIT = 16 << 20

StateName = Annotated[
    str,
    TextLike(r"[a-z][a-z0-9_-]{0,31}", "the name of a state", example="ongoing"),
    Seen("state", states.TRACK_STATES),
]


class KrixikPhase(PhaseFile):
    """One step of a module: work that ends some way (`then`), or a state by its name."""

    state: Maybe[StateName] = Field(
        default=None,
        description=f"One of {', '.join(states.TRACK_STATES)}; it stays, if nothing ends it.",
        examples=list(states.TRACK_STATES),
    )
    then: Maybe[Literal["complete", "failed", "stuck"]] = Field(
        default=None,
        description="How the work ends: complete, if left out; stuck never ends.",
    )
    until: Maybe[SignalName | UntilTrack[KrixikPhase]] = UNTIL
    unnamed: bool = Field(
        default=False, description="The failure does not say at which module it came."
    )

    @property
    def has_way_out(self) -> bool:
        """Whether it says what ends it."""
        return (self.for_ or self.polls or self.until) is not None

    @property
    def shows(self) -> str:
        """The state that it begins in."""
        return states.ONGOING if self.state is None else self.state

    def problems(self) -> Iterator[Located]:
        """Keys that do not go together."""
        yield from super().problems()
        if self.state is not None and self.then is not None:
            message = "'then' says how work ends, it cannot stand beside 'state'"
            yield Located(message, ("then",), is_on_key=True)
        if self.unnamed and states.FAILED not in (self.state, self.then):
            message = "'unnamed' belongs to a failure, expected 'then: failed'"
            yield Located(message, ("unnamed",), is_on_key=True)


class OutputSpec(Strict):
    """What comes of fetching the output."""

    size: Maybe[Annotated[int, Field(ge=0, le=OUTPUT_LIMIT)]] = Field(
        default=None,
        description="At least so many bytes, filled up with blanks; from 524288 on the client does"
        " not return JSON.",
    )
    status: Maybe[Annotated[int, Field(ge=200, le=599)]] = Field(
        default=None, description="What the download answers instead of the output."
    )
    body: Maybe[Annotated[str, Field(max_length=200_000)]] = Field(
        default=None, description="The output itself, whatever the module would make."
    )
    not_ready: bool = Field(
        default=False, description="fetch_output says that processing has not finished, for ever."
    )
    copies: int = Field(
        default=1, ge=1, le=10, description="How many outputs there are; the client returns one."
    )


Steps = KrixikPhase | Annotated[Many[KrixikPhase], Field(min_length=1, max_length=10_000)]


def _known_selector(name: str) -> str:
    if name not in SELECTORS:
        raise ValueError(unknown("module", name, SELECTORS))
    return name


Selector = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_known_selector)]


class KrixikFile(ScenarioFile):
    """A Krixik process's story."""

    OPERATIONS: ClassVar[tuple[str, ...]] = OPERATIONS
    STATES: ClassVar[tuple[str, ...]] = states.TRACK_STATES
    TRACKS: ClassVar[tuple[str, ...]] = tuple(
        states.track_of(position) for position in range(1, CHAIN_LIMIT + 1)
    )

    service: Literal["krixik"] = Field(description="The service whose job this is.")
    modules: dict[Selector, Steps] = Field(
        default_factory=dict,
        max_length=len(SELECTORS),
        description="What each module does, by its position (2, or last), else by its name, else"
        " default. Each begins when the one before it is complete.",
    )
    output: Maybe[OutputSpec] = Field(default=None, description="What comes of the output.")
    warnings: Many[Annotated[str, Field(min_length=1, max_length=1000)]] = Field(
        default=(),
        max_length=100,
        description="Notes that the answer to process carries, and the client prints.",
    )

    def steps(self, position: int, name: str, length: int) -> tuple[KrixikPhase, ...] | None:
        """What a module of a chain of this length does; None where the story does not say."""
        wanted = [str(position), name, DEFAULT]
        if position == length:
            wanted.insert(1, LAST)
        for selector in wanted:
            found = self.modules.get(selector)
            if found is not None:
                return found if isinstance(found, tuple) else (found,)
        return None

    @classmethod
    def error_problem(cls, error: Mapping[str, JsonValue]) -> str | None:
        """What is wrong with the error of a fault; None if nothing is."""
        return error_problem(error)

    def problems(self) -> Iterator[Located]:
        """Faults that cannot be, and what Krixik would never tell."""
        yield from super().problems()
        if self.unlikely:
            return
        for selector, found in self.modules.items():
            if isinstance(found, tuple):
                yield from unlikely_problems(found, at=("modules", selector))
            else:
                yield from _unlikely_step(found, ("modules", selector))


def unlikely_problems(steps: Sequence[KrixikPhase], *, at: Place = ()) -> Iterator[Located]:
    """What no client of the real service could infer: unknown states, and wrong orders."""
    for index, step in enumerate(steps):
        yield from _unlikely_step(step, (*at, index))
        if index == 0:
            continue
        before = steps[index - 1]
        ended = before.then if before.then in states.ENDS else before.shows
        if ended not in states.NEXT or step.shows not in states.TRACK_STATES:
            continue
        if before.then is not None or step.shows not in states.NEXT[ended]:
            listed = [] if before.then else [s for s in states.NEXT if s in states.NEXT[ended]]
            expected = f"expected one of {', '.join(listed)}" if listed else "nothing can"
            word = before.then or ended
            yield Located(f"{step.shows} cannot follow {word}, {expected}", (*at, index))


def _unlikely_step(step: KrixikPhase, at: Place) -> Iterator[Located]:
    if step.state is None:
        return
    if step.state not in states.TRACK_STATES:
        yield Located(unknown("state", step.state, states.TRACK_STATES), (*at, "state"))
    if step.state in states.ENDS and step.has_way_out:
        yield Located(f"{step.state} is an end, nothing ends it", (*at, "state"))


ERROR_KEYS = ("status", "message", "request_id")


def error_problem(error: Mapping[str, JsonValue]) -> str | None:
    """What is wrong with the error of a fault; None if nothing is."""
    if strange := sorted(set(error) - set(ERROR_KEYS)):
        return unknown("key", strange[0], ERROR_KEYS)
    status = error.get("status", 400)
    if type(status) is not int or not 200 <= status <= 599:
        return f"{status!r} is no status, expected 200 to 599"
    if not isinstance(error.get("message", ""), str):
        return "the message of an error is a text"
    if not isinstance(error.get("request_id", True), bool):
        return "request_id says whether the error has one: true or false"
    return None
