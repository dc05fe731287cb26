"""What the scenario files of all services share."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from toy_scenario import MODELS, OtherFile, ToyFile, ToyPhase

from mockstatus.scenario.durations import Range
from mockstatus.scenario.schema import UNTIL, CancelLag, PhaseFile, UntilTrack
from mockstatus.scenario.strict import Located, Many, Maybe, ScriptError, Strict


def a_file(**keys: Any) -> dict[str, Any]:
    return {"service": "toy", "summary": "A story.", "phases": [{"state": "DONE"}]} | keys


def test_a_phase_says_how_it_ends() -> None:
    timed, counted, signalled, waiting, staying = (
        ToyPhase.model_validate({"state": "DONE"} | way_out)
        for way_out in (
            {"for": "30s..1m"},
            {"polls": 3},
            {"until": "go-on"},
            {"until": {"track": "other", "failed": {"state": "BROKEN", "polls": 1}}},
            {},
        )
    )

    assert timed.for_ == Range(30_000_000, 60_000_000)
    assert counted.polls == 3
    assert signalled.until == "go-on"
    assert isinstance(waiting.until, UntilTrack)
    assert waiting.until.failed == ToyPhase.model_validate({"state": "BROKEN", "polls": 1})
    assert (staying.for_, staying.polls, staying.until) == (None, None, None)


def test_a_phase_has_one_way_out() -> None:
    with pytest.raises(ValidationError) as refused:
        ToyPhase.model_validate({"state": "DONE", "for": "1s", "polls": 1, "until": "go"})

    (error,) = refused.value.errors()
    cause = error["ctx"]["error"]
    assert isinstance(cause, ScriptError)
    assert [problem.at for problem in cause.problems] == [("polls",), ("until",)]
    assert "'polls' cannot stand beside 'for'" in str(cause)


@pytest.mark.parametrize(
    "phase",
    [
        {"state": "DONE", "for_": "1s"},
        {"state": "DONE", "for": None},
        {"state": "DONE", "for": 30},
        {"state": "DONE", "polls": 0},
        {"state": "DONE", "polls": "3"},
        {"state": "DONE", "polls": True},
        {"state": "DONE", "polls": 3.0},
        {"state": "DONE", "polls": 1_000_001},
        {"state": "DONE", "until": "Go"},
        {"state": "DONE", "until": "a" * 33},
        {"state": "DONE", "until": "go\n"},
        {"state": "DONE", "until": {"track": ""}},
        {"state": "DONE", "until": {"track": "x", "failed": {"state": "GONE"}}},
        {"state": "GONE"},
        {},
    ],
)
def test_a_phase_takes_nothing_else(phase: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ToyPhase.model_validate(phase)


def test_a_phase_without_a_service_waits_for_phases_like_itself() -> None:
    phase = PhaseFile.model_validate({"until": {"track": "x", "failed": {"for": "1s"}}})

    assert isinstance(phase.until, UntilTrack)
    assert phase.until.failed == PhaseFile.model_validate({"for": "1s"})


def test_a_file_without_optional_keys_has_their_defaults() -> None:
    scenario = ToyFile.model_validate(a_file())

    assert (scenario.description, scenario.match, scenario.faults) == ("", {}, ())
    assert (scenario.seed, scenario.submit, scenario.expires, scenario.cancel) == (None,) * 4
    assert scenario.unlikely is False


def test_a_file_keeps_all_common_keys() -> None:
    scenario = ToyFile.model_validate(
        a_file(
            description="More.",
            match={"doc_url": "*slow*"},
            seed=7,
            submit={"refuse": "No."},
            expires={"after": "2h", "idle": True},
            cancel={"lag": "5s"},
            faults=[{"service": "toy", "operation": "status", "effect": {"wire": "reset"}}],
            unlikely=True,
        )
    )

    assert scenario.submit is not None
    assert scenario.submit.refuse == "No."
    assert scenario.expires is not None
    assert (scenario.expires.after, scenario.expires.idle) == (7_200_000_000, True)
    assert isinstance(scenario.cancel, CancelLag)
    assert scenario.cancel.lag == 5_000_000
    assert scenario.faults[0].operation == "status"


def test_a_service_may_widen_what_a_cancel_does() -> None:
    assert ToyFile.model_validate(a_file(cancel="refuse")).cancel == "refuse"
    assert ToyFile.model_validate(a_file(cancel={"code": 3, "lag": "1s"})).cancel
    with pytest.raises(ValidationError):
        OtherFile.model_validate({"service": "other", "summary": "x", "cancel": {"code": 3}})


@pytest.mark.parametrize(
    "keys",
    [
        {"summary": ""},
        {"summary": "x" * 201},
        {"summary": None},
        {"match": {"a": 1}},
        {"match": {"": "a"}},
        {"match": {str(number): "x" for number in range(21)}},
        {"seed": "7"},
        {"seed": 2**63},
        {"submit": {}},
        {"submit": {"refuse": ""}},
        {"expires": {"after": 3}},
        {"expires": {"idle": True}},
        {"cancel": "refused"},
        {"cancel": {}},
        {"faults": {"effect": {"wire": "reset"}}},
        {"unlikely": "yes"},
        {"unlikely": 1},
        {"service": "other"},
        {"phases": []},
        {"phases": None},
        {"nonsense": 1},
    ],
)
def test_a_file_takes_nothing_else(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ToyFile.model_validate(a_file(**keys))


def test_a_scenario_only_has_faults_on_calls_of_its_own_service() -> None:
    reset = {"effect": {"wire": "reset"}}
    faults = [reset, reset | {"operation": "stats"}, reset | {"service": "other"}]

    with pytest.raises(ValidationError) as refused:
        ToyFile.model_validate(a_file(faults=faults))

    (error,) = refused.value.errors()
    assert [(problem.at, problem.message) for problem in error["ctx"]["error"].problems] == [
        (
            ("faults", 1, "operation"),
            (
                "unknown operation 'stats', expected one of submit, status, cancel; "
                "did you mean 'status'?"
            ),
        ),
        (("faults", 2, "service"), "unknown service 'other', expected toy"),
    ]


def test_a_service_that_names_no_operations_lets_any_pass() -> None:
    fault = {"operation": "whatever", "effect": {"wire": "reset"}}

    assert OtherFile.model_validate({"service": "other", "summary": "x", "faults": [fault]})


def test_models_cannot_be_changed() -> None:
    scenario = ToyFile.model_validate(a_file())

    with pytest.raises(ValidationError):
        scenario.summary = "Another."  # type: ignore[misc]  # frozen, which is what is tested


def test_a_file_is_written_as_it_was_read() -> None:
    written = a_file(
        expires={"after": "request"},
        cancel={"code": 3},
        phases=[
            {"state": "QUEUED", "for": "30s..5m"},
            {"state": "DONE", "until": {"track": "x", "failed": {"state": "BROKEN"}}},
        ],
        unlikely=True,
    )

    dumped = ToyFile.model_validate(written).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )

    assert dumped == written
    assert ToyFile.model_validate(dumped) == ToyFile.model_validate(written)


def test_a_key_that_was_left_out_can_be_written_as_null_but_not_read() -> None:
    phase = ToyPhase.model_validate({"state": "DONE"})

    dumped = phase.model_dump(mode="json", by_alias=True)

    assert dumped == {"state": "DONE", "for": None, "polls": None, "until": None, "result": None}
    with pytest.raises(ValidationError, match="leave the key out"):
        ToyPhase.model_validate(dumped)


def test_every_key_of_every_model_is_described() -> None:
    for model in MODELS.values():
        schema = model.model_json_schema()
        for owner in [schema, *schema["$defs"].values()]:
            for name, key in owner.get("properties", {}).items():
                is_told = key.get("description") or "$ref" in key or name in {"service", "lag"}
                assert is_told, (owner["title"], name)


def test_no_editor_is_offered_null() -> None:
    assert '"null"' not in str(ToyPhase.model_json_schema()).replace("'", '"')
    assert "default" not in ToyPhase.model_json_schema()["$defs"]["ToyPhase"]["properties"]["for"]


def test_an_error_may_tell_several_problems_each_at_its_place() -> None:
    error = ScriptError.of([Located("one", ("a", 1)), Located("two", ("b",), is_on_key=True)])

    assert str(error) == "one; two"
    assert error.at == ("a", 1)
    assert ScriptError("alone", at=("c",)).problems == (Located("alone", ("c",)),)


def test_a_list_becomes_a_tuple_whose_items_stay_strict() -> None:
    adapter: TypeAdapter[tuple[int, ...]] = TypeAdapter(Many[int])

    assert adapter.validate_python([1, 2]) == (1, 2)

    class Holder(Strict):
        items: Many[int]

    with pytest.raises(ValidationError):
        Holder.model_validate({"items": ["1"]})


def test_other_errors_keep_their_words_beside_an_unknown_key() -> None:
    class Inner(Strict):
        a: int

    class Outer(Strict):
        inner: Inner
        until: Maybe[str] = UNTIL

    with pytest.raises(ValidationError) as refused:
        Outer.model_validate({"inner": {"a": "x", "b": 1}, "untli": 1})

    told = {error["loc"]: error["msg"] for error in refused.value.errors()}
    assert told[("inner", "a")] == "Input should be a valid integer"
    assert told[("inner", "b")] == "unknown key 'b', expected a"
    assert "did you mean 'until'?" in told[("untli",)]
    assert issubclass(Outer, BaseModel)


def test_the_schema_of_what_is_written_can_be_told_as_well() -> None:
    for model in (ToyFile, OtherFile, PhaseFile):
        model.model_json_schema(mode="serialization")
