"""Where the documents and the real program differ: each row, in both profiles.

The rows are those of the VESTA wire notes, 3, in their order.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockstatus.services.vesta import memory
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.memory import Memory
from mockstatus.services.vesta.program import description, exception

DOWNLOAD = {"code": 301, "message": "HTTP Error 404: Not Found"}
DOC, CODE = "doc", "code"


@pytest.fixture
def doc(gateway: Any) -> Any:
    gateway.options(profile=DOC)
    return gateway


@pytest.fixture
def code(gateway: Any) -> Any:
    gateway.options(profile=CODE)
    return gateway


def failed(gateway: Any, state: str = "FAILURE", error: Any = None) -> str:
    return str(gateway.submit(gateway.scenario({"state": state, "error": error or DOWNLOAD})))


def bare_status(gateway: Any, uuid: str, headers: Any = None) -> Any:
    return gateway.bare("GET", f"/diarisation/status?uuid={uuid}", headers)


# FAILURE/RETRY/REVOKED with Accept: text/html or none.


@pytest.mark.parametrize("state", ["FAILURE", "RETRY"])
@pytest.mark.parametrize("headers", [{}, {"accept": "text/html"}])
def test_a_failure_without_an_accept_header_by_the_docs(doc: Any, state: str, headers: Any) -> None:
    answer = bare_status(doc, failed(doc, state), headers)

    assert answer.status_code == 200
    assert json.loads(answer.content)["result"] == DOWNLOAD


@pytest.mark.parametrize(
    ("state", "place"), [("FAILURE", "worker.py:24 in run"), ("RETRY", "worker.py:32 in run")]
)
@pytest.mark.parametrize("headers", [{}, {"accept": "text/html"}, {"accept": "application/xml"}])
def test_a_failure_without_an_accept_header_by_the_program(
    code: Any, state: str, place: str, headers: Any
) -> None:
    answer = bare_status(code, failed(code, state), headers)

    page = answer.content.decode()
    said = "DownloadError(u&#x27;HTTP Error 404: Not Found&#x27;,)"
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h2>500 : {said}</h2>" in page
    assert f"<p>301 : {said} [{place}]</p>" in page


def test_a_failure_is_json_for_those_who_ask_for_it_by_the_program(code: Any) -> None:
    answer = bare_status(code, failed(code), {"accept": "*/*"})

    assert answer.status_code == 200
    assert json.loads(answer.content)["status"] == "FAILURE"


# No Accept header, errors.


def test_an_error_without_an_accept_header(gateway: Any) -> None:
    kinds = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        answer = gateway.bare("GET", "/diarisation/status")
        kinds[profile] = answer.headers["content-type"]

    assert kinds == {DOC: "application/json", CODE: "text/html; charset=utf-8"}


# Message and description text.

NOTHING = (
    "'404 Not Found: The requested URL was not found on the server. If you entered the URL"
    " manually please check your spelling and try again.'"
)
NOPE = "User requested a UUID which did not exist : nope"
TEXTS: list[tuple[str, str, str, str]] = [
    (
        "/diarisation/status?uuid=nope",
        NOPE,
        f"'{NOPE}'",
        "UnknownUUIDError() [utility_rest.py:157 in validate_uuid]",
    ),
    (
        "/diarisation/status",
        "A GET on the URI '/status' requires the following parameter : uuid",
        "'A GET on the URI \"/status\" requires the following parameter : uuid'",
        "MissingParameterError() [utility_rest.py:445 in uuid_task]",
    ),
    (
        "/nothing/at/all",
        "",
        NOTHING,
        "",
    ),
]


@pytest.mark.parametrize(("path", "by_docs", "described", "by_program"), TEXTS)
def test_the_texts_of_errors(
    gateway: Any, path: str, by_docs: str, described: str, by_program: str
) -> None:
    gateway.options(profile=DOC)
    plain = gateway.get(path).json()
    gateway.options(profile=CODE)
    python = gateway.get(path).json()

    assert (plain["description"] in {"Bad Request", "Not Found"}, plain["vesta"]["message"]) == (
        True,
        by_docs,
    )
    assert (python["description"], python["vesta"]["message"]) == (described, by_program)
    assert plain["vesta"]["code"] == python["vesta"]["code"]


def test_a_405_by_the_program(code: Any) -> None:
    answer = code.post("/diarisation/status")

    assert answer.json() == {
        "description": "'405 Method Not Allowed: The method is not allowed for the requested URL.'",
        "status": 405,
        "vesta": {"code": 100, "message": ""},
    }


def test_a_status_that_the_framework_has_no_words_for() -> None:
    assert description(GatewayError(100, ""), 599) == "'599 :'"
    assert description(GatewayError(100, ""), 408) == "'408 Request Timeout:'"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DOWNLOAD, "DownloadError(u'HTTP Error 404: Not Found',) [worker.py:24 in run]"),
        ({"code": 633}, "Diarisation worker internal problem [worker.py:24 in run]"),
        ({"code": 506}, "Cannot renew the swift token [worker.py:24 in run]"),
        ({"code": 101}, "WorkerLostError(u'Worker exited prematurely: exitcode 3.',)"),
        ({"code": 655, "message": "x"}, "Exception(u'x',) [worker.py:24 in run]"),
        ({"code": 306, "message": "can't"}, "RuntimeError(u'can't',) [worker.py:24 in run]"),
    ],
)
def test_the_text_of_a_workers_failure_by_the_program(code: Any, error: Any, said: str) -> None:
    assert code.status(failed(code, error=error))["result"]["message"] == said


def test_brackets_may_be_added_to_the_documented_text(gateway: Any) -> None:
    gateway.options(brackets=True)

    message = gateway.status(failed(gateway))["result"]["message"]

    assert message == "HTTP Error 404: Not Found [worker.py:24 in run]"


# REVOKED message.


@pytest.mark.parametrize(("state", "word"), [("PENDING", "revoked"), ("PROGRESS", "terminated")])
def test_the_message_of_a_revocation(gateway: Any, state: str, word: str) -> None:
    said = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(gateway.scenario({"state": state}))
        gateway.cancel(uuid)
        gateway.advance("1s")
        said[profile] = gateway.status(uuid)["result"]

    assert said == {
        DOC: {"code": 109, "message": word},
        CODE: {"code": 109, "message": f"TaskRevokedError(u'{word}',)"},
    }


# STORING.


@pytest.mark.parametrize(("profile", "has_passed"), [(DOC, False), (CODE, True)])
def test_storing_without_ann_doc_id_is_never_shown(
    gateway: Any, profile: str, has_passed: bool
) -> None:
    gateway.options(profile=profile)
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PROGRESS", "for": "1s"},
            {"state": "STORING", "for": "1h"},
            {"state": "SUCCESS"},
        )
    )
    gateway.advance("1s")

    assert gateway.status(uuid)["status"] == "SUCCESS"
    passed = [v.phase.state for v in gateway.position(uuid).tracks["task"].visits(10)]
    assert ("STORING" in passed) is has_passed


def test_a_last_storing_without_ann_doc_id_is_passed_over_in_both(gateway: Any) -> None:
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(gateway.scenario({"state": "PROGRESS"}, {"state": "STORING"}))
        assert gateway.status(uuid)["status"] == "PROGRESS"


# RECEIVED, STARTED.


@pytest.mark.parametrize("state", ["RECEIVED", "STARTED"])
def test_states_that_the_real_program_never_shows(gateway: Any, state: str) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(
            gateway.scenario(
                {"state": "PENDING", "for": "1s"},
                {"state": state, "for": "1s"},
                {"state": "PROGRESS"},
            )
        )
        gateway.advance("1500ms")
        first = gateway.status(uuid)["status"]
        gateway.advance("1s")
        seen[profile] = (first, gateway.status(uuid)["status"])

    assert seen == {DOC: (state, "PROGRESS"), CODE: ("PENDING", "PROGRESS")}


# After cancel.


@pytest.mark.parametrize("state", ["PENDING", "PROGRESS", "RETRY"])
def test_a_cancel_shows_at_once_by_the_docs_and_later_by_the_program(
    gateway: Any, state: str
) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(gateway.scenario({"state": state, "for": "1h"}, {"state": "SUCCESS"}))
        first = gateway.cancel(uuid)["status"]
        gateway.advance("1s")
        seen[profile] = (first, gateway.status(uuid)["status"])

    assert seen == {DOC: ("REVOKED", "REVOKED"), CODE: (state, "REVOKED")}


def test_a_longer_lag_is_an_option_in_both(gateway: Any) -> None:
    for profile in (DOC, CODE):
        gateway.options(profile=profile, cancel_lag="10s")
        uuid = gateway.submit(gateway.scenario({"state": "PROGRESS"}))
        gateway.cancel(uuid)
        gateway.advance("9s")
        assert gateway.status(uuid)["status"] == "PROGRESS"
        gateway.advance("1s")
        assert gateway.status(uuid)["status"] == "REVOKED"


# EXPIRED.


@pytest.mark.parametrize("state", ["RECEIVED", "STARTED", "PROGRESS", "STORING", "SUCCESS"])
def test_a_task_that_was_polled_while_alive_expires_in_both(gateway: Any, state: str) -> None:
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(
            gateway.scenario({"state": state, "for": "1s"}, {"state": "FAILURE"}, unlikely=True),
            ann_doc_id="1",
        )
        gateway.status(uuid)
        gateway.put(uuid, {"state": "SUCCESS"})
        gateway.status(uuid)
        gateway.advance("2h")
        assert gateway.status(uuid) == {"uuid": uuid, "status": "EXPIRED", "result": None}


@pytest.mark.parametrize("state", ["FAILURE", "RETRY", "REVOKED"])
def test_a_task_only_ever_seen_as_failed_falls_back_to_pending_by_the_program(
    gateway: Any, state: str
) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(gateway.scenario({"state": state}))
        gateway.status(uuid)
        gateway.advance("2h")
        seen[profile] = gateway.status(uuid)["status"]

    assert seen == {DOC: "EXPIRED", CODE: "PENDING"}


def test_a_task_never_polled_while_alive_falls_back_to_pending_by_the_program(
    gateway: Any,
) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit()
        gateway.advance("3h")
        seen[profile] = [gateway.status(uuid)["status"] for _ in range(2)]

    assert seen == {DOC: ["EXPIRED"] * 2, CODE: ["PENDING"] * 2}


def test_what_was_seen_is_remembered_for_so_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ACTIVE_LIMIT", 2)
    remembered = Memory(0)

    for uuid in ("a", "b", "c"):
        remembered.saw_activity(uuid)

    assert [remembered.was_active(uuid) for uuid in ("a", "b", "c")] == [False, True, True]


# 204, 205 HTTP status.


def test_204_and_205_are_400s_in_both_and_by_the_table_if_asked_for(gateway: Any) -> None:
    from mockstatus.scenario.faultspec import FaultSpec

    def statuses(**options: Any) -> list[int]:
        gateway.options(**options)
        uuid = gateway.submit(gateway.scenario({"state": "PROGRESS", "worker_id_version": "9"}))
        mismatch = gateway.ask(uuid).status_code
        fault = FaultSpec.model_validate({"times": 1, "effect": {"error": {"code": 205}}})
        gateway.sandbox.faults.post(fault.to_domain(), gateway.clock.now_us())
        return [mismatch, gateway.ask(uuid).status_code]

    assert statuses(profile=DOC) == [400, 400]
    assert statuses(profile=CODE) == [400, 400]
    assert statuses(statuses_by_table=True) == [500, 408]


# Unknown service on process.


def test_an_unknown_service_on_process(gateway: Any) -> None:
    gateway.options(profile=DOC)
    assert gateway.post("/zorglub/process").json()["vesta"]["code"] == 202
    gateway.options(profile=CODE)

    answer = gateway.post("/zorglub/process")

    assert answer.status_code == 500
    assert answer.json()["vesta"] == {
        "code": 108,
        "message": "KeyError(u'zorglub',) [generic_rest_api.py:96 in handle_exceptions]",
    }
    assert gateway.post("/zorglub/annotate").json()["vesta"]["code"] == 202


# `process` with missing `doc_url`.


def test_process_without_a_document_names_annotate_in_both(gateway: Any) -> None:
    gateway.options(profile=DOC)
    by_docs = gateway.post("/stt/process").json()
    gateway.options(profile=CODE)
    by_program = gateway.post("/stt/process").json()

    assert "'/annotate'" in by_docs["vesta"]["message"]
    assert '"/annotate"' in by_program["description"]


# Workflow without `json`.


def test_a_workflow_without_json(gateway: Any) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        answer = gateway.post("/simple_workflow/process")
        seen[profile] = (answer.status_code, answer.json()["vesta"]["code"])

    assert seen == {DOC: (422, 206), CODE: (500, 104)}


# `storage_doc_id` parameter plus `doc_url`.


def test_a_stored_document_as_a_parameter_beside_doc_url(gateway: Any) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        answer = gateway.post("/stub/annotate?storage_doc_id=a&doc_url=http://h/b")
        seen[profile] = (answer.status_code, answer.json().get("vesta", {}).get("code"))

    assert seen == {DOC: (200, None), CODE: (500, 101)}


# Non-ASCII uuid.


def test_a_uuid_that_is_not_ascii(gateway: Any) -> None:
    seen = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        answer = gateway.get("/stt/status", params={"uuid": "é"})
        seen[profile] = (answer.status_code, answer.json()["vesta"]["code"])

    assert seen == {DOC: (400, 203), CODE: (500, 101)}


# XML content type.


def test_the_content_type_of_xml(gateway: Any) -> None:
    kinds = {}
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        answer = gateway.ask(gateway.submit(), headers={"accept": "application/xml"})
        kinds[profile] = answer.headers["content-type"]

    assert kinds == {DOC: "application/xml; charset=utf-8", CODE: "text/html; charset=utf-8"}


# Non-ASCII exception text in a worker.


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"profile": DOC}, "FAILURE"),
        ({"profile": DOC, "stuck_on_non_ascii": True}, "PROGRESS"),
        ({"profile": CODE}, "PROGRESS"),
    ],
)
def test_a_failure_whose_message_is_not_ascii(gateway: Any, options: Any, state: str) -> None:
    gateway.options(**options)
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PENDING", "for": "1s"},
            {"state": "PROGRESS", "for": "1s", "progress": {"to": 50}},
            {"state": "FAILURE", "error": {"code": 301, "message": "échec"}},
        )
    )

    gateway.advance("1h")

    assert gateway.status(uuid)["status"] == state


def test_other_stories_end_as_told_where_failures_may_be_lost(gateway: Any) -> None:
    gateway.options(stuck_on_non_ascii=True)
    uuid = gateway.submit(gateway.scenario({"state": "PENDING", "for": "1s"}, {"state": "FAILURE"}))
    gateway.advance("1s")

    assert gateway.status(uuid)["status"] == "FAILURE"


def test_python_2_shows_texts_with_escapes() -> None:
    assert exception(301, "échec") == r"DownloadError(u'\xe9chec',)"


# Number of custom states.


def test_the_three_custom_states_are_the_same_in_both(gateway: Any) -> None:
    for profile in (DOC, CODE):
        gateway.options(profile=profile)
        uuid = gateway.submit(
            gateway.scenario(
                {"state": "PROGRESS", "for": "1s"},
                {"state": "STORING", "for": "1s"},
                {"state": "SUCCESS"},
            ),
            ann_doc_id="1",
        )
        seen = []
        for pause in ("0s", "1s", "3h"):
            gateway.advance(pause)
            seen.append(gateway.status(uuid)["status"])
        assert seen == ["PROGRESS", "STORING", "EXPIRED"]


# Torn reads: 2.7, an option.


def test_a_torn_read_pairs_a_state_with_its_neighbours_result(gateway: Any) -> None:
    gateway.options(torn_reads=1.0)
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PENDING", "for": "1s"},
            {"state": "PROGRESS", "for": "1s"},
            {"state": "STORING", "for": "1s"},
            {"state": "SUCCESS", "result": [1]},
        ),
        ann_doc_id="1",
    )
    seen = []
    for _ in range(4):
        answer = gateway.status(uuid)
        seen.append((answer["status"], answer["result"]))
        gateway.advance("1s")

    (pending, first), (progress, second), *rest = seen
    assert (pending, first["current"], first["start_time"]) == (
        "PENDING",
        0,
        "2026-01-01T00:00:00",
    )
    assert (progress, "current" in second, "host" in second) == ("PROGRESS", False, True)
    assert rest == [("STORING", [1]), ("SUCCESS", [1])]


def test_torn_reads_are_as_rare_as_they_are_asked_to_be(gateway: Any) -> None:
    gateway.options(torn_reads=0.5)
    uuid = gateway.submit(
        gateway.scenario({"state": "PENDING", "for": "1h"}, {"state": "PROGRESS"})
    )

    torn = [gateway.status(uuid)["result"] is not None for _ in range(100)]

    assert 25 < sum(torn) < 75


def test_states_without_such_a_neighbour_are_never_torn(gateway: Any) -> None:
    gateway.options(torn_reads=1.0)
    uuid = gateway.submit(gateway.scenario({"state": "PENDING", "for": "1h"}, {"state": "SUCCESS"}))

    assert gateway.status(uuid)["result"] is None
