"""A made-up service, complete: it proves that engine, web layer and `/_mock` know no real one.

A toy is made (`POST /toys`), looked at (`GET /toys/{id}`) and thrown away (`DELETE /toys/{id}`).
It speaks JSON, and says what it refuses as `{"oops": TEXT}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, Field, TypeAdapter
from toy_scenario import ToyFile, ToyPhase

from mockstatus.domain.draw import draw_bytes
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import (
    After,
    Defaults,
    Ending,
    Phase,
    Progress,
    Timeline,
    Track,
    UntilStarted,
)
from mockstatus.errors import BadRequestError, SubmissionRefusedError
from mockstatus.runtime.job import Job
from mockstatus.runtime.selection import magic_name
from mockstatus.scenario.durations import Duration
from mockstatus.scenario.planning import Draws, cancel_of, exit_of, expiry_of
from mockstatus.scenario.schema import UntilTrack
from mockstatus.scenario.strict import Many, Strict
from mockstatus.web.answer import Answer, json_answer
from mockstatus.web.call import Call
from mockstatus.web.operation import Body, Documented, Example, Kind, Operation, Parameter
from mockstatus.web.service import ClientCalls, Placing, Planning, Service, Submission

TRACK = "toy"
ENDINGS = {"DONE": Ending.COMPLETE, "BROKEN": Ending.FAIL}
SECOND = 1_000_000


class ToyOptions(Strict):
    """The knobs of the toy service."""

    greeting: str = Field(default="hello", description="What a toy says.")
    run_for: Duration = Field(default=10 * SECOND, description="How long a toy runs.")
    colours: Many[str] = Field(default=("red",), description="The colours that there are.")


class ToyOrder(BaseModel):
    """What makes a toy."""

    name: str = Field(description="The toy's name.")
    colour: str = Field(default="red", description="Its colour.")


class ToyState(BaseModel):
    """How a toy is."""

    toy: str = Field(description="The toy's id.")
    state: str = Field(description="QUEUED, RUNNING, DONE or BROKEN.")
    progress: int | None = Field(default=None, description="How far it is, in percent.")


class Oops(BaseModel):
    """What the toy service refuses."""

    oops: str = Field(description="Why.")


@dataclass(frozen=True, slots=True)
class Toy:
    """A submission. is_slow: it runs only once its client has wound it up."""

    name: str
    is_slow: bool = False


# From scripts to timelines.


def toy_phase(state: str, exit_: Any = None, **more: Any) -> Phase:
    """A phase of the toy's life."""
    is_running = state == "RUNNING"
    return Phase(
        state=state,
        ending=ENDINGS.get(state),
        is_begun=is_running,
        progress=Progress(0, 100) if is_running else None,
        **({"exit": exit_} if exit_ is not None else {}),
        **more,
    )


def compiled(phase: ToyPhase, draws: Draws, *place: object) -> Phase:
    """A scripted phase."""
    failed = None
    if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
        failed = compiled(phase.until.failed, draws, *place, "failed")
    return toy_phase(phase.state, exit_of(phase, draws, *place, failed=failed))


def plan(planning: Planning) -> Timeline:
    """A toy's life: queued for a second, running, done; or as its script says."""
    script = planning.scenario
    if script is None:
        first = UntilStarted() if planning.submission.is_slow else After(SECOND)
        tracks = {
            TRACK: (
                toy_phase("QUEUED", first),
                toy_phase("RUNNING", After(planning.options.run_for)),
                toy_phase("DONE"),
            )
        }
    else:
        assert isinstance(script, ToyFile)
        tracks = {
            name: tuple(compiled(p, planning.variant(), name, i) for i, p in enumerate(phases))
            for name, phases in {TRACK: script.phases, **(script.tracks or {})}.items()
        }
    broken = toy_phase("BROKEN")
    return Timeline(
        tracks={name: Track(phases) for name, phases in tracks.items()},
        defaults=Defaults(
            complete=toy_phase("DONE"), fail=broken, cancel_waiting=broken, cancel_begun=broken
        ),
        cancel=cancel_of(script),
        expiry=expiry_of(script, default=None),
        start_within_us=600 * SECOND if script is None and planning.submission.is_slow else None,
    )


PHASES = TypeAdapter(list[ToyPhase])


def place(placing: Placing) -> tuple[Phase, ...]:
    """Phases that a tester puts into a track."""
    phases = PHASES.validate_python(list(placing.raw))
    return tuple(compiled(p, placing.draws, "put", i) for i, p in enumerate(phases))


# From positions to answers.


def state_word(job: Job, position: Position) -> str:
    """The word that sums a toy up."""
    return "GONE" if position.gone is not None else position.tracks[TRACK].phase.state


def oops(text: str, status: int = 400) -> Answer:
    """The toy service's way to refuse."""
    return json_answer({"oops": text}, status)


def shown(job: Job, position: Position, status: int = 200) -> Answer:
    """How a toy is."""
    here = position.tracks[TRACK]
    document = {"toy": job.id, "state": here.phase.state, "progress": here.progress()}
    return json_answer(document, status)


# Operations.


def order(call: Call) -> Mapping[str, Any]:
    """The submission's fields; empty where there are none."""
    try:
        document = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def submit(call: Call) -> Answer:
    """Makes a toy."""
    wanted = order(call)
    if not isinstance(wanted.get("name"), str):
        raise SubmissionRefusedError("a toy needs a name")
    toy = Toy(wanted["name"], is_slow=bool(wanted.get("slow")))
    job = call.commit(toy, alias=f"nick-{call.next_job_id()}")
    return shown(job, call.sandbox.peek(job), 202)


