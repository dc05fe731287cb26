"""What a story may say, and what the loader refuses."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.errors import ScenarioError
from mockstatus.scenario.load import load_scenario
from mockstatus.services.vesta.script import VestaFile, VestaPhase, revocation
from mockstatus.services.vesta.states import NEXT, STATES


def load(*phases: Any, **more: Any) -> VestaFile:
    body = {"service": "vesta", "summary": "A story.", "phases": list(phases), **more}
    scenario = load_scenario(json.dumps(body), path="story", models={"vesta": VestaFile})
    assert isinstance(scenario, VestaFile)
    return scenario


def problems(*phases: Any, **more: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(*phases, **more)
    return [problem.message for problem in caught.value.problems]


# VESTA wire notes, 2.3: the table, in full.
FOLLOWS = {
    "PENDING": "RECEIVED STARTED PROGRESS STORING SUCCESS FAILURE RETRY REVOKED",
    "RECEIVED": "STARTED PROGRESS STORING SUCCESS FAILURE RETRY REVOKED EXPIRED",
    "STARTED": "PROGRESS STORING SUCCESS FAILURE RETRY REVOKED EXPIRED",
    "PROGRESS": "PROGRESS STORING SUCCESS FAILURE RETRY REVOKED EXPIRED",
    "STORING": "SUCCESS FAILURE RETRY REVOKED EXPIRED",
    "RETRY": "RECEIVED STARTED PROGRESS SUCCESS FAILURE RETRY REVOKED EXPIRED",
    "SUCCESS": "EXPIRED",
    "FAILURE": "EXPIRED",
    "REVOKED": "EXPIRED",
    "EXPIRED": "",
}
CONTINUED = {"PENDING", "RECEIVED", "STARTED", "STORING"}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_the_order_of_states_is_the_gateways(before: str, after: str) -> None:
    pair = (
        {
            "state": before,
            "for": "1s",
            **({"progress": {"to": 50}} if before == "PROGRESS" else {}),
        },
        {"state": after},
    )
    if after in FOLLOWS[before].split() or (before == after and before in CONTINUED):
        assert [phase.state for phase in load(*pair).phases] == [before, after]
    else:
        assert problems(*pair)[0].startswith(f"{after} cannot follow {before}")
        load(*pair, unlikely=True)


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=8))
def test_a_story_is_taken_if_and_only_if_each_step_is(states: list[str]) -> None:
    phases = [{"state": state} for state in states]
    is_possible = all(after in NEXT[before] for before, after in itertools.pairwise(states))

    if is_possible:
        load(*phases)
    else:
        problems(*phases)


@pytest.mark.parametrize("state", STATES)
def test_a_story_may_begin_in_any_state(state: str) -> None:
    load({"state": state})


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ([{"state": "RUNING"}], "unknown state 'RUNING', expected one of PENDING"),
        ([{"state": "pending"}], "did you mean 'PENDING'?"),
        ([{"state": "PENDING", "result": 1}], "'result' belongs to SUCCESS, not to PENDING"),
        ([{"state": "SUCCESS", "error": {"code": 301}}], "'error' belongs to FAILURE and RETRY"),
        ([{"state": "STARTED", "progress": {}}], "'progress' belongs to PROGRESS"),
        ([{"state": "SUCCESS", "host": "h"}], "'host' belongs to PROGRESS and STORING"),
        ([{"state": "RETRY", "worker_id_version": "1"}], "'worker_id_version' belongs to"),
        ([{"state": "FAILURE", "error": {"code": 299}}], "there is no code 299"),
        ([{"state": "REVOKED", "error": {"code": 301}}], "the code of REVOKED is always 109"),
        (
            [{"state": "PROGRESS"}, {"state": "PROGRESS", "progress": {"from": 40}}],
            "progress never goes back, as it does from 100 to 40",
        ),
        (
            [{"state": "PROGRESS", "progress": {"from": 40, "to": 30}}],
            "progress never goes back, as it does from 40 to 30",
        ),
        (
            [
                {"state": "PROGRESS"},
                {"state": "REVOKED", "error": {"code": 109, "message": "revoked"}},
            ],
            "a cancel in PROGRESS is told as 'terminated', not as 'revoked'",
        ),
        (
            [
                {"state": "PENDING"},
                {"state": "REVOKED", "error": {"code": 109, "message": "terminated"}},
            ],
            "a cancel in PENDING is told as 'revoked', not as 'terminated'",
        ),
        ([{"state": "PENDING", "until": {"track": "task"}}], "'task' would wait for itself"),
    ],
)
def test_a_mistake_is_told(phases: Any, message: str) -> None:
    assert any(message in found for found in problems(*phases)), problems(*phases)


def test_a_mistake_is_told_with_its_place() -> None:
    text = """\
