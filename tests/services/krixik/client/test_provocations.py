"""Every row of the Krixik wire notes, 7: what a test wants to provoke, and what the user gets."""

from __future__ import annotations

import json
from typing import Any

import pytest

CLIENTS_LIMIT_S = 597
NOT_FINISHED = "The output for associated with your input file_id has not finished processing"
BACKOFF = [1, 2, 4, 8, 16, 32, 64, 128, 256]


def refused(desk: Any, **arguments: Any) -> str:
    """The exception that a failing `process` raises."""
    pipeline = desk.pipeline()
    return str(desk.outcome(lambda: desk.process(pipeline, **arguments)))


def test_failed_login(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.options(good_keys=["another"])

    pipeline = desk.pipeline()

    assert capsys.readouterr().out == ("FAILURE: You failed to authenticate - status code 403\n")
    assert desk.client.check_init_data()["api_check_val"] == 1
    with pytest.raises(ValueError, match="you are not authenticated"):
        pipeline.list(file_names=["*.txt"])
    assert desk.calls == []


def test_clean_refusal_of_process(desk: Any) -> None:
    scenario = desk.scenario("submit: {refuse: Not today}")

    assert refused(desk, scenario=scenario) == "ValueError: Not today"
    assert desk.calls == ["submit"]


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        pytest.param(
            "{status: 500}",
            "Exception: 'NoneType' object has no attribute 'status_code'",
            id="500",
        ),
        pytest.param(
            "{status: 403}", "Exception: cannot unpack non-iterable NoneType object", id="403"
        ),
        pytest.param(
            "{status: 429}", "Exception: cannot unpack non-iterable NoneType object", id="429"
        ),
        pytest.param(
            "{status: 200, body: '<html>down</html>', content_type: text/html}",
            "Exception: request failed with exception Expecting value: line 1 column 1 (char 0)",
            id="html",
        ),
        pytest.param(
            "{wire: reset}", "Exception: request failed with ConnectionError ", id="reset"
        ),
        pytest.param(
            "{wire: empty}", "Exception: request failed with ConnectionError ", id="dropped"
        ),
    ],
)
def test_unreadable_failures_of_process(desk: Any, effect: str, told: str) -> None:
    desk.fault(f"{{operation: submit, effect: {effect}}}")

    assert refused(desk).startswith(told)
    assert desk.calls == ["submit"]


def test_an_answer_to_process_that_comes_too_late(desk: Any, impatient: Any) -> None:
    desk.fault("{operation: submit, effect: {delay: 16s}}")
    impatient("/krixik-core-process")

    assert refused(desk).startswith("Exception: request failed with Timeout ")
    assert desk.calls == ["submit"]
    assert desk.timeouts == [15, 15]
    assert len(desk.sandbox) == 1


def test_duplicate_path(desk: Any) -> None:
    pipeline = desk.pipeline()
    desk.submit(pipeline, file_name="whale.txt")

    with pytest.raises(ValueError, match="BAD REQUEST") as caught:
        desk.submit(pipeline, file_name="whale.txt")

    assert str(caught.value) == (
        "BAD REQUEST: a file with symbolic_file_path /etc/whale.txt already exists in this pipeline"
    )


def test_name_clash(desk: Any) -> None:
    told = refused(desk, scenario="name-clash")

    assert told.startswith(
        "ValueError: BAD REQUEST: you have at least one file on record with the same pipeline name"
    )