def found(call: Call) -> Job | None:
    """The toy that the call is about; None if it is gone, too."""
    if call.job is None or call.sandbox.peek(call.job).gone is not None:
        return None
    return call.job


def status(call: Call) -> Answer:
    """Shows a toy; counts as a poll."""
    job = found(call)
    return oops("no such toy", 404) if job is None else shown(job, call.poll(job))


def cancel(call: Call) -> Answer:
    """Throws a toy away."""
    job = found(call)
    if job is None:
        return oops("no such toy", 404)
    call.sandbox.cancel(job)
    return shown(job, call.sandbox.peek(job))


def wind_up(call: Call) -> Answer:
    """Winds a slow toy up."""
    job = found(call)
    if job is None:
        return oops("no such toy", 404)
    call.sandbox.start(job)
    return Answer(204)


def _id(call: Call) -> str | None:
    return call.params.get("toy")


TOY_ID = Parameter(
    name="toy",
    where="path",
    description="The toy's id.",
    is_required=True,
    example="0123456789abcdef",
)
EXAMPLE_ID = "0123456789abcdef"


def _states(*states: tuple[str, int | None]) -> dict[str, Example]:
    return {
        state: Example(
            summary=f"A toy that is {state}",
            value={"toy": EXAMPLE_ID, "state": state, "progress": progress},
        )
        for state, progress in states
    }


NO_TOY = Documented(
    status=404,
    description="There is no such toy.",
    model=Oops,
    examples={"unknown": Example(summary="An unknown id", value={"oops": "no such toy"})},
)

OPERATIONS = (
    Operation(
        id="make_toy",
        name="submit",
        method="POST",
        path="/toys",
        handle=submit,
        kind=Kind.SUBMIT,
        summary="Make a toy",
        description="Begins to make a toy.",
        tag="Toys",
        body=Body(
            model=ToyOrder,
            examples={"bear": Example(summary="A bear", value={"name": "bear", "colour": "red"})},
        ),
        answers=(
            Documented(
                status=202,
                description="The toy is being made.",
                model=ToyState,
                examples=_states(("QUEUED", None)),
                links={
                    "look": {
                        "operationId": "toy_look_at_toy",
                        "parameters": {"toy": "$response.body#/toy"},
                    }
                },
            ),
            Documented(
                status=400,
                description="It cannot be made.",
                model=Oops,
                examples={
                    "nameless": Example(
                        summary="Without a name", value={"oops": "a toy needs a name"}
                    )
                },
            ),
        ),
    ),
    Operation(
        id="look_at_toy",
        name="status",
        method="GET",
        path="/toys/{toy}",
        handle=status,
        kind=Kind.POLL,
        identify=_id,
        summary="Look at a toy",
        description="How a toy is.",
        tag="Toys",
        parameters=(TOY_ID,),
        answers=(
            Documented(
                description="The toy.",
                model=ToyState,
                examples=_states(("QUEUED", None), ("RUNNING", 40), ("DONE", None)),
            ),
            NO_TOY,
        ),
    ),
    Operation(
        id="throw_toy_away",
        name="cancel",
        method="DELETE",
        path="/toys/{toy}",
        handle=cancel,
        identify=_id,
        summary="Throw a toy away",
        description="It breaks.",
        tag="Toys",
        parameters=(TOY_ID,),
        answers=(
            Documented(
                description="The toy, broken.", model=ToyState, examples=_states(("BROKEN", None))
            ),
            NO_TOY,
        ),
    ),
    Operation(
        id="wind_toy_up",
        name="wind_up",
        method="POST",
        path="/toys/{toy}/key",
        handle=wind_up,
        identify=_id,
        summary="Wind a toy up",
        description="A slow toy waits for it.",
        tag="Toys",
        parameters=(TOY_ID,),
        answers=(
            Documented(status=204, description="It is wound up.", media_type=""),
            NO_TOY,
        ),
    ),
)


def submission(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> Submission:
    """The request that makes a toy."""
    if unknown := sorted(set(extra) - {"gift"}):
        raise BadRequestError(f"unknown key {unknown[0]!r}, expected gift", where=unknown[0])
    headers = ((b"content-type", b"application/json"),)
    return Submission("POST", "/toys", headers=headers, body=orjson.dumps(dict(fields)))


def error_answer(call: Call, error: Mapping[str, Any]) -> Answer:
    """An error that a fault describes."""
    if set(error) != {"oops"}:
        raise ValueError("expected {oops: TEXT}")
    return oops(str(error["oops"]), 418)


def missing(call: Call, methods: tuple[str, ...]) -> Answer:
    """Its answer to what it does not serve."""
    return oops("not like this", 405) if methods else oops("nothing here", 404)


SERVICE = Service(
    name="toy",
    client_path="/toy",
    title="Toys",
    summary="Makes toys.",
    operations=OPERATIONS,
    scenario_model=ToyFile,
    options_model=ToyOptions,
    states=("QUEUED", "RUNNING", "DONE", "BROKEN"),
    plan=plan,
    place=place,
    job_id=lambda seed, sandbox, number: draw_bytes(seed, sandbox, number, size=8).hex(),
    state=state_word,
    magic=lambda call: magic_name(str(order(call).get("name", ""))),
    fields=lambda call: {key: str(value) for key, value in order(call).items()},
    refuse=lambda _, text: oops(text),
    status_answer=lambda _, status: oops(f"status {status}", status),
    error_answer=error_answer,
    missing=missing,
    too_large=lambda _: oops("too large", 413),
    submission=submission,
    sample={"name": "bear"},
    calls=ClientCalls(
        status=lambda job: Submission("GET", f"/toys/{job.id}"),
        cancel=lambda job: Submission("DELETE", f"/toys/{job.id}"),
    ),
)
