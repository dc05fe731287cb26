"""What OpenAPI is told is what is served: models, examples and real answers agree."""

from __future__ import annotations

from typing import Any

import pytest

from mockstatus.services.krixik import SERVICE
from mockstatus.services.krixik.bodies import (
    AboutFile,
    Accepted,
    CapChecked,
    Listed,
    Outputs,
    Problem,
    Said,
    Searched,
    Status,
    Tree,
)
from mockstatus.web.operation import Body, Documented, Operation

OPERATIONS = {operation.id: operation for operation in SERVICE.operations}


def answers() -> list[Any]:
    return [
        pytest.param(answer, example.value, id=f"{operation.id} {answer.status} {name}")
        for operation in SERVICE.operations
        for answer in operation.answers
        for name, example in answer.examples.items()
    ]


def bodies() -> list[Any]:
    return [
        pytest.param(operation.body, example.value, id=f"{operation.id} {name}")
        for operation in SERVICE.operations
        if operation.body is not None
        for name, example in operation.body.examples.items()
    ]


@pytest.mark.parametrize(("answer", "value"), answers())
def test_an_example_of_an_answer_fits_its_model(answer: Documented, value: Any) -> None:
    if answer.model is None:
        assert isinstance(value, str)
    else:
        answer.model.model_validate(value)


@pytest.mark.parametrize(("body", "value"), bodies())
def test_an_example_of_a_body_fits_its_model(body: Body, value: Any) -> None:
    if body.model is None:
        assert isinstance(value, str)
    else:
        body.model.model_validate(value)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_every_operation_is_told_in_full(operation: Operation) -> None:
    assert operation.summary
    assert operation.description
    assert operation.tag.startswith("Krixik ")
    assert operation.answers
    if operation.id not in ("upload", "download"):
        assert [parameter.name for parameter in operation.parameters] == ["krixikApiKey"]
        assert 403 in [answer.status for answer in operation.answers]


def test_every_operation_has_a_name_that_faults_may_use() -> None:
    operations = set(SERVICE.scenario_model.OPERATIONS)

    assert set(SERVICE.operation_names()) == operations - {"cancel"}


def test_examples_of_bodies_are_answered(krixik: Any) -> None:
    for operation in SERVICE.operations:
        if operation.body is None or operation.id == "upload":
            continue
        for example in operation.body.examples.values():
            answer = krixik.post(operation.path, example.value)

            assert answer.status_code in [answer.status for answer in operation.answers]


def test_real_answers_fit_the_models(krixik: Any) -> None:
    accepted = krixik.process("parser", "text-embedder", "vector-db")
    Accepted.model_validate(accepted)
    krixik.upload(accepted)
    Status.model_validate(krixik.status(accepted))
    Outputs.model_validate(krixik.about("fetch-output", accepted))
    krixik.advance("5s")
    Outputs.model_validate(krixik.about("fetch-output", accepted))
    Listed.model_validate(krixik.list(file_names=["*", "nope"]))
    Listed.model_validate(krixik.list(created_at_start=0))
    Tree.model_validate(krixik.ask("/krixik-core-show-tree", {"pipeline": "demo"}))
    query = {"pipeline": "demo", "query": "the whale", "file_names": ["*"]}
    Searched.model_validate(krixik.ask("/semantic-search", query))
    AboutFile.model_validate(krixik.about("update", accepted, file_description="x"))
    AboutFile.model_validate(krixik.about("delete", accepted))
    Problem.model_validate(krixik.about("delete", accepted, status=400))
    Said.model_validate(krixik.ask("/cli-checkin", "{}"))
    CapChecked.model_validate(krixik.ask("/krixik-core-cap-check", {}))
    krixik.finish("keyword-db")
    Searched.model_validate(krixik.ask("/keyword-search", query))
    failed = krixik.finish("keyword-db", scenario="failed-first-module")
    Status.model_validate(krixik.status(failed))
    unnamed = krixik.finish("keyword-db", scenario="failed-without-module")
    Status.model_validate(krixik.status(unnamed))


def test_the_document_has_every_operation(krixik: Any) -> None:
    paths = krixik.app.openapi()["paths"]

    for operation in SERVICE.operations:
        assert operation.method.lower() in paths[f"/krixik{operation.path}"]
