"""The published JSON Schema says what the loader does."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from toy_scenario import MODELS

from mockstatus.errors import ScenarioError
from mockstatus.scenario.load import load_scenario
from mockstatus.scenario.publish import json_schema

SCHEMA = json_schema(MODELS)
PUBLISHED = Draft202012Validator(SCHEMA)

# What the loader refuses only after comparing: no schema can tell.
COMPARED = (
    "nothing can follow it",
    "ends before it begins",
    "the longest delay is below the median",
    "is too long, expected at most 10m",
    "is left out and set at the same time",
    "unknown operation",
    "unknown service 'other', expected toy",
    "unknown service 'toy', expected other",
)


def refusals(document: Any) -> list[str]:
    """What the loader says is wrong; nothing if it takes the document."""
    try:
        load_scenario(json.dumps(document), path="x", models=MODELS)
    except ScenarioError as error:
        return [problem.message for problem in error.problems]
    return []


def maybe(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def having(
    required: dict[str, st.SearchStrategy[Any]], **keys: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=keys)


spans = st.sampled_from(["250ms", "1.5s", "1h30m", "2d", "PT1H30M", "P2D", "0s"])
ranges = spans | st.sampled_from(["30s..5m", "1s..1s", "1m..1h"])
states = st.sampled_from(["QUEUED", "RUNNING", "DONE", "BROKEN"])
delays = st.sampled_from(["250ms", "PT10M", "10m", "0s", "1s..1s", "1m..10m"])
texts = st.text("abc é*😀", min_size=1, max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=3,
)
ways_out = st.sampled_from(["for", "polls", "until", None])


def phases(inner: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    track = having({"track": texts}, **({"failed": inner} if inner is not None else {}))
    ways: list[st.SearchStrategy[Any]] = [
        st.just({}),
        st.fixed_dictionaries({"for": ranges}),
        st.fixed_dictionaries({"polls": st.integers(1, 1_000_000)}),
        st.fixed_dictionaries({"until": st.sampled_from(["go", "fail", "a-b_2"]) | track}),
    ]
    body = having({"state": states}, result=values)
    return st.tuples(body, st.one_of(ways)).map(lambda parts: parts[0] | parts[1])


effects = st.one_of(
    having(
        {"status": st.sampled_from([200, 404, 503, 599])},
        headers=st.just({"Retry-After": "5", "X-a": "ü b"}),
        delay=delays,
    ),
    st.just({"status": 200, "body": "<html>", "content_type": "text/html"}),
    having({"wire": st.sampled_from(["reset", "empty", "truncate"])}, delay=delays),
    st.just({"omit": ["OK"], "set": {"a": None}, "delay": "2s"}),
    having({"error": st.just({"code": 205})}, headers=st.just({"A": "b"})),
    st.fixed_dictionaries(
        {"delay": st.just({"median": "1s", "sigma": 0.5, "max": "10s"}) | delays}
    ),
)
faults = having(
    {"effect": effects},
    operation=st.sampled_from(["submit", "status"]),
    nth=st.integers(1, 9),
    every=st.integers(1, 9),
    times=st.integers(1, 9),
    until=spans,
    probability=st.floats(0, 1),
    when=st.just("after"),
    at=having({"state": st.sampled_from(["DONE", 4, -3])}, track=texts),
)
common = {
    "description": st.text(max_size=5),
    "match": st.dictionaries(texts, texts, max_size=2),
    "seed": st.integers(-(2**63), 2**63 - 1),
    "submit": st.just({"refuse": "No."}),
    "expires": having({"after": spans | st.just("request")}, idle=st.booleans()),
    "faults": st.lists(faults, max_size=2),
    "unlikely": st.booleans(),
}
toys = having(
    {
        "service": st.just("toy"),
        "summary": texts,
        "phases": st.lists(phases(phases()), min_size=1, max_size=3),
    },
    tracks=st.dictionaries(texts, st.lists(phases(), min_size=1, max_size=2), max_size=2),
    cancel=st.just("refuse") | st.just({"lag": "5s"}) | st.just({"code": 3, "lag": "1s"}),
    **common,
)
others = having({"service": st.just("other"), "summary": texts}, **common)
documents = toys | others


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place within the value, itself included."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [at] + [place for key, inner in items for place in places(inner, (*at, key))]


# Numbers with an empty fraction are left out: to JSON Schema 3.0 is a whole number.
junk = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        3,
        0.5,
        10**30,
        "",
        "x",
        "3",
        "3s",
        "5m..30s",
        "refuse",
        "request",
        "DONE",
        "A\n",
        "go\n",
        "x" * 201,
        [],
        [1],
        {},
        {"a": 1},
        {"state": "DONE"},
        {"code": 3},
        {"lag": "1s"},
        {"track": "x"},
        {"effect": {"wire": "reset"}},
        "toy",
        "other",
        "status",
        "before",
    ]
)
keys = st.sampled_from(
    [
        "for",
        "polls",
        "until",
        "state",
        "service",
        "summary",
        "when",
        "wire",
        "body",
        "status",
        "content_type",
        "omit",
        "set",
        "error",
        "delay",
        "forr",
        "phases",
        "failed",
        "headers",
        "A B",
        "Content-Length",
        "lag",
        "code",
        "effect",
        "match",
    ]
)


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(places(document)))
        if not at:
            document[draw(keys)] = copy.deepcopy(draw(junk))
            continue
        around = document
        for step in at[:-1]:
            around = around[step]
        inner = around[at[-1]]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                around[at[-1]] = copy.deepcopy(draw(junk))
            case "remove":
                del around[at[-1]]
            case "add" if isinstance(inner, dict):
                inner[draw(keys)] = copy.deepcopy(draw(junk))
            case _:
                assume(False)
    return document


def agree(document: Any) -> None:
    refused = refusals(document)
    is_published = PUBLISHED.is_valid(document)
    if not refused:
        event("taken")
        assert is_published, next(PUBLISHED.iter_errors(document)).message
    elif not all(any(reason in message for reason in COMPARED) for message in refused):
        event("refused for its structure")
        assert not is_published, refused


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(documents)
def test_a_valid_document_is_valid_for_both(document: Any) -> None:
    refused = refusals(document)

    assert all("nothing can follow it" in message for message in refused)
    agree(document)


@given(mutants())
def test_loader_and_schema_agree_on_damaged_documents(document: Any) -> None:
    agree(document)


@pytest.mark.parametrize(
    "document",
    [
        3,
        [],
        {},
        {"service": "toy"},
        {"service": "toi", "summary": "x"},
        {"service": ["toy"], "summary": "x"},
        {"service": "other", "summary": "x", "phases": [{"state": "DONE"}]},
    ],
)
def test_loader_and_schema_refuse_alike(document: Any) -> None:
    assert refusals(document)
    assert not PUBLISHED.is_valid(document)


def test_references_stay_within_the_schema() -> None:
    text = json.dumps(SCHEMA)

    assert '"$id"' not in text
    assert text.count('"$ref": "#/$defs/') == text.count('"$ref"')
