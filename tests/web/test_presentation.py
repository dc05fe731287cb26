"""What services declare, as OpenAPI shows it."""

from dataclasses import replace

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel
from toy_service import SERVICE

from mockstatus.web.operation import Body, Documented, Example, Operation, Parameter
from mockstatus.web.presentation import operation_id, present, schema_of


class Good(BaseModel):
    """It went well."""

    size: int


class Bad(BaseModel):
    """It went badly."""

    why: str


def shown(**declared):
    """A document with one operation of a service, and that operation."""
    operation = Operation(
        **{
            "id": "do",
            "name": "do",
            "method": "POST",
            "path": "/do",
            "handle": lambda _: None,
            "answers": (Documented(description="Done."),),
            **declared,
        }
    )
    service = replace(SERVICE, name="acme", operations=(operation,))
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    present(document, [service])
    assert not [*OpenAPIV31SpecValidator(document).iter_errors()]
    paths = document["paths"]
    return document, paths[f"/acme{operation.path}"]["post"] if paths else None


def test_an_operation_is_shown_below_its_service_under_a_name_of_its_own():
    document, operation = shown(summary="Do", description="Does.", tag="Doing")

    assert operation["operationId"] == "acme_do"
    assert (operation["summary"], operation["description"]) == ("Do", "Does.")
    assert operation["tags"] == ["Doing"]
    assert document["tags"] == [{"name": "Doing", "description": SERVICE.summary}]


def test_without_a_tag_it_stands_with_its_service():
    assert shown()[1]["tags"] == [SERVICE.title]


def test_what_is_not_to_be_shown_is_not():
    assert shown(is_shown=False)[0]["paths"] == {}


def test_models_are_components_named_after_their_service():
    document, operation = shown(
        body=Body(model=Bad), answers=(Documented(description="Done.", model=Good),)
    )

    assert set(document["components"]["schemas"]) == {"acme.Bad", "acme.Good", "LimitReached"}
    body = operation["requestBody"]["content"]["application/json"]
    assert body == {"schema": {"$ref": "#/components/schemas/acme.Bad"}}


def test_every_operation_tells_that_the_server_may_be_full_beside_its_own_answers():
    own = Documented(status=503, description="Closed for today.", media_type="text/plain")

    _, without = shown()
    _, with_own = shown(answers=(own,))

    problem = without["responses"]["503"]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/LimitReached"}
    [example] = problem["examples"].values()
    assert (example["value"]["status"], example["value"]["limit"]) == (503, "sandboxes")
    assert set(with_own["responses"]["503"]["content"]) == {
        "text/plain", "application/problem+json"
    }  # fmt: skip
    assert with_own["responses"]["503"]["description"].startswith("Closed for today.\n\n")


def test_a_body_may_come_in_several_kinds_and_with_examples():
    schema = {"type": "object"}
    example = Example(summary="A small one", value={"size": 1})
    kinds = ("application/json", "application/x-www-form-urlencoded")

    _, operation = shown(body=Body(media_types=kinds, schema=schema, examples={"small": example}))

    content = operation["requestBody"]["content"]
    assert tuple(content) == kinds
    assert content[kinds[1]] == {
        "schema": schema,
        "examples": {"small": {"summary": "A small one", "value": {"size": 1}}},
    }


def test_answers_of_one_status_share_their_place():
    answers = (
        Documented(
            description="Done.", model=Good, examples={"s": Example(summary="S", value={"size": 1})}
        ),
        Documented(
            description="Not done.",
            model=Bad,
            examples={"b": Example(summary="B", value={"why": "no"})},
        ),
        Documented(description="Done.", model=Good),
        Documented(description="A page.", media_type="text/html", schema={"type": "string"}),
        Documented(status=204, description="Nothing.", media_type=""),
    )

    responses = shown(answers=answers)[1]["responses"]

    assert responses["200"]["description"] == "Done.\n\nNot done.\n\nA page."
    content = responses["200"]["content"]
    assert content["application/json"]["schema"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/acme.Good"},
            {"$ref": "#/components/schemas/acme.Bad"},
        ]
    }
    assert set(content["application/json"]["examples"]) == {"s", "b"}
    assert content["text/html"] == {"schema": {"type": "string"}}
    assert responses["204"] == {"description": "Nothing."}


def test_answers_of_one_status_and_shape_are_one():
    answers = (Documented(description="A.", model=Good), Documented(description="B.", model=Good))

    content = shown(answers=answers)[1]["responses"]["200"]["content"]

    assert content["application/json"] == {"schema": {"$ref": "#/components/schemas/acme.Good"}}


def test_links_lead_on_to_other_operations():
    link = {"operationId": "acme_do", "parameters": {"id": "$response.body#/id"}}

    answers = (Documented(description="Done.", links={"again": link}),)

    assert shown(answers=answers)[1]["responses"]["200"]["links"] == {"again": link}


@pytest.mark.parametrize(
    ("parameter", "more"),
    [
        (Parameter(name="q", description="What."), {"in": "query", "required": False}),
        (
            Parameter(name="X-Q", where="header", description="What.", example="a"),
            {"in": "header", "required": False, "example": "a"},
        ),
        (
            Parameter(name="q", description="What.", is_required=True),
            {"in": "query", "required": True},
        ),
    ],
)
def test_parameters_are_shown(parameter, more):
    assert shown(parameters=(parameter,))[1]["parameters"] == [
        {
            "name": parameter.name,
            "description": "What.",
            "schema": {"type": "string"},
            **more,
        }
    ]


def test_a_parameter_of_the_path_is_required_and_shown_even_if_nobody_described_it():
    told = Parameter(name="a", where="path", description="What.")

    _, operation = shown(path="/do/{a}/{b}", parameters=(told,))

    assert [(one["name"], one["required"]) for one in operation["parameters"]] == [
        ("a", True),
        ("b", True),
    ]


def test_a_model_of_ours_has_its_own_name():
    assert set(schema_of(Good)) == {"Good"}


def test_the_name_of_an_operation_is_known_to_those_who_link_to_it():
    assert operation_id(SERVICE, SERVICE.operations[0]) == "toy_make_toy"


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_that_has_no_body_is_shown_without_one(status):
    answer = Documented(status=status, description="Done.")

    assert shown(answers=(answer,))[1]["responses"][str(status)] == {"description": "Done."}
