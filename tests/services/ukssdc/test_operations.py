"""What the service declares about itself, beside what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.services.ukssdc import SERVICE, examples
from mockstatus.services.ukssdc.script import OPERATIONS
from mockstatus.web.operation import Operation

if TYPE_CHECKING:
    from conftest import Mock

BY_ID = {operation.id: operation for operation in SERVICE.operations}


def test_faults_may_name_every_operation_in_the_order_of_their_declaration():
    assert SERVICE.operation_names() == OPERATIONS
    assert len(BY_ID) == len(SERVICE.operations)


@pytest.mark.parametrize("operation", SERVICE.operations, ids=lambda operation: operation.id)
def test_every_operation_is_documented_in_full(operation: Operation):
    assert operation.summary
    assert operation.description
    assert operation.tag
    assert operation.answers
    in_path = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    assert [parameter.name for parameter in operation.parameters] == in_path
    assert all(parameter.example for parameter in operation.parameters)
    if operation.method == "POST":
        assert operation.body is not None
        assert operation.body.examples
        assert all(answer.examples for answer in operation.answers)


@pytest.mark.parametrize("operation", SERVICE.operations, ids=lambda operation: operation.id)
def test_every_example_is_of_its_model(operation: Operation):
    bodies = [*operation.answers, *([operation.body] if operation.body else [])]
    for body in bodies:
        for example in body.examples.values():
            assert body.model is not None
            body.model.model_validate(example.value, strict=True)


def shape(value: Any) -> Any:
    """Kinds of values by keys, as deep as there are keys."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return type(value).__name__


# Which story, and after how long, answers as an example does; by the example's name.
STORIES: dict[str, tuple[dict[str, Any], str]] = {
    "1": ({"LightCurve": [{"code": 1}]}, "lc"),
    "2": ({"LightCurve": [{"code": 2}]}, "lc"),
    "3": (
        {
            "Spectrum": [{"code": 3, "stage": "Build spectra."}],
            "EnhancedPos": [{"code": 3, "stage": "Determine position."}],
        },
        "spec,enh",
    ),
    "4": ({"LightCurve": [{"code": 4}]}, "lc"),
    "5": ({"StandardPos": [{"code": 2}], "AstromPos": [{"code": 5}]}, "psf,xastrom"),
    "-1": ({"LightCurve": [{"code": -1}]}, "lc"),
    "-2": ({"LightCurve": [{"code": -2}]}, "lc"),
    "-3": ({"LightCurve": [{"code": -3}]}, "lc"),
    "-4": ({"LightCurve": [{"code": -4}]}, "lc"),
    "-10": ({"LightCurve": [{"code": 4}], "StandardPos": [{"omitted": True}]}, "lc,psf"),
    "not asked for": ({}, "image"),
}


@pytest.mark.parametrize("name", examples.STATUSES)
def test_a_status_is_answered_as_its_example_shows(mock: Mock, name: str):
    phases, what = STORIES[name]
    names = ("LightCurve", "Spectrum", "StandardPos", "EnhancedPos", "AstromPos")
    job = mock.submit(*names, scenario=mock.scenario(phases))
    mock.advance("8s")

    document = mock.status(job, what)

    assert document | {"JobID": 951} == examples.STATUSES[name].value


@pytest.mark.parametrize(
    ("id_", "name", "product"),
    [
        ("standard_position", "found", "StandardPos"),
        ("enhanced_position", "found", "EnhancedPos"),
        ("astrom_position", "found", "AstromPos"),
        ("sources", "one", "SourceDet"),
        ("light_curve", "datasets", "LightCurve"),
        ("spectra", "one", "Spectrum"),
    ],
)
def test_a_result_is_answered_in_the_shape_of_its_example(
    mock: Mock, id_: str, name: str, product: str
):
    job = mock.submit(product, scenario=mock.scenario({"default": [{"code": 4}]}))
    operation = BY_ID[id_]
    assert operation.body is not None
    (asked,) = operation.body.examples.values()

    path = operation.path.removeprefix("/user_objects/")
    document = mock.post(path, **{**asked.value, "JobID": job})

    assert shape(document) == shape(operation.answers[0].examples[name].value)


def test_a_submission_is_answered_in_the_shape_of_its_example(mock: Mock):
    document = mock.ask(**examples.SAMPLE)

    expected = examples.SUBMITTED["accepted"].value
    assert document["jobPars"] == expected["jobPars"] | {"UserID": "me@x.org"}
    assert shape(document) == shape(expected | {"jobPars": document["jobPars"]})
