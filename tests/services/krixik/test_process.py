"""A file's way through its pipeline, as the wire tells it."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from builders import T0

from mockstatus.domain.timeline import Phase
from mockstatus.runtime.clock import LATEST_US
from mockstatus.services.krixik import jobs
from mockstatus.web.answer import json_answer

STATUS_KEYS = [
    "request_id",
    "file_id",
    "message",
    "pipeline",
    "warnings",
    "process_status",
    "failure_status",
]
LAYOUT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_process_answers_both_ids_and_where_to_upload(krixik: Any) -> None:
    accepted = krixik.process()

    assert list(accepted) == [
        "request_id",
        "file_id",
        "pipeline",
        "message",
        "warnings",
        "presigned_post_url_results",
    ]
    assert accepted["warnings"] == []
    assert LAYOUT.fullmatch(accepted["request_id"])
    assert UUID(accepted["file_id"]).version == 4
    form = accepted["presigned_post_url_results"]
    assert form["url"] == f"{krixik.base}/upload/{accepted['file_id']}"
    assert {"key", "policy", "x-amz-signature"} <= set(form["fields"])


def test_modules_become_true_one_after_the_other_by_the_clock(krixik: Any) -> None:
    accepted = krixik.submit("parser", "translate", "sentiment")
    seen = []
    for _ in range(4):
        document = krixik.status(accepted)
        assert list(document) == STATUS_KEYS
        assert document["message"] == "SUCCESS: process_status found"
        assert document["failure_status"] is None
        seen.append(list(document["process_status"].items()))
        krixik.advance("1s")

    numbers = ["module_1", "module_2", "module_3"]
    assert seen == [
        list(zip(numbers, values, strict=True))
        for values in [
            (False, False, False),
            (True, False, False),
            (True, True, False),
            (True, True, True),
        ]
    ]


def test_a_module_is_complete_at_exactly_its_end(krixik: Any) -> None:
    accepted = krixik.submit("parser")

    krixik.advance("999ms")
    assert krixik.status(accepted)["process_status"] == {"module_1": False}
    krixik.advance("1ms")
    assert krixik.status(accepted)["process_status"] == {"module_1": True}


def test_a_file_that_would_expire_beyond_the_last_of_dates_has_that_date(krixik: Any) -> None:
    krixik.clock.set_now(LATEST_US - 60_000_000)

    krixik.finish("parser")

    [item] = krixik.ask("/krixik-core-list", {"pipeline": "demo", "created_at_start": 0})["items"]
    assert item["created_at"] == "9999-12-31 23:58:59"
    assert item["expire_time"] == "9999-12-31 23:59:59"


def test_nothing_runs_before_the_upload_and_asking_is_no_progress(krixik: Any) -> None:
    accepted = krixik.process("parser")

    krixik.advance("30s")

    assert krixik.status(accepted)["process_status"] == {"module_1": False}
    krixik.upload(accepted)
    assert krixik.status(accepted)["process_status"] == {"module_1": False}


def test_each_answer_has_an_id_of_its_own(krixik: Any) -> None:
    accepted = krixik.submit()

    found = [krixik.status(accepted)["request_id"] for _ in range(20)]

    assert len(set(found)) == 20
    assert all(UUID(one).version == 4 for one in found)


def test_answers_before_anything_is_kept_have_ids_of_their_own_too(krixik: Any) -> None:
    url = krixik.base.replace("/~s", "/~looked-at-s") + "/cli-checkin"

    first = krixik.call("POST", url, content='"{}"', headers={"krixikApiKey": "k"}).json()
    second = krixik.call("POST", url, content='"{}"', headers={"krixikApiKey": "k"}).json()

    assert first["request_id"] != second["request_id"]
    assert not [name for name in krixik.app.world.sandboxes.names() if "looked-at" in name]


def test_the_same_seed_tells_the_same_story_bit_for_bit(another: Any) -> None:
    def told() -> list[bytes]:
        krixik = another("twin")
        accepted = krixik.submit("parser", "sentiment")
        krixik.advance("2s")
        body = {"pipeline": "demo", "process_id": accepted["request_id"]}
        answers = [krixik.post("/krixik-core-process-status", body)]
        answers.append(krixik.output(accepted))
        answers.append(krixik.post("/krixik-core-list", {"pipeline": "demo", "file_names": ["*"]}))
        return [answer.content for answer in answers]

    assert told() == told()


def test_an_upload_that_does_not_come_within_a_minute_drops_the_record(krixik: Any) -> None:
    accepted = krixik.process("parser")

    krixik.advance("59s")
    assert krixik.status(accepted)["process_status"] == {"module_1": False}
    krixik.advance("1s")

    krixik.status(accepted, status=400)
    assert krixik.upload(accepted).status_code == 403
    assert krixik.sandbox.peek(krixik.sandbox.job(accepted["request_id"])).gone.why == (
        "never_started"
    )


def test_how_long_an_upload_may_take_is_an_option(krixik: Any) -> None:
    krixik.options(upload_within="2s")
    accepted = krixik.process("parser")

    krixik.advance("2s")

    krixik.status(accepted, status=400)


def test_the_upload_wants_what_was_given_out(krixik: Any) -> None:
    accepted = krixik.process("parser")
    form = accepted["presigned_post_url_results"]
    wrong = {**form["fields"], "x-amz-signature": "0" * 64}

    refused = krixik.call("POST", form["url"], data=wrong, files={"file": ("w", b"text")})

    assert refused.status_code == 403
    assert refused.headers["content-type"].startswith("application/xml")
    assert "<Code>AccessDenied</Code>" in refused.text


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"data": {"key": "k"}}, id="no multipart form"),
        pytest.param(
            {"content": b"--x\r\nnonsense", "headers": {"content-type": "multipart/form-data"}},
            id="no boundary",
        ),
        pytest.param(
            {
                "content": b"--x\r\ncontent-disposition: form-data; name=file\r\n\r\nabc",
                "headers": {"content-type": "multipart/form-data; boundary=x"},
            },
            id="cut off",
        ),
    ],
)
def test_an_upload_that_is_no_form_is_refused_in_xml(krixik: Any, more: dict[str, Any]) -> None:
    accepted = krixik.process("parser")

    answer = krixik.call("POST", accepted["presigned_post_url_results"]["url"], **more)

    assert answer.status_code == 400
    assert answer.text.startswith("<?xml")


def test_an_upload_without_a_file_is_refused(krixik: Any) -> None:
    accepted = krixik.process("parser")
    form = accepted["presigned_post_url_results"]

    answer = krixik.call("POST", form["url"], files={"other": b"x"}, data=form["fields"])

    assert answer.status_code == 400
    assert "exactly one file" in answer.text


def test_a_second_upload_changes_nothing(krixik: Any) -> None:
    accepted = krixik.submit("json-to-txt", content=b'[{"snippet": "one"}]')

    assert krixik.upload(accepted, b'[{"snippet": "two"}]').status_code == 204

    krixik.advance("1s")
    assert krixik.output(accepted).text == "one"


def test_an_upload_beyond_16_mib_is_refused_as_storage_does(krixik: Any) -> None:
    accepted = krixik.process("parser")

    answer = krixik.upload(accepted, b"x" * (16 << 20))

    assert answer.status_code == 400
    assert "<Code>EntityTooLarge</Code>" in answer.text
    assert krixik.status(accepted)["process_status"] == {"module_1": False}


def test_another_body_beyond_1_mib_is_refused_as_json(krixik: Any) -> None:
    answer = krixik.post("/krixik-core-list", {"pipeline": "x" * (1 << 20)})

    assert answer.status_code == 413
    assert list(answer.json()) == ["request_id", "message", "warnings", "items"]


def test_the_output_is_fetched_by_a_link_of_this_sandbox(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    document = krixik.about("fetch-output", accepted)

    file_id = accepted["file_id"]
    (output,) = document.pop("process_output")
    request_id = document.pop("request_id")
    assert UUID(request_id).version == 4
    assert document == {
        "pipeline": "demo",
        "file_id": file_id,
        "message": f"SUCCESS - output fetched for file_id {file_id}.",
        "warnings": [],
    }
    assert output["extension"] == ".json"
    assert output["url"].startswith(f"{krixik.base}/download/{file_id}?sig=")
    answer = krixik.call("GET", output["url"])
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()[0] == {"snippet": "Call me Ishmael.", "line_numbers": [1]}


def test_links_use_the_address_that_the_client_used(krixik: Any) -> None:
    body = {"pipeline": "demo", "pipeline_ordered_modules": ["parser"]}

    answer = krixik.post("/krixik-core-process", body, Host="localhost:8099")

    url = answer.json()["presigned_post_url_results"]["url"]
    assert url.startswith(f"http://localhost:8099{krixik.prefix}/upload/")


@pytest.mark.parametrize("query", ["", "?sig=", "?sig=0000", "?sig=%ff"])
def test_a_download_wants_its_signature(krixik: Any, query: str) -> None:
    accepted = krixik.finish("parser")

    answer = krixik.call("GET", f"/download/{accepted['file_id']}{query}")

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text


def test_a_link_lives_as_long_as_its_file(krixik: Any) -> None:
    accepted = krixik.finish("parser")
    url = krixik.about("fetch-output", accepted)["process_output"][0]["url"]

    assert krixik.call("HEAD", url).status_code == 200
    krixik.about("delete", accepted)

    assert krixik.call("GET", url).status_code == 403


def test_a_file_that_the_tester_unfinishes_has_no_output_to_download(krixik: Any) -> None:
    accepted = krixik.finish("parser")
    url = krixik.about("fetch-output", accepted)["process_output"][0]["url"]
    job = krixik.sandbox.job(accepted["request_id"])
    krixik.sandbox.put(job, "module_1", (Phase(state="ongoing"),))

    assert krixik.call("GET", url).status_code == 404


def test_the_output_of_an_unfinished_file_is_null(krixik: Any) -> None:
    accepted = krixik.submit("parser")

    document = krixik.about("fetch-output", accepted)

    assert document["process_output"] is None
    assert document["message"] == (
        "The output for associated with your input file_id has not finished processing"
    )


def test_nothing_remembers_a_file_that_has_expired(krixik: Any) -> None:
    accepted = krixik.finish("parser", expire_time=1800)

    krixik.advance("29m39s")
    assert krixik.status(accepted)["process_status"] == {"module_1": True}
    krixik.advance("1s")

    request_id, file_id = accepted["request_id"], accepted["file_id"]
    document = krixik.status(accepted, status=400)
    assert document["message"] == f"request_id {request_id} not found"
    assert list(document) == [
        "request_id",
        "message",
        "pipeline",
        "warnings",
        "process_status",
        "failure_status",
    ]
    fetched = krixik.about("fetch-output", accepted, status=400)
    assert fetched.pop("request_id") != request_id
    assert fetched == {
        "message": f"file_id {file_id} not found",
        "pipeline": "demo",
        "file_id": file_id,
        "warnings": [],
        "process_output": None,
    }
    for path in ("update", "delete"):
        gone = krixik.about(path, accepted, status=400)
        assert gone["message"] == f"file_id {file_id} not found"
        assert gone["warnings"] == []
    assert krixik.list(file_ids=[file_id])["items"] == []
    assert krixik.sandbox.job(file_id).id == request_id


@pytest.mark.parametrize("process_id", ["", "anything", "0" * 36])
def test_an_unknown_process_is_not_found(krixik: Any, process_id: str) -> None:
    body = {"pipeline": "demo", "process_id": process_id}

    document = krixik.ask("/krixik-core-process-status", body, status=400)

    assert document["message"] == f"request_id {process_id} not found"


def test_a_file_id_is_no_process_id(krixik: Any) -> None:
    accepted = krixik.submit("parser")
    body = {"pipeline": "demo", "process_id": accepted["file_id"]}

    krixik.ask("/krixik-core-process-status", body, status=400)


def test_the_old_style_not_found_is_a_200_with_both_fields_null(krixik: Any) -> None:
    krixik.options(old_not_found=True)
    body = {"pipeline": "demo", "process_id": "nope"}

    document = krixik.ask("/krixik-core-process-status", body)

    assert list(document) == STATUS_KEYS
    assert document["process_status"] is None
    assert document["failure_status"] is None
    assert document["message"] == "request_id nope not found"


def test_the_process_of_another_pipeline_is_refused_and_no_poll(krixik: Any) -> None:
    accepted = krixik.submit("parser")
    body = {"pipeline": "other", "process_id": accepted["request_id"]}

    document = krixik.ask("/krixik-core-process-status", body, status=400)

    assert "pipeline of process_id does not match associated file pipeline" in document["message"]
    assert krixik.position(accepted).polls == 0


def test_status_keys_may_name_the_module(krixik: Any) -> None:
    krixik.options(dotted_status_keys=True)
    accepted = krixik.submit("parser", "sentiment")

    document = krixik.status(accepted)

    assert list(document["process_status"]) == ["module_1.parser", "module_2.sentiment"]


def test_how_long_modules_take_is_an_option(krixik: Any) -> None:
    krixik.options(module_time="5s..10s")
    accepted = krixik.submit("parser")

    krixik.advance("4.9s")
    assert krixik.status(accepted)["process_status"] == {"module_1": False}
    krixik.advance("5.1s")
    assert krixik.status(accepted)["process_status"] == {"module_1": True}


def test_left_out_keys_have_the_clients_defaults(krixik: Any) -> None:
    krixik.finish("parser")

    (item,) = krixik.list(file_names=["*"])["items"]

    assert re.fullmatch(r"krixik_generated_file_name_[a-z]{10}\.txt", item["file_name"])
    assert item["symbolic_directory_path"] == "/etc"
    assert item["expire_time"] == "2026-01-01 00:30:00"
    assert item["file_metadata"]["modules"] == {"module_1": {"parser": {"model": "sentence"}}}


def test_a_slash_at_the_end_of_the_address_does_no_harm(krixik: Any) -> None:
    answer = krixik.post("//cli-checkin", "{}")

    assert answer.status_code == 200
    assert answer.json()["message"] == "SUCCESS"


def test_one_status_call_counts_once_for_the_whole_job(krixik: Any) -> None:
    scenario = krixik.scenario("modules: {default: {polls: 2}}")
    accepted = krixik.submit("parser", "sentiment", scenario=scenario)

    seen = [list(krixik.status(accepted)["process_status"].values()) for _ in range(5)]

    assert seen == [
        [False, False],
        [False, False],
        [True, False],
        [True, False],
        [True, True],
    ]
    assert krixik.position(accepted).polls == 5


def test_a_status_that_comes_again_differs_in_its_id_alone(krixik: Any) -> None:
    name = "0" * 36  # might be taken for an id
    accepted = krixik.submit("parser", pipeline=name)

    first, *others = (krixik.status(accepted) for _ in range(3))

    assert [{**other, "request_id": first["request_id"]} for other in others] == [first, first]
    assert len({one["request_id"] for one in (first, *others)}) == 3


def test_bytes_and_document_of_an_answer_that_comes_again_are_the_same(krixik: Any) -> None:
    document = {"request_id": "an id", "file_id": "an id", "warnings": []}
    again = jobs._again(krixik.sandbox, document, json_answer(document))

    answers = [again(T0), again(T0 + 1)]

    assert [json.loads(one.body) for one in answers] == [one.document for one in answers]
    assert len({one.document["request_id"] for one in answers}) == 2
    assert {one.document["file_id"] for one in answers} == {document["request_id"]} == {"an id"}
