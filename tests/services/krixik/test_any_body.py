"""Whatever a client sends, Krixik answers with a document, and never fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATHS = [
    "/cli-checkin",
    "/krixik-core-cap-check",
    "/krixik-core-process",
    "/krixik-core-process-status",
    "/krixik-core-fetch-output",
    "/krixik-core-update",
    "/krixik-core-delete",
    "/krixik-core-list",
    "/krixik-core-show-tree",
    "/keyword-search",
    "/semantic-search",
]
KEYS = [
    "pipeline",
    "pipeline_ordered_modules",
    "pipeline_output_process_keys",
    "modules",
    "file_name",
    "file_names",
    "file_tags",
    "file_ids",
    "file_id",
    "process_id",
    "query",
    "k",
    "max_files",
    "created_at_start",
    "last_updated_end",
    "expire_time",
    "symbolic_directory_path",
    "symbolic_directory_paths",
    "symbolic_file_paths",
    "file_description",
]
TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(["demo", "*", "/etc", "whale"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=5,
)
GOOD = st.fixed_dictionaries(
    {"pipeline": st.just("demo"), "pipeline_ordered_modules": st.just(["keyword-db"])}
)
BODIES = st.one_of(
    VALUES,
    st.dictionaries(st.sampled_from(KEYS), VALUES),
    st.builds(
        lambda good, more: {**good, **more}, GOOD, st.dictionaries(st.sampled_from(KEYS), VALUES)
    ),
)


@pytest.mark.parametrize("path", PATHS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(body=BODIES)
def test_any_json_is_answered_with_a_document(krixik: Any, path: str, body: Any) -> None:
    answer = krixik.call("POST", path, content=json.dumps(body), headers={"krixikApiKey": "any"})

    assert answer.status_code in {200, 400}
    assert answer.json()["message"] is not None


@pytest.mark.parametrize("path", PATHS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(body=st.binary(max_size=60))
def test_any_bytes_are_answered_with_a_document(krixik: Any, path: str, body: bytes) -> None:
    answer = krixik.call("POST", path, content=body, headers={"krixikApiKey": "any"})

    assert answer.status_code in {200, 400}
    assert len(answer.json()["request_id"]) == 36


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    chain=st.sampled_from(
        [
            ("parser", "sentiment"),
            ("json-to-txt", "summarize", "keyword-db"),
            ("parser", "text-embedder", "vector-db"),
            ("keyword-db",),
            ("ocr", "translate", "json-to-txt"),
        ]
    ),
)
def test_any_upload_goes_through_its_pipeline(
    krixik: Any, content: bytes, chain: tuple[str, ...]
) -> None:
    pipeline = "-".join(chain)
    accepted = krixik.finish(*chain, content=content, pipeline=pipeline)

    document = krixik.about("fetch-output", accepted)
    assert krixik.call("GET", document["process_output"][0]["url"]).status_code == 200
    body = {"pipeline": pipeline, "file_ids": [accepted["file_id"]], "query": "a whale"}
    assert krixik.ask("/krixik-core-list", body)["items"]
    if chain[-1] == "keyword-db":
        krixik.ask("/keyword-search", body)
    if chain[-1] == "vector-db":
        krixik.ask("/semantic-search", body)