service: vesta
summary: A story.
phases:
  - {state: SUCCESS}
  - {state: PENDING}
"""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(text, path="story.yaml", models={"vesta": VestaFile})

    assert str(caught.value).startswith("story.yaml:5:13: PENDING cannot follow SUCCESS")


def test_an_unlikely_story_may_say_what_is_never_seen() -> None:
    load(
        {"state": "SUCCESS", "for": "1s"},
        {"state": "PAUSED", "result": 1, "for": "1s"},
        {"state": "FAILURE", "error": {"code": 9999}},
        unlikely=True,
    )


def test_a_file_tells_all_that_is_wrong_with_it_at_once() -> None:
    found = problems(
        {"state": "SUCESS"},
        {"state": "PENDING", "for": 5},
        expires={"after": "request"},
    )

    assert len(found) == 3
    assert any("unknown state 'SUCESS'" in one and "mean 'SUCCESS'?" in one for one in found)
    assert any(one.startswith("5 has no unit") for one in found)
    assert any("'request' could mean, expected a duration" in one for one in found)


def test_all_that_comparing_finds_is_told_at_once() -> None:
    found = problems(
        {"state": "SUCCESS"},
        {"state": "PENDING"},
        faults=[{"operation": "list", "effect": {"error": {"code": 1}}}],
    )

    assert {one.partition(",")[0] for one in found} == {
        "PENDING cannot follow SUCCESS",
        "unknown operation 'list'",
        "1 is no code of the gateway",
    }


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({"state": "SUCESS"}, "unknown state 'SUCESS'"),
        ({"state": "SUCCESS", "track": "tusk"}, "unknown track 'tusk', expected task"),
    ],
)
def test_a_fault_that_could_never_strike_is_refused_unless_the_story_is_unlikely(
    at: Any, message: str
) -> None:
    fault = {"at": at, "effect": {"status": 500}}
    (found,) = problems({"state": "SUCCESS"}, faults=[fault])

    assert message in found
    load({"state": "SUCCESS"}, faults=[fault], unlikely=True)
    load({"state": "SUCCESS"}, faults=[fault | {"at": {"state": "SUCCESS", "track": "task"}}])


def test_a_revocation_may_have_words_of_its_own(gateway: Any) -> None:
    error = {"code": 109, "message": "expired"}
    uuid = gateway.submit(
        gateway.scenario({"state": "PENDING", "for": "1s"}, {"state": "REVOKED", "error": error})
    )

    gateway.advance("1s")

    assert gateway.status(uuid)["result"] == error


def test_keys_that_do_not_belong_to_a_state_are_refused_even_there() -> None:
    assert problems({"state": "PENDING", "error": {"code": 301}}, unlikely=True)


@pytest.mark.parametrize(
    "error", [{"code": 1}, {"code": 205, "mesage": "x"}, {"code": 205, "status": 99}]
)
def test_an_error_of_a_fault_must_be_the_gateways(error: Any) -> None:
    load({"state": "PENDING"}, faults=[{"effect": {"error": {"code": 205}}}])

    assert problems({"state": "PENDING"}, faults=[{"effect": {"error": error}}])


def test_a_fault_names_an_operation_of_the_gateway() -> None:
    (found,) = problems(
        {"state": "PENDING"}, faults=[{"operation": "list", "effect": {"status": 500}}]
    )

    assert "unknown operation 'list'" in found


def test_a_default_revocation_follows_the_state_before() -> None:
    assert revocation(None) == "revoked"
    assert revocation("RETRY") == "revoked"
    assert revocation("STORING") == "terminated"


def test_a_retry_starts_progress_anew() -> None:
    load(
        {"state": "PROGRESS", "for": "1s"},
        {"state": "RETRY"},
        {"state": "PROGRESS", "progress": {"from": 10, "to": 20}},
    )


def test_a_phase_may_wait_for_a_signal() -> None:
    assert VestaPhase.model_validate({"state": "PENDING", "until": "go"}).until == "go"


def test_phases_that_are_put_are_checked_as_a_list_of_their_own(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "SUCCESS"}))

    gateway.put(uuid, {"state": "PENDING"})
    assert gateway.status(uuid)["status"] == "PENDING"
    with pytest.raises(ValueError, match="PENDING cannot follow SUCCESS"):
        gateway.put(uuid, {"state": "SUCCESS"}, {"state": "PENDING"})
    with pytest.raises(ValueError, match="unknown state"):
        gateway.put(uuid, {"state": "PAUSED"})


def test_an_unlikely_storys_task_may_be_put_anywhere(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PENDING"}, unlikely=True))

    gateway.put(uuid, {"state": "PAUSED"})

    assert gateway.status(uuid) == {"uuid": uuid, "status": "PAUSED", "result": None}


@pytest.mark.parametrize(
    ("signal", "state"),
    [("complete", "SUCCESS"), ("fail", "FAILURE"), ("cancel", "REVOKED"), ("expire", "EXPIRED")],
)
def test_the_built_in_signals_end_a_task_in_its_default_ends(
    gateway: Any, signal: str, state: str
) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PENDING"}))
    gateway.sandbox.signal(gateway.sandbox.job(uuid), signal)

    assert gateway.status(uuid)["status"] == state


def test_equal_stories_without_draws_share_one_timeline(gateway: Any) -> None:
    name = gateway.scenario({"state": "PENDING", "for": "5s"}, {"state": "SUCCESS"})
    first, second = (gateway.sandbox.job(gateway.submit(name)) for _ in range(2))

    assert first.timeline is second.timeline


def test_a_drawn_length_is_each_tasks_own(gateway: Any) -> None:
    name = gateway.scenario({"state": "PENDING", "for": "1s..10h"}, {"state": "SUCCESS"})
    first, second = (gateway.sandbox.job(gateway.submit(name)) for _ in range(2))

    assert first.next_change_us(gateway.clock.now_us()) != second.next_change_us(
        gateway.clock.now_us()
    )


def test_tasks_share_all_of_a_story_but_the_lengths_that_are_drawn(gateway: Any) -> None:
    spans = ({"for": "1s..10h"}, {"for": "5s"}, {"for": "1s..10h"}, {"polls": 2})
    states = ("PENDING", "PROGRESS", "RETRY", "PROGRESS")
    name = gateway.scenario(
        *({"state": state, **span} for state, span in zip(states, spans, strict=True)),
        {"state": "SUCCESS"},
    )
    jobs = [gateway.sandbox.job(gateway.submit(name)) for _ in range(2)]

    first, second = (job.timeline.tracks["task"].phases for job in jobs)

    assert [one is other for one, other in zip(first, second, strict=True)] == [
        *(False, True, False, True, True)
    ]
    lengths = [phases[place].timed_us for phases in (first, second) for place in (0, 2)]
    assert len(set(lengths)) == 4
    assert all(1_000_000 <= length_us <= 36_000_000_000 for length_us in lengths)
