"""What happens to one call, in the order that is promised: accept, record, transition, answer.

Everything here is done at once, with the sandbox locked: a fault's delay comes only afterwards,
so that a retry which arrives during the delay finds the new state.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mockstatus.domain import fault as faults
from mockstatus.domain.fault import Effect, Posted, Wire
from mockstatus.domain.value import value
from mockstatus.errors import LimitReachedError, MockStatusError
from mockstatus.runtime.exchange import Exchange
from mockstatus.runtime.selection import Source, UnknownChoiceError, choose
from mockstatus.scenario.durations import format_instant
from mockstatus.web import effects
from mockstatus.web.answer import Answer
from mockstatus.web.operation import Kind
from mockstatus.web.problems import problem
from mockstatus.web.world import unborn_faults, unborn_key

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.scenario.load import Loaded
    from mockstatus.web.call import Call

HEADER = "x-mock-scenario"
LOG = logging.getLogger("mockstatus.exchange")
"""Told of each exchange, where somebody wants to know."""


@value()
class Outcome:
    """What is to be sent.

    delay_s: real time to let pass before. fault: what struck, if any.
    """

    answer: Answer
    delay_s: float = 0.0
    wire: Wire | None = None
    fault: Posted | None = None


def exchange(call: Call) -> Outcome:
    """Does what a call asks for, and what faults make of it."""
    with call.sandbox.lock:
        record = Exchange(
            real_us=call.world.source.wall_us(),
            now_us=call.now_us,
            service=call.service.name,
            operation=call.operation.name,
            kind=call.operation.kind,
            method=call.method,
            path=call.prefix + call.path,
            query=call.query_string,
            headers=call.headers,
            body=call.body,
        )
        try:
            outcome = _exchange(call)
        except LimitReachedError as error:
            outcome = Outcome(problem(503, "A limit is reached", str(error), limit=error.limit))
        if not call.by_tester:
            _write_down(call, record, outcome)
        return outcome


def _write_down(call: Call, record: Exchange, outcome: Outcome) -> None:
    job = call.job
    if job is not None:
        job.requests += 1
        stood = call.found or call.seen or job.settled(record.now_us)
        record.is_about(job, call.service.state, stood=stood)
        record.had_ended = call.found is not None and call.found.has_ended
        if not _is_struck_before(outcome):
            _tell(call, job, record, outcome)
    record.asked = call.asked
    if outcome.fault is not None:
        record.fault = outcome.fault.fault_id
        record.delay_s = outcome.delay_s
        record.wire = outcome.wire
        effect = outcome.fault.fault.effect
        record.is_lost = effect.wire is not None or not effect.needs_answer
    record.answered(outcome.answer.status, outcome.answer.headers, outcome.answer.body)
    call.record = record
    call.sandbox.journal.append(record)
    if LOG.isEnabledFor(logging.INFO):
        is_kept = call.world.sandboxes.find(call.sandbox.name) is call.sandbox
        log_exchange(call.sandbox, record, is_kept=is_kept)
    call.sandbox.changed()


def log_exchange(sandbox: Sandbox, record: Exchange, *, is_kept: bool = True) -> None:
    """One line; `request` is what the journal of the sandbox calls it, too.

    is_kept: a sandbox that is only looked at keeps no journal, and its calls have no number to be
    told apart by.
    """
    facts = {
        "request": f"{sandbox.name}#{record.number}" if is_kept else None,
        "sandbox": sandbox.name,
        "service": record.service,
        "operation": record.operation,
        "job": record.job,
        "scenario": record.scenario,
        "status": record.status,
        "shown": record.state,
        "fault": record.fault,
        "now": format_instant(record.now_us),
    }
    line = f"{record.method} {record.path}: {record.status}"  # no query: it may hold secrets
    LOG.info("%s", line, extra={"facts": facts})


def _tell(call: Call, job: Job, record: Exchange, outcome: Outcome) -> None:
    """Notes what the answer showed of the job."""
    if call.operation.kind is Kind.POLL:
        record.tracks = call.polled
        if call.seen is not None:
            record.showed(call.seen)
        else:  # refused
            record.tells_loss = job.settled(record.now_us).gone is not None
    elif (
        call.operation.name in call.service.etiquette.telling
        and outcome.answer.status < 400
        and call.method != "HEAD"
    ):
        record.showed(job.settled(record.now_us))


def _is_struck_before(outcome: Outcome) -> bool:
    return outcome.fault is not None and outcome.fault.fault.is_before


def _exchange(call: Call) -> Outcome:
    if call.operation.kind is Kind.SUBMIT:
        refusal = _choose(call)
        if refusal is not None:
            return Outcome(refusal)
    else:
        _identify(call)
    struck = None if call.by_tester or call.method == "HEAD" else _strike(call)
    if struck is None:
        return Outcome(_handled(call))
    fault = struck.fault
    answer = effects.instead(call, fault.effect) if fault.is_before else None
    if answer is None:
        answer = effects.changed(call, fault.effect, _handled(call))
    return Outcome(answer, _delay_s(call, struck), fault.effect.wire, struck)


def _handled(call: Call) -> Answer:
    """The service's own answer."""
    script = call.script if call.operation.kind is Kind.SUBMIT else None
    if script is not None and script.submit is not None:
        if call.chosen is not None and call.chosen.source is Source.QUEUE:
            call.sandbox.queues.take(call.service.name, call.chosen.name)
        answer = call.service.refuse(call, script.submit.refuse)
    else:
        try:
            answer = call.operation.handle(call)
        except LimitReachedError:
            raise
        except MockStatusError as error:
            answer = call.service.refuse(call, str(error))
    return answer