def test_server_note_shown_to_the_user(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.process(desk.pipeline(), desk.scenario("warnings: [Be kind]"), verbose=True)

    printed = capsys.readouterr().out.splitlines()
    at = printed.index("Be kind")
    assert printed[at + 1] == "INFO: metadata can be updated using the .update api."


@pytest.mark.parametrize("status", [403, 200])
def test_upload_rejected(desk: Any, status: int) -> None:
    scenario = desk.scenario(f"faults: [{{operation: upload, effect: {{status: {status}}}}}]")

    told = refused(desk, scenario=scenario)

    process_id = json.loads(desk.journal[1].answer)["request_id"]
    assert told == (
        f"ValueError: pipeline process failed with status code: {status} - the request_id of this"
        f" failed process is {process_id}"
    )
    assert desk.calls == ["submit", "upload", "delete"]
    assert "Successfully deleted" in json.loads(desk.journal[-1].answer)["message"]


def test_upload_lost(desk: Any) -> None:
    told = refused(desk, scenario="upload-lost")

    process_id = json.loads(desk.journal[1].answer)["request_id"]
    assert told.startswith(
        f"Exception: local file upload request with upload request_id {process_id} failed with"
        " ConnectionError "
    )
    assert desk.calls == ["submit", "upload", "delete"]


def test_an_upload_that_is_never_answered(desk: Any, impatient: Any) -> None:
    scenario = desk.scenario("faults: [{operation: upload, effect: {delay: 46s}}]")
    impatient("/upload/")

    # What comes after the work is done is a job under way, which the clean-up cannot delete.
    assert "failed with Timeout" in refused(desk, scenario=scenario)
    assert desk.calls == ["submit", "upload", "delete"]
    assert desk.timeouts[2] == 45
    assert json.loads(desk.journal[-1].answer)["message"] == NOT_FINISHED


def test_a_lost_upload_whose_clean_up_fails_too(desk: Any) -> None:
    desk.fault("{operation: delete, effect: {omit: [request_id]}}")

    told = refused(desk, scenario="upload-lost")

    assert told == "ValueError: delete failed with request exception 'request_id'"


def test_module_failure_without_module_name(desk: Any) -> None:
    told = refused(desk, scenario="failed-without-module")

    process_id = desk.sent("status")[0]["process_id"]
    assert told == (f"ValueError: processes associated with request_id '{process_id}' failed")
    assert desk.calls[-1] == "delete"


@pytest.mark.parametrize(
    ("name", "module"),
    [("failed-first-module", "parser"), ("failed-last-module", "sentiment")],
)
def test_module_failure(desk: Any, name: str, module: str) -> None:
    assert refused(desk, scenario=name).endswith(f" failed at module '{module}'")


def test_the_lost_id_message(desk: Any) -> None:
    told = refused(desk, scenario="failed-at-once")

    file_id = desk.sent("delete")[0]["file_id"]
    assert told == (
        f"ValueError: processes associated with file_id {file_id} and request_id None failed at"
        " module parser"
    )
    assert desk.calls == ["submit", "upload", "status", "delete"]


def test_client_side_timeout(desk: Any) -> None:
    told = refused(desk, scenario="timeout")

    process_id = desk.sent("status")[0]["process_id"]
    assert told == (
        "ValueError: file process status check timed out - the request_id of this failed process"
        f" is {process_id}."
    )
    assert desk.calls == ["submit", "upload", *["status"] * 200, "delete"]
    assert sum(desk.slept) == CLIENTS_LIMIT_S
    assert json.loads(desk.journal[-1].answer)["message"] == NOT_FINISHED
    job = desk.sandbox.job(process_id)
    assert desk.sandbox.peek(job).gone is None


def test_complete_only_at_poll_200_is_a_timeout_too(desk: Any) -> None:
    scenario = desk.scenario("modules: {default: {for: 0s}, last: {polls: 199}}")

    assert "file process status check timed out" in refused(desk, scenario=scenario)
    assert desk.calls.count("status") == 200


def test_slow_but_fine(desk: Any) -> None:
    result = desk.process(desk.pipeline(), "complete-at-the-last-poll")

    assert result["status_code"] == 200
    assert desk.calls.count("status") == 199


def test_slow_by_the_clock(desk: Any) -> None:
    result = desk.process(desk.pipeline(), "slow")

    assert result["status_code"] == 200
    assert sum(desk.slept) == 183


def test_job_deleted_midway(desk: Any) -> None:
    told = refused(desk, scenario="deleted-midway")

    process_id = desk.sent("status")[0]["process_id"]
    assert told.startswith("ValueError: request failed with status code: 400 - the request_id of")
    assert told.endswith(
        f"with the following message from the server: request_id {process_id} not found"
    )
    assert desk.calls == ["submit", "upload", *["status"] * 4]


def test_job_expired(desk: Any) -> None:
    pipeline = desk.pipeline()
    file_id = desk.process(pipeline, "expired")["file_id"]
    process_id = desk.sent("status")[0]["process_id"]
    desk.advance("30s")

    with pytest.raises(ValueError, match=f"request_id {process_id} not found"):
        pipeline.process_status(request_id=process_id)
    listed = pipeline.list(file_ids=[file_id])
    assert listed["status_code"] == 200
    assert listed["items"] == []
    assert listed["warnings"] == [{"WARNING: the following file_ids were not found": [file_id]}]
    assert pipeline.delete(file_id=file_id)["status_code"] == 400
    assert pipeline.update(file_id=file_id, file_description="x")["status_code"] == 400
    fetched = pipeline.fetch_output(file_id=file_id, local_save_directory=str(desk.out))
    assert fetched["status_code"] == 400
    assert fetched["process_output"] is None


def test_upload_that_never_arrives(desk: Any) -> None:
    pipeline = desk.pipeline()
    submitted = desk.submit(pipeline, "never-uploaded")

    status = pipeline.process_status(request_id=submitted["request_id"])
    assert status["overall_status"] == "ongoing"
    desk.advance("70s")

    with pytest.raises(ValueError, match="not found"):
        pipeline.process_status(request_id=submitted["request_id"])


def test_wrong_pipeline(desk: Any) -> None:
    submitted = desk.submit(desk.pipeline(name="one"))
    other = desk.pipeline(name="two")

    with pytest.raises(
        ValueError, match="pipeline of process_id does not match associated file pipeline"
    ):
        other.process_status(request_id=submitted["request_id"])


@pytest.mark.parametrize("dropped", range(1, 9))
@pytest.mark.parametrize("wire", ["empty", "reset"])
def test_network_flicker_while_polling(desk: Any, dropped: int, wire: str) -> None:
    desk.fault(f"{{operation: status, times: {dropped}, effect: {{wire: {wire}}}}}")

    result = desk.process(desk.pipeline())

    assert result["status_code"] == 200
    assert desk.slept[:dropped] == BACKOFF[:dropped]
    assert desk.slept[dropped:]
    assert set(desk.slept[dropped:]) == {3}


def test_the_shipped_network_flicker(desk: Any) -> None:
    assert desk.process(desk.pipeline(), "network-flicker")["status_code"] == 200
    assert desk.slept == [1, 2, 3]


def test_network_gone_while_polling(desk: Any) -> None:
    desk.fault("{operation: status, effect: {wire: empty}}")

    assert refused(desk) == "Exception: cannot unpack non-iterable NoneType object"
    assert desk.calls == ["submit", "upload", *["status"] * 9]
    assert desk.slept == BACKOFF


def test_status_calls_that_are_never_answered(desk: Any, impatient: Any) -> None:
    desk.fault("{operation: status, times: 1, effect: {delay: 301s}}")
    impatient("/krixik-core-process-status")

    assert desk.process(desk.pipeline())["status_code"] == 200
    assert desk.slept[0] == 1
    assert desk.timeouts[3] == 300


def test_old_style_not_found(desk: Any) -> None:
    desk.options(old_not_found=True)
    pipeline = desk.pipeline()

    report = pipeline.process_status("anything")

    assert {**report, "request_id": 0} == {
        "status_code": 200,
        "request_id": 0,
        "file_id": None,
        "message": "request_id anything not found",
        "pipeline": "demo",
    }
    told = refused(desk, scenario="deleted-midway")
    assert told.startswith(
        "ValueError: file process failed - the request_id of this failed process is "
    )


def test_result_not_ready(desk: Any) -> None:
    result = desk.process(desk.pipeline(), "output-not-ready")

    assert result["status_code"] == 200
    assert result["process_output"] is None
    assert result["message"] == NOT_FINISHED
    assert "process_output_files" not in result


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        pytest.param(
            "output: {status: 404}",
            "Exception: FAILURE: fetch_output failed with HTTPError exception: download_file failed"
            " with HTTPError exception: 404 Client Error: Not Found for url: ",
            id="404",
        ),
        pytest.param(
            "output: {status: 500}",
            "Exception: FAILURE: fetch_output failed with HTTPError exception: download_file failed"
            " with HTTPError exception: 500 Server Error: Internal Server Error for url: ",
            id="500",
        ),
        pytest.param(
            "faults: [{operation: download, effect: {wire: empty}}]",
            "Exception: FAILURE: fetch_output failed with ConnectionError exception: ",
            id="dropped",
        ),
        pytest.param(
            "faults: [{operation: download, effect: {wire: truncate}}]",
            "Exception: FAILURE: fetch_output failed with ",
            id="a short body",
        ),
    ],
)
def test_broken_download(desk: Any, scenario: str, told: str) -> None:
    assert refused(desk, scenario=desk.scenario(scenario)).startswith(told)


