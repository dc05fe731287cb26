"""What Krixik refuses, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

NOT_LET_IN = [
    pytest.param({}, id="no key"),
    pytest.param({"krixikApiKey": ""}, id="an empty key"),
]
EMPTY = {
    "/cli-checkin": {},
    "/krixik-core-cap-check": {"warnings": []},
    "/krixik-core-process": {"pipeline": None, "warnings": []},
    "/krixik-core-process-status": {
        "pipeline": None,
        "warnings": [],
        "process_status": None,
        "failure_status": None,
    },
    "/krixik-core-fetch-output": {
        "pipeline": None,
        "file_id": None,
        "warnings": [],
        "process_output": None,
    },
    "/krixik-core-update": {"pipeline": None, "warnings": []},
    "/krixik-core-delete": {"pipeline": None, "warnings": []},
    "/krixik-core-list": {"warnings": [], "items": []},
    "/krixik-core-show-tree": {"warnings": [], "items": []},
    "/keyword-search": {"warnings": [], "items": []},
    "/semantic-search": {"warnings": [], "items": []},
}
WITH_A_BODY = [path for path in EMPTY if path not in ("/cli-checkin", "/krixik-core-cap-check")]


@pytest.mark.parametrize("path", EMPTY)
@pytest.mark.parametrize("headers", NOT_LET_IN)
def test_a_call_without_a_key_is_forbidden(krixik: Any, path: str, headers: dict[str, str]) -> None:
    answer = krixik.call("POST", path, content=b"{}", headers=headers)

    assert answer.status_code == 403
    assert list(answer.json()) == ["message", "request_id"]
    assert answer.json()["message"] == "Forbidden"


def test_good_keys_are_an_option(krixik: Any) -> None:
    krixik.options(good_keys=["the-one"])

    assert krixik.post("/cli-checkin", "{}").status_code == 403
    assert krixik.post("/cli-checkin", "{}", krixikApiKey="the-one").status_code == 200


def test_a_gateway_refuses_without_an_id(krixik: Any) -> None:
    krixik.options(good_keys=[], gateway_refusals=True)

    answer = krixik.post("/krixik-core-delete", {"pipeline": "demo", "file_id": "x"})

    assert answer.status_code == 403
    assert answer.json() == {"message": "Forbidden"}


def test_uploads_and_downloads_want_no_key(krixik: Any) -> None:
    accepted = krixik.process("parser")
    krixik.options(good_keys=["the-one"])

    assert krixik.upload(accepted).status_code == 204


def test_a_cap_ends_processing_and_shows_in_cap_check(krixik: Any) -> None:
    krixik.options(cap=2)
    body = {"version": "1.1.19", "pipeline": None, "pipeline_ordered_modules": []}
    for _ in range(2):
        document = krixik.ask("/krixik-core-cap-check", body)
        assert list(document) == ["request_id", "message", "warnings"]
        krixik.process("parser")

    refused = krixik.process("parser", status=400)
    checked = krixik.ask("/krixik-core-cap-check", body, status=400)

    assert refused["message"] == checked["message"]
    assert "cap" in refused["message"]


@pytest.mark.parametrize("path", WITH_A_BODY)
@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'"{}"', b"\xff", b"[" * 10_000, b'{"pipeline": 7}', b'{"pipeline": ""}'],
    ids=["empty", "list", "cut", "text", "bytes", "deep", "number", "no name"],
)
def test_a_body_that_cannot_be_taken_is_a_400_in_full(
    krixik: Any, path: str, content: bytes
) -> None:
    answer = krixik.call("POST", path, content=content, headers={"krixikApiKey": "k"})

    document = answer.json()
    assert answer.status_code == 400
    assert document.pop("message").startswith("BAD REQUEST: ")
    assert len(document.pop("request_id")) == 36
    assert {**document, "pipeline": None} == {**EMPTY[path], "pipeline": None}


def test_an_error_tells_which_field_is_wrong(krixik: Any) -> None:
    body = {"pipeline": "demo", "file_names": [1]}

    document = krixik.ask("/krixik-core-list", body, status=400)

    assert document["message"] == (
        "BAD REQUEST: file_names.0: item 1 of file_names is 1, expected text"
    )


def test_an_error_is_told_in_our_own_words(krixik: Any) -> None:
    body = {"pipeline": "demo", "file_tags": [{"mock": 5}]}

    document = krixik.ask("/krixik-core-list", body, status=400)

    assert document["message"] == "BAD REQUEST: file_tags.0.mock: mock is 5, expected text"


REFUSED = [
    pytest.param({"pipeline": "x" * 65}, "pipeline", id="a long pipeline name"),
    pytest.param({"pipeline_ordered_modules": []}, "1 to 10 modules", id="no module"),
    pytest.param(
        {"pipeline_ordered_modules": ["summarize"] * 11}, "1 to 10 modules", id="eleven modules"
    ),
    pytest.param(
        {"pipeline_ordered_modules": ["paser"]}, "'paser' does not exist", id="an unknown module"
    ),
    pytest.param(
        {"pipeline_ordered_modules": ["parser", "ocr"]},
        "module 'ocr' cannot follow module 'parser'",
        id="a wrong successor",
    ),
    pytest.param(
        {"pipeline_ordered_modules": ["keyword-db", "parser"]},
        "cannot follow",
        id="something behind a database",
    ),
    pytest.param(
        {"modules": {"module_1": {"model": "gpt", "params": {}}}},
        "module 'parser' has no model 'gpt'",
        id="an unknown model",
    ),
    pytest.param({"file_name": "*.txt"}, "wildcard", id="a wildcard in the name"),
    pytest.param({"file_name": "x" * 61 + ".txt"}, "64", id="a long name"),
    pytest.param({"file_name": ""}, "file_name", id="an empty name"),
    pytest.param({"file_name": "a/b.txt"}, "not allowed", id="a slash in the name"),
    pytest.param({"file_name": "ä.txt"}, "not allowed", id="a letter beyond ASCII"),
    pytest.param({"file_name": "a.txt\n"}, "not allowed", id="a line break in the name"),
    pytest.param({"symbolic_directory_path": "/a*"}, "wildcard", id="a wildcard in the path"),
    pytest.param({"symbolic_directory_path": "a"}, "not valid", id="no slash before the path"),
    pytest.param({"symbolic_directory_path": "/a/"}, "not valid", id="a slash behind the path"),
    pytest.param({"symbolic_directory_path": ""}, "128", id="an empty path"),
    pytest.param({"symbolic_directory_path": "/" + "x" * 128}, "128", id="a long path"),
    pytest.param({"symbolic_directory_path": "/etc/x"}, "/etc", id="below /etc"),
    pytest.param({"symbolic_directory_path": "/home/etc"}, "/etc", id="/etc on the way"),
    pytest.param({"file_tags": [{}]}, "one key-value pair", id="an empty tag"),
    pytest.param({"file_tags": [{"a": "b", "c": "d"}]}, "one key-value", id="a tag of two pairs"),
    pytest.param({"file_tags": [{"a": "b"}] * 2}, "twice", id="a tag twice"),
    pytest.param({"file_tags": [{"a": str(n)} for n in range(21)]}, "20", id="21 tags"),
    pytest.param({"file_tags": [{"a": "x" * 33}]}, "32", id="a long tag"),
    pytest.param({"file_tags": [{"a": "*"}]}, "letters", id="a wildcard in a tag"),
    pytest.param({"file_tags": [{"a": 1}]}, "file_tags", id="a number in a tag"),
    pytest.param({"file_description": "x" * 257}, "256", id="a long description"),
    pytest.param({"expire_time": 1799}, "1800", id="too short a life"),
    pytest.param({"expire_time": 2_592_001}, "2592000", id="too long a life"),
    pytest.param({"expire_time": "1800"}, "expire_time", id="a text for a number"),
]


@pytest.mark.parametrize(("fields", "told"), REFUSED)
def test_process_refuses_with_400_and_a_message(
    krixik: Any, fields: dict[str, Any], told: str
) -> None:
    body = {"pipeline": "demo", "pipeline_ordered_modules": ["parser"], **fields}

    document = krixik.ask("/krixik-core-process", body, status=400)

    assert list(document) == ["request_id", "message", "pipeline", "warnings"]
    assert document["message"].startswith("BAD REQUEST: ")
    assert told in document["message"]
    assert len(krixik.sandbox) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"symbolic_directory_path": "/"},
        {"symbolic_directory_path": "/etc"},
        {"symbolic_directory_path": "/my files/2026_01-02"},
        {"file_name": "Moby Dick, part_1.v2-x.txt"},
        {"expire_time": 2_592_000},
        {"file_description": "Ünïcödé \U0001f40b"},
        {"modules": {"module_1": {"model": "fixed", "params": {"chunk_size": 5}}}},
        {"something": {"new": True}},
    ],
)
def test_process_takes_what_the_client_lets_through(krixik: Any, fields: dict[str, Any]) -> None:
    krixik.process("parser", **fields)


def test_a_taken_path_is_refused_even_where_its_file_is_unfinished(krixik: Any) -> None:
    krixik.process("parser", file_name="whale.txt", symbolic_directory_path="/novels")

    document = krixik.process(
        "parser", file_name="whale.txt", symbolic_directory_path="/novels", status=400
    )

    assert document["message"] == (
        "BAD REQUEST: a file with symbolic_file_path /novels/whale.txt already exists in this"
        " pipeline"
    )
    krixik.process("parser", file_name="whale.txt", symbolic_directory_path="/")
    root = krixik.process("parser", file_name="whale.txt", symbolic_directory_path="/", status=400)
    assert "symbolic_file_path /whale.txt" in root["message"]
    krixik.process("parser", pipeline="other", file_name="whale.txt")


def test_one_name_stands_for_one_chain_as_long_as_a_file_is_on_record(krixik: Any) -> None:
    first = krixik.process("keyword-db")
    second = krixik.process("keyword-db")

    document = krixik.process("parser", status=400)

    assert document["message"] == (
        "BAD REQUEST: you have at least one file on record with the same pipeline name but a"
        " different set of modules - ['keyword-db'] - please use another name for your pipeline"
    )
    krixik.about("delete", first)
    krixik.process("parser", status=400)
    krixik.about("delete", second)
    krixik.process("parser")


def test_the_names_of_dropped_files_are_free_again(krixik: Any) -> None:
    krixik.process("keyword-db", file_name="a.txt")
    krixik.advance("60s")

    krixik.process("parser", file_name="a.txt")


def test_an_unknown_path_is_a_404_and_a_wrong_method_a_405(krixik: Any) -> None:
    unknown = krixik.post("/krixik-core-nonsense", {})
    wrong = krixik.call("GET", "/krixik-core-list")

    assert unknown.status_code == 404
    assert list(unknown.json()) == ["message", "request_id"]
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "POST"


FAULTS = [
    pytest.param("{status: 500}", "/krixik-core-process", 500, "Internal Server Error", id="500"),
    pytest.param("{status: 403}", "/krixik-core-list", 403, "Forbidden", id="403"),
    pytest.param(
        "{status: 500}", "/keyword-search", 500, "FAILURE: Error querying user files", id="search"
    ),
    pytest.param("{status: 201}", "/cli-checkin", 201, "Created", id="201"),
    pytest.param("{status: 599}", "/cli-checkin", 599, "status 599", id="no usual status"),
    pytest.param(
        "{error: {message: no such luck}}", "/krixik-core-delete", 400, "no such luck", id="error"
    ),
    pytest.param(
        "{error: {status: 429, request_id: false}}",
        "/krixik-core-delete",
        429,
        "Too Many Requests",
        id="an error without an id",
    ),
]


@pytest.mark.parametrize(("effect", "path", "status", "message"), FAULTS)
def test_faults_speak_krixiks_language(
    krixik: Any, effect: str, path: str, status: int, message: str
) -> None:
    krixik.default("krixik/" + krixik.scenario(f"faults: [{{effect: {effect}}}]"))

    answer = krixik.post(path, {"pipeline": "demo"})

    document = answer.json()
    assert answer.status_code == status
    assert document["message"] == message
    assert ("request_id" in document) is ("request_id: false" not in effect)
    if status != 403:
        assert set(EMPTY[path]) <= set(document)


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "AccessDenied"), (404, "NoSuchKey"), (500, "InternalError"), (503, "SlowDown")],
)
def test_faults_on_the_storage_are_told_in_xml(krixik: Any, status: int, code: str) -> None:
    scenario = krixik.scenario(
        f"faults: [{{operation: upload, times: 1, effect: {{status: {status}}}}}]"
    )
    accepted = krixik.process("parser", scenario=scenario)

    answer = krixik.upload(accepted)

    assert answer.status_code == status
    assert f"<Code>{code}</Code>" in answer.text
    assert krixik.upload(accepted).status_code == 204


@pytest.mark.parametrize("status", [200, 204])
def test_a_success_instead_of_the_upload_does_nothing(krixik: Any, status: int) -> None:
    scenario = krixik.scenario(f"faults: [{{operation: upload, effect: {{status: {status}}}}}]")
    accepted = krixik.process("parser", scenario=scenario)

    answer = krixik.upload(accepted)

    assert answer.status_code == status
    assert answer.content == b""
    assert krixik.position(accepted).started_us is None


def test_a_status_without_a_body_has_none(krixik: Any) -> None:
    krixik.default("krixik/" + krixik.scenario("faults: [{effect: {status: 204}}]"))

    assert krixik.post("/cli-checkin", "{}").content == b""


def test_an_unknown_scenario_in_a_tag_is_refused_in_krixiks_words(krixik: Any) -> None:
    document = krixik.process("parser", scenario="failed-secnd-module", status=400)

    assert list(document) == ["request_id", "message", "pipeline", "warnings"]
    assert "failed-secnd-module" in document["message"]


def test_the_storage_has_no_words_of_its_own_for_a_refusal_but_xml(krixik: Any) -> None:
    krixik.default(
        "krixik/" + krixik.scenario("faults: [{effect: {error: {message: 'a <b> & c'}}}]")
    )

    answer = krixik.call("GET", "/download/x")

    assert "<Message>a &lt;b&gt; &amp; c</Message>" in answer.text
