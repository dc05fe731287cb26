"""From pydantic's errors to sentences with a place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.explain import explain
from mockstatus.scenario.strict import Located, Many, ScriptError, Strict


def refuse(_: int) -> int:
    raise ScriptError("one", at=("x",))


class Deep(Strict):
    kind: Literal["deep"]
    items: Many[int | Duration]


class Flat(Strict):
    kind: Literal["flat"]
    size: Annotated[int, Field(gt=0, lt=9, multiple_of=2)]


class Model(BaseModel):
    part: Deep | Flat | Literal[1, 2] | None = None
    code: str | Annotated[int, Field(ge=0)] = 0
    word: Annotated[str, Field(pattern="^a+$", max_length=3)] = "a"
    mine: Annotated[int, AfterValidator(refuse)] | None = None
    ratio: Annotated[float, Field(allow_inf_nan=False)] = 0.0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3, [Located("this is 3, expected a mapping")]),
        (
            {"part": {"kind": "deep", "items": ["x"]}},
            [
                Located(
                    "'x' is not a duration, expected one such as 250ms, 1.5s, 1h30m, 2d or PT1H30M "
                    "(units d, h, m, s, ms), or a whole number",
                    ("part", "items", 0),
                )
            ],
        ),
        (
            {"part": {"kind": "flat", "size": 0}},
            [Located("size is 0, expected more than 0", ("part", "size"))],
        ),
        (
            {"part": {"kind": "flat", "size": 10}},
            [Located("size is 10, expected less than 9", ("part", "size"))],
        ),
        (
            {"part": {"kind": "flat", "size": 3}},
            [Located("Input should be a multiple of 2", ("part", "size"))],
        ),
        (
            {"part": {"kind": "flat", "sise": 4}},
            [
                Located(
                    "unknown key 'sise', expected one of kind, size; did you mean 'size'?",
                    ("part", "sise"),
                    is_on_key=True,
                )
            ],
        ),
        ({"part": 4}, [Located("part is 4, expected 1 or 2 or a mapping", ("part",))]),
        ({"code": -1}, [Located("code is -1, expected at least 0", ("code",))]),
        ({"code": []}, [Located("code is a list, expected text or a whole number", ("code",))]),
        ({"word": "b"}, [Located("word is 'b', expected text like ^a+$", ("word",))]),
        ({"word": "aaaa"}, [Located("word is 'aaaa', expected at most 3 character(s)", ("word",))]),
        ({"mine": 1}, [Located("one", ("mine", "x"))]),
        ({"ratio": float("inf")}, [Located("Input should be a finite number", ("ratio",))]),
    ],
)
def test_one_sentence_tells_what_was_found_and_what_was_expected(
    value: Any, told: list[Located]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Model.model_validate(value)

    assert explain(refused.value.errors(), value) == told


def test_a_part_of_a_request_may_be_explained_with_its_place_in_the_whole() -> None:
    whole = {"body": {"size": 0, "kind": "flat"}}
    with pytest.raises(ValidationError) as refused:
        Flat.model_validate(whole["body"])

    errors: Any = [error | {"loc": ("body", *error["loc"])} for error in refused.value.errors()]

    assert explain(errors, whole) == [Located("size is 0, expected more than 0", ("body", "size"))]


def test_a_key_that_is_none_of_those_there_are_is_called_a_key() -> None:
    class Keyed(BaseModel):
        sizes: dict[Literal["small", "large"], int]

    value = {"sizes": {"smal": 1}}
    with pytest.raises(ValidationError) as refused:
        Keyed.model_validate(value)

    assert explain(refused.value.errors(), value) == [
        Located(
            "unknown key 'smal', expected one of small, large; did you mean 'small'?",
            ("sizes", "smal"),
            is_on_key=True,
        )
    ]