def test_the_shipped_broken_output(desk: Any) -> None:
    assert "404 Client Error" in refused(desk, scenario="output-broken")


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(
            "faults: [{operation: fetch_output, effect: {omit: [process_output]}}]", id="no key"
        ),
        pytest.param("output: {body: 'this is {no json'}", id="no JSON"),
        pytest.param(
            "faults: [{operation: fetch_output, effect: {set: {message: null}}}]", id="no message"
        ),
        pytest.param(
            "faults: [{operation: fetch_output, effect: {wire: malformed}}]", id="a broken answer"
        ),
    ],
)
def test_silent_none_result(desk: Any, scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = desk.process(desk.pipeline(), desk.scenario(scenario), verbose=True)

    assert result is None
    assert capsys.readouterr().out.endswith("SUCCESS: process output downloaded.\n")


@pytest.mark.parametrize(
    ("chain", "scenario", "is_inlined"),
    [
        pytest.param(("parser",), "output: {size: 524287}", True, id="just small enough"),
        pytest.param(("parser",), "output: {size: 524288}", False, id="just too large"),
        pytest.param(("parser", "json-to-txt"), "warnings: []", False, id="another extension"),
        pytest.param(("parser",), "output: {copies: 2}", False, id="two outputs"),
    ],
)
def test_output_inlined_or_not(
    desk: Any, chain: tuple[str, ...], scenario: str, *, is_inlined: bool
) -> None:
    result = desk.process(desk.pipeline(*chain), desk.scenario(scenario))

    assert (result["process_output"] is not None) is is_inlined
    assert result["process_output_files"]


def test_the_shipped_large_output(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = desk.process(desk.pipeline("parser"), "output-large")

    assert result["process_output"] is None
    assert "larger than 0.5MB and will not be returned" in capsys.readouterr().out


def test_delete_and_update_too_early(desk: Any) -> None:
    pipeline = desk.pipeline()
    file_id = desk.submit(pipeline, "ongoing-forever")["file_id"]

    assert pipeline.delete(file_id=file_id)["message"] == NOT_FINISHED
    assert pipeline.update(file_id=file_id, file_description="x")["message"] == NOT_FINISHED


def test_search_outage(desk: Any) -> None:
    pipeline = desk.pipeline("keyword-db")
    desk.fault("{operation: keyword_search, effect: {status: 500}}")

    found = pipeline.keyword_search(query="whale", symbolic_directory_paths=["/*"])

    assert {**found, "request_id": 0} == {
        "status_code": 500,
        "request_id": 0,
        "message": "FAILURE: Error querying user files",
        "warnings": [],
        "items": [],
    }


def test_no_hits(desk: Any) -> None:
    pipeline = desk.pipeline("keyword-db")
    file_id = desk.process(pipeline)["file_id"]

    found = pipeline.keyword_search(query="zeppelin", file_ids=[file_id])

    assert found["message"] == ""
    assert found["items"] == []
    assert found["warnings"] == [
        {"WARNING: the following file_ids returned no results for the given query": [file_id]}
    ]


def test_gateway_refusal(desk: Any) -> None:
    pipeline = desk.pipeline()
    file_id = desk.process(pipeline)["file_id"]
    desk.options(good_keys=[], gateway_refusals=True)

    with pytest.raises(ValueError, match="delete failed with request exception 'request_id'"):
        pipeline.delete(file_id=file_id)
    with pytest.raises(ValueError, match="update failed with request exception 'request_id'"):
        pipeline.update(file_id=file_id, file_description="x")
    with pytest.raises(Exception, match=r"^'request_id'$"):
        pipeline.process_status("anything")
    listed = pipeline.list(file_ids=[file_id])
    assert listed == {"status_code": 403, "message": "Forbidden"}


def test_refusal_of_a_key_with_an_id(desk: Any) -> None:
    pipeline = desk.pipeline()
    file_id = desk.process(pipeline)["file_id"]
    desk.options(good_keys=[])

    deleted = pipeline.delete(file_id=file_id)

    assert {**deleted, "request_id": 0} == {
        "status_code": 403,
        "message": "Forbidden",
        "request_id": 0,
    }
    with pytest.raises(ValueError, match=r"request failed with status code: 403 .* Forbidden$"):
        pipeline.process_status("anything")


def test_over_the_cap(desk: Any) -> None:
    desk.options(cap=1)
    desk.login()
    before = desk.client.check_cap()
    pipeline = desk.pipeline()
    desk.process(pipeline)

    with pytest.raises(ValueError, match="BAD REQUEST: you have reached the cap"):
        desk.process(pipeline)
    after = desk.client.check_cap()

    assert {**before, "request_id": 0} == {
        "status_code": 200,
        "request_id": 0,
        "message": "SUCCESS",
        "warnings": [],
    }
    assert after["status_code"] == 400


def test_the_shipped_over_quota(desk: Any) -> None:
    assert "you have reached the cap" in refused(desk, scenario="over-quota")
    desk.sandbox.defaults["krixik"] = "krixik/over-quota"
    assert desk.client.check_cap()["status_code"] == 400


def test_an_unauthenticated_user(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.sandbox.defaults["krixik"] = "krixik/unauthenticated"

    desk.login()

    assert "FAILURE: You failed to authenticate" in capsys.readouterr().out