def _choose(call: Call) -> Answer | None:
    """Decides which scenario a submission plays; answers the refusal of a name there is not."""
    service, sandbox = call.service, call.sandbox
    try:
        call.chosen = choose(
            service.name,
            header=call.header(HEADER),
            magic=service.magic(call),
            queue=sandbox.queues.of(service.name),
            default=sandbox.defaults.get(service.name),
            fields=lambda: service.fields(call),
            shelf=sandbox.uploads,
        )
    except UnknownChoiceError as error:
        if error.source is Source.HEADER:
            return problem(400, "Unknown scenario", f"X-Mock-Scenario: {error}", where=HEADER)
        return service.refuse(call, str(error))
    return None


def _identify(call: Call) -> None:
    """Finds the job that a call is about."""
    call.asked = call.operation.identify(call)
    if call.asked is not None:
        call.job = call.sandbox.find(call.service.name, call.asked)
    if call.job is not None and call.operation.kind is Kind.OTHER:
        call.found = call.job.position(call.now_us)


def _strike(call: Call) -> Posted | None:
    """The fault that strikes this call, counted."""
    book, sandbox = call.sandbox.faults, call.sandbox
    job = call.job
    if job is not None:
        if not book.all() and not job.faults:
            return None
        struck, counted = book.strike(job.faults, _seen(call, job), seed=job.seed)
        job.faults = counted or job.faults
        return struck
    loaded = _standing(call)
    own: tuple[Posted, ...] = ()
    key = ""
    if (loaded is None or not loaded.scenario.faults) and not book.all():
        return None
    if loaded is not None and loaded.scenario.faults:
        is_submission = call.chosen is not None
        key = unborn_key(loaded, is_submission=is_submission)
        own = unborn_faults(sandbox, loaded, is_submission=is_submission)
    struck, counted = book.strike(own, _seen(call, None), seed=sandbox.seed)
    if own:
        # A submission that was struck before its work is told on by the next one of its story.
        call.keep_sandbox()
        book.unborn[key] = counted
    return struck


def _standing(call: Call) -> Loaded | None:
    """The scenario whose faults apply to a call that is about no job."""
    if call.chosen is not None:
        return call.chosen.loaded
    return call.world.default_scenario(call.sandbox, call.service)


def _seen(call: Call, job: Job | None) -> faults.Call:
    """A call, as faults see it: by the states that it finds."""
    now_us = call.now_us
    states: Mapping[str, str] = {}
    if job is not None:
        states = {name: t.phase.state for name, t in job.position(now_us).tracks.items()}
    return faults.Call(
        service=call.service.name,
        operation=call.operation.name,
        now_us=now_us,
        job=job.id if job is not None else "",
        states=states,
    )


def _delay_s(call: Call, struck: Posted) -> float:
    effect: Effect = struck.fault.effect
    if effect.delay is None:
        return 0.0
    seed = call.sandbox.seed
    delay_us = faults.delay_us(effect.delay, struck.fault_id, struck.count.seen, seed=seed)
    return delay_us / 1e6
