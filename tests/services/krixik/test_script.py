"""What a scenario may say, and what is told about one that says something else."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mockstatus.errors import MockStatusError, ScenarioError
from mockstatus.scenario.load import load_scenario
from mockstatus.scenario.planning import Draws
from mockstatus.services.krixik import SERVICE
from mockstatus.services.krixik.script import KrixikFile
from mockstatus.web.service import Placing

HEAD = "service: krixik\nsummary: A story.\n"


def loaded(text: str) -> KrixikFile:
    found = load_scenario(
        HEAD + text,
        path="own.yaml",
        models={"krixik": KrixikFile},
        check=SERVICE.check,
    )
    assert isinstance(found, KrixikFile)
    return found


def test_positions_go_before_last_before_names_before_default() -> None:
    scenario = loaded(
        "modules:\n  default: {for: 1s}\n  parser: {for: 2s}\n  last: {for: 3s}\n  2: {for: 4s}\n"
    )

    def seconds(position: int, name: str, length: int) -> int:
        steps = scenario.steps(position, name, length)
        assert steps is not None
        assert steps[0].for_ is not None
        return steps[0].for_.low_us // 1_000_000

    assert seconds(1, "ocr", 3) == 1
    assert seconds(1, "parser", 3) == 2
    assert seconds(3, "parser", 3) == 3
    assert seconds(2, "parser", 2) == 4


def test_a_story_that_says_nothing_of_a_module_leaves_it_alone() -> None:
    assert loaded("modules: {2: {for: 1s}}").steps(1, "parser", 3) is None
    assert loaded("").steps(1, "parser", 1) is None


def test_a_file_tells_all_that_is_wrong_with_it_at_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        loaded("modules: {paser: {for: 1s}, 1: [{state: runing}, {for: 5}]}")

    assert [problem.message.partition(",")[0] for problem in refused.value.problems] == [
        "unknown module 'paser'",
        "unknown state 'runing'",
        "5 has no unit",
    ]


def test_a_fault_may_be_at_a_module_of_the_chain() -> None:
    fault = "faults: [{at: {state: ongoing, track: module_2}, effect: {wire: reset}}]"

    assert loaded(fault).faults[0].at is not None
    with pytest.raises(ScenarioError, match="unknown track 'module_20'"):
        loaded(fault.replace("module_2", "module_20"))


WRONG = [
    pytest.param(
        "modules: {paser: {for: 1s}}",
        "own.yaml:3:11: unknown module 'paser'",
        id="an unknown module",
    ),
    pytest.param("modules: {11: {for: 1s}}", "unknown module '11'", id="an eleventh module"),
    pytest.param("modules: {1: {state: runing}}", "did you mean", id="an unknown state"),
    pytest.param("modules: {1: {then: broken}}", "then", id="an unknown end"),
    pytest.param("modules: {1: {for: 5}}", "no unit", id="a bare number"),
    pytest.param("modules: {1: {for: 1s, polls: 2}}", "one way out", id="two ways out"),
    pytest.param(
        "modules: {1: {state: ongoing, then: failed}}", "cannot stand beside", id="state and then"
    ),
    pytest.param("modules: {1: {unnamed: true}}", "'unnamed' belongs to", id="unnamed success"),
    pytest.param(
        "modules: {1: [{state: failed}, {state: complete}]}",
        "complete cannot follow failed, expected nothing can",
        id="something behind an end",
    ),
    pytest.param(
        "modules: {1: [{for: 1s, then: complete}, {for: 1s}]}",
        "ongoing cannot follow complete",
        id="work behind work that ended",
    ),
    pytest.param(
        "modules: {1: [{state: ongoing}, {state: waiting}]}",
        "waiting cannot follow ongoing, expected one of ongoing, complete, failed",
        id="back to waiting",
    ),
    pytest.param(
        "modules: {1: {state: complete, for: 1s}}", "nothing ends it", id="an end that ends"
    ),
    pytest.param("modules: {1: []}", "1", id="no step"),
    pytest.param("output: {size: -1}", "size", id="a negative size"),
    pytest.param("output: {copies: 0}", "copies", id="no output"),
    pytest.param("warnings: ['']", "warnings", id="an empty warning"),
    pytest.param(
        "faults: [{operation: count, effect: {status: 500}}]",
        "unknown operation 'count'",
        id="an operation of another service",
    ),
    pytest.param(
        "faults: [{effect: {error: {code: 3}}}]", "unknown key 'code'", id="another's error"
    ),
    pytest.param("faults: [{effect: {error: {status: 99}}}]", "no status", id="no status"),
    pytest.param("faults: [{effect: {error: {message: 1}}}]", "a text", id="no text"),
    pytest.param(
        "faults: [{effect: {error: {request_id: x}}}]", "true or false", id="no yes or no"
    ),
    pytest.param(
        "modules: {1: {until: {track: module_2}}}",
        "module_1 -> module_2 -> module_1",
        id="a circle of waits",
    ),
    pytest.param(
        "modules: {parser: {until: {track: module_9}}}", "circle", id="a circle by a name"
    ),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_scenario_that_makes_no_sense_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(text)

    told = told.replace("expected nothing can", "nothing can")
    assert told in str(caught.value)
    assert str(caught.value).startswith("own.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "unlikely: true\nmodules: {1: {state: paused, for: 1s}}",
        "unlikely: true\nmodules: {1: [{state: failed}, {state: complete}]}",
        "unlikely: true\nmodules: {1: {state: complete, for: 1s}}",
        "modules: {1: [{for: 1s}, {polls: 2}, {until: go, then: failed, unnamed: true}]}",
        "modules: {1: {until: {track: module_99}}}",
        "modules: {2: {until: {track: module_1, failed: {then: failed}}}}",
        "modules: {1: [{state: waiting, for: 1s}, {for: 2s}]}",
        "faults: [{effect: {error: {status: 429, message: Slow down, request_id: false}}}]",
        "match: {pipeline: 'demo*', file_name: '*.txt'}",
    ],
)
def test_these_stories_can_be_told(text: str) -> None:
    assert loaded(text).service == "krixik"


def states(krixik: Any, accepted: dict[str, Any]) -> list[str]:
    position = krixik.position(accepted)
    return [track.phase.state for track in position.tracks.values()]


def test_a_failure_names_its_module_and_skips_the_rest(krixik: Any) -> None:
    scenario = krixik.scenario("modules: {2: {for: 1s, then: failed}}")
    accepted = krixik.submit("parser", "translate", "sentiment", scenario=scenario)

    krixik.advance("1s")
    assert krixik.status(accepted)["process_status"] == {
        "module_1": True,
        "module_2": False,
        "module_3": False,
    }
    krixik.advance("1s")

    document = krixik.status(accepted)
    assert document["message"] == "SUCCESS: process_status found"
    assert document["process_status"] is None
    assert document["failure_status"] == {
        "process_id": accepted["request_id"],
        "failure_module": "translate",
    }
    assert states(krixik, accepted) == ["complete", "failed", "skipped"]


def test_a_failure_may_keep_its_module_to_itself(krixik: Any) -> None:
    scenario = krixik.scenario("modules: {1: {for: 1s, then: failed, unnamed: true}}")
    accepted = krixik.finish("parser", scenario=scenario)

    document = krixik.status(accepted)

    assert document["failure_status"] == {"process_id": accepted["request_id"]}


def test_what_is_stuck_never_ends(krixik: Any) -> None:
    scenario = krixik.scenario("modules: {1: {for: 1s, then: stuck}}")
    accepted = krixik.submit("parser", scenario=scenario)

    krixik.advance("29m")

    assert krixik.status(accepted)["process_status"] == {"module_1": False}


def test_steps_follow_one_another(krixik: Any) -> None:
    scenario = krixik.scenario(
        "modules: {1: [{for: 1s}, {until: go}, {state: ongoing, for: 1s}, {state: failed}]}"
    )
    accepted = krixik.submit("parser", scenario=scenario)
    job = krixik.sandbox.job(accepted["request_id"])

    krixik.advance("10s")
    assert states(krixik, accepted) == ["ongoing"]
    assert krixik.sandbox.signal(job, "go")
    krixik.advance("1s")

    assert states(krixik, accepted) == ["failed"]


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ("{then: failed}", "failed"),
        ("{then: complete}", "complete"),
        ("{then: stuck}", "ongoing"),
        ("{state: skipped}", "skipped"),
        ("{for: 1s}", "ongoing"),
    ],
)
def test_a_module_may_wait_for_another_one_that_fails(
    krixik: Any, failed: str, expected: str
) -> None:
    # The first step of module 2 runs beside module 1 in an unlikely story only: put it there.
    scenario = krixik.scenario("modules: {1: {for: 5s, then: failed}}")
    accepted = krixik.submit("parser", "sentiment", scenario=scenario)
    job = krixik.sandbox.job(accepted["request_id"])
    put(krixik, job, "module_2", f"until: {{track: module_1, failed: {failed}}}")

    krixik.advance("5s")

    assert states(krixik, accepted) == ["failed", expected]


def put(krixik: Any, job: Any, track: str, *steps: str) -> None:
    """Puts a track into steps, written as in a scenario."""
    raw = [yaml.safe_load(f"{{{step}}}") for step in steps]
    options = krixik.app.world.options(krixik.sandbox, SERVICE)
    phases = SERVICE.place(Placing(raw, job, track, options, Draws(7, (job.id,))))
    krixik.sandbox.put(job, track, phases)


@pytest.mark.parametrize(
    ("steps", "after", "expected"),
    [
        (["state: ongoing"], "1h", "ongoing"),
        (["state: failed"], "0s", "failed"),
        (["state: complete"], "0s", "complete"),
        (["for: 5s, then: failed"], "5s", "failed"),
        (["for: 5s"], "5s", "complete"),
        (["for: 5s", "for: 5s, then: failed"], "9s", "ongoing"),
        (["then: failed"], "1s", "failed"),
    ],
)
def test_what_is_put_is_spelled_as_in_a_scenario(
    krixik: Any, steps: list[str], after: str, expected: str
) -> None:
    accepted = krixik.finish("parser")
    job = krixik.sandbox.job(accepted["request_id"])

    put(krixik, job, "module_1", *steps)
    krixik.advance(after)

    assert states(krixik, accepted) == [expected]


def test_only_the_order_inside_what_is_put_is_checked(krixik: Any) -> None:
    accepted = krixik.finish("parser")
    job = krixik.sandbox.job(accepted["request_id"])

    with pytest.raises(ValueError, match="complete cannot follow failed"):
        put(krixik, job, "module_1", "state: failed", "state: complete")
    with pytest.raises(ValueError, match="expected one of"):
        put(krixik, job, "module_1", "state: runing")


def test_an_unlikely_story_takes_any_order(krixik: Any) -> None:
    scenario = krixik.scenario("unlikely: true")
    accepted = krixik.submit("parser", scenario=scenario)
    job = krixik.sandbox.job(accepted["request_id"])

    put(krixik, job, "module_1", "state: paused, for: 1s", "state: complete, for: 1s", "for: 1s")

    seen = []
    for _ in range(4):
        seen += states(krixik, accepted)
        krixik.advance("1s")
    assert seen == ["paused", "complete", "ongoing", "complete"]


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ("fail", ["complete", "failed", "failed"]),
        ("complete", ["complete", "complete", "complete"]),
        ("cancel", ["complete", "failed", "failed"]),
    ],
)
def test_built_in_signals_end_what_has_not_ended(
    krixik: Any, signal: str, expected: list[str]
) -> None:
    accepted = krixik.submit("parser", "translate", "sentiment")
    krixik.advance("1s")

    krixik.sandbox.signal(krixik.sandbox.job(accepted["request_id"]), signal)

    assert states(krixik, accepted) == expected
    if expected[1] == "failed":
        failure = krixik.status(accepted)["failure_status"]
        assert failure["failure_module"] == "translate"


def test_the_signal_expire_makes_the_file_unknown(krixik: Any) -> None:
    accepted = krixik.submit("parser")

    krixik.sandbox.signal(krixik.sandbox.job(accepted["request_id"]), "expire")

    krixik.status(accepted, status=400)


def test_the_word_for_a_job_is_the_clients_overall_status(krixik: Any) -> None:
    def word(accepted: dict[str, Any]) -> str:
        job = krixik.sandbox.job(accepted["request_id"])
        return SERVICE.state(job, krixik.sandbox.peek(job))

    failing = krixik.submit("parser", scenario=krixik.scenario("modules: {1: {then: failed}}"))
    dropped = krixik.process("parser")
    assert word(dropped) == "waiting"
    accepted = krixik.submit("parser", "sentiment", pipeline="other")
    assert word(accepted) == "ongoing"
    krixik.advance("1s")
    assert word(accepted) == "ongoing"
    assert word(failing) == "failed"
    krixik.advance("1s")
    assert word(accepted) == "complete"
    krixik.about("delete", accepted)
    assert word(accepted) == "deleted"
    krixik.advance("30m")
    assert word(failing) == "expired"
    assert word(dropped) == "dropped"


def test_warnings_of_a_scenario_are_texts_in_the_process_answer(krixik: Any) -> None:
    scenario = krixik.scenario("warnings: [Maintenance tonight, Be kind]")

    assert krixik.process("parser", scenario=scenario)["warnings"] == [
        "Maintenance tonight",
        "Be kind",
    ]


def test_an_expiry_of_the_scenarios_own_goes_before_the_clients(krixik: Any) -> None:
    own = krixik.finish("parser", scenario=krixik.scenario("expires: {after: 1h}"))
    asked = krixik.finish("parser", scenario=krixik.scenario("expires: {after: request}", "b"))

    items = krixik.list(file_ids=[own["file_id"], asked["file_id"]])["items"]

    assert {item["file_id"]: item["expire_time"] for item in items} == {
        own["file_id"]: "2026-01-01 01:00:00",
        asked["file_id"]: "2026-01-01 00:30:20",
    }


def test_an_expiry_that_depends_on_use_shows_what_was_asked_for(krixik: Any) -> None:
    scenario = krixik.scenario("expires: {after: 1h, idle: true}")
    accepted = krixik.finish("parser", scenario=scenario)

    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]

    assert item["expire_time"] == "2026-01-01 00:30:00"
    krixik.advance("59m")
    krixik.status(accepted)
    krixik.advance("59m")
    krixik.status(accepted)


@pytest.mark.parametrize(
    "fields",
    [
        {"pipeline": "demo", "file_name": "whale.txt"},
        {"pipeline_ordered_modules": ["parser"], "expire_time": 1800},
    ],
)
def test_a_scenario_may_match_wire_fields(krixik: Any, fields: dict[str, Any]) -> None:
    krixik.scenario(
        "match: {pipeline_ordered_modules: '*parser*', expire_time: '18*'}\nwarnings: [Matched]"
    )
    body = {"pipeline": "p", "pipeline_ordered_modules": ["parser"], "expire_time": 1800, **fields}

    assert krixik.ask("/krixik-core-process", body)["warnings"] == ["Matched"]


def test_a_queued_scenario_and_a_default_one_are_taken_in_turn(krixik: Any) -> None:
    for name in ("queued", "standing"):
        krixik.scenario(f"warnings: [{name}]", name)
    krixik.sandbox.queues.add("krixik", "krixik/queued")
    krixik.default("krixik/standing")

    assert [krixik.process("parser")["warnings"] for _ in range(2)] == [["queued"], ["standing"]]


@pytest.mark.parametrize(
    "tags",
    [None, "x", ["x"], [{"mock": 1}], [{"other": "failed-at-once"}], [{"mock": "*"}]],
)
def test_tags_without_a_magic_value_choose_nothing(krixik: Any, tags: object) -> None:
    body = {"pipeline": "demo", "pipeline_ordered_modules": ["parser"], "file_tags": tags}

    answer = krixik.post("/krixik-core-process", body)

    assert "no scenario" not in answer.text


def test_jobs_of_one_story_share_their_timeline(krixik: Any) -> None:
    jobs = [krixik.sandbox.job(krixik.submit("parser")["request_id"]) for _ in range(2)]

    assert jobs[0].timeline is jobs[1].timeline


def test_a_circle_made_by_hand_is_refused(krixik: Any) -> None:
    accepted = krixik.submit("parser", "sentiment")
    job = krixik.sandbox.job(accepted["request_id"])

    with pytest.raises(MockStatusError, match="module_1 -> module_2 -> module_1"):
        put(krixik, job, "module_1", "until: {track: module_2}")
