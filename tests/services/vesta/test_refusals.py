"""What the gateway refuses, in which order, and in which words."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.errors import BadRequestError
from mockstatus.services.vesta import SERVICE, codes, reply
from mockstatus.services.vesta.request import is_valid_url

URL = "http://example.org/a.wav"
NO_URL = "A POST on the URI '/annotate' requires the following parameter : doc_url"
NO_UUID = "A GET on the URI '/{}' requires the following parameter : uuid"
NO_SERVICE = "The request has been made for a service that is not supported : zorglub"
NO_TASK = "User requested a UUID which did not exist : {}"
BAD_URL = "User provided an invalid source URL : {}"


def envelope(status: int, reason: str, code: int, message: str) -> dict[str, Any]:
    return {
        "description": reason,
        "status": status,
        "vesta": {"code": code, "message": message},
    }


def bad(code: int, message: str) -> dict[str, Any]:
    return envelope(400, "Bad Request", code, message)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        pytest.param("GET", "/zorglub/status?uuid=U", bad(202, NO_SERVICE), id="unknown service"),
        pytest.param("GET", "/zorglub/status", bad(202, NO_SERVICE), id="before the uuid"),
        pytest.param("GET", "/zorglub/cancel?uuid=U", bad(202, NO_SERVICE), id="cancel"),
        pytest.param("POST", "/zorglub/annotate", bad(202, NO_SERVICE), id="annotate"),
        pytest.param("POST", "/zorglub/process", bad(202, NO_SERVICE), id="process"),
        pytest.param("POST", "/zorglub/process/a", bad(202, NO_SERVICE), id="process stored"),
        pytest.param(
            "GET", "/diarisation/status", bad(206, NO_UUID.format("status")), id="no uuid"
        ),
        pytest.param(
            "GET", "/diarisation/status?UUID=U", bad(206, NO_UUID.format("status")), id="other case"
        ),
        pytest.param(
            "GET", "/diarisation/cancel", bad(206, NO_UUID.format("cancel")), id="no uuid to cancel"
        ),
        pytest.param(
            "GET", "/diarisation/status?uuid=nope", bad(203, NO_TASK.format("nope")), id="unknown"
        ),
        pytest.param(
            "GET", "/diarisation/status?uuid=", bad(203, NO_TASK.format("")), id="empty uuid"
        ),
        pytest.param(
            "GET", "/diarisation/status?uuid=n%C3%A9", bad(203, NO_TASK.format("né")), id="accent"
        ),
        pytest.param(
            "GET", '/diarisation/status?uuid="', bad(203, NO_TASK.format("'")), id="a quote"
        ),
        pytest.param(
            "GET", "/diarisation/cancel?uuid=nope", bad(203, NO_TASK.format("nope")), id="cancel it"
        ),
        pytest.param("POST", "/diarisation/annotate", bad(206, NO_URL), id="no document"),
        pytest.param("POST", "/diarisation/process", bad(206, NO_URL), id="process says annotate"),
        pytest.param(
            "POST",
            "/diarisation/annotate?storage_doc_id=a",
            bad(206, NO_URL),
            id="a stored document is only a path segment",
        ),
        pytest.param(
            "POST", "/diarisation/annotate?doc_url=", bad(207, BAD_URL.format("")), id="empty URL"
        ),
        pytest.param(
            "POST",
            "/diarisation/annotate?doc_url=http://host",
            bad(207, BAD_URL.format("http://host")),
            id="URL without a path",
        ),
        pytest.param(
            "POST",
            f"/diarisation/annotate?doc_url={URL}&x_url=nowhere",
            bad(207, BAD_URL.format("nowhere")),
            id="another URL",
        ),
        pytest.param(
            "POST",
            "/diarisation/annotate/abc.mp4?callback_url=nowhere",
            bad(207, BAD_URL.format("nowhere")),
            id="a callback",
        ),
        pytest.param("POST", "/diarisation/annotate/a/b", None, id="two segments"),
        pytest.param("GET", "/diarisation/status/", None, id="a slash too many"),
        pytest.param("POST", "/diarisation/annotate/", None, id="a slash behind annotate"),
        pytest.param("GET", "/status", None, id="no service in the path"),
        pytest.param("POST", "/annotate", None, id="annotate without a service"),
        pytest.param("GET", "/diarisation/license", None, id="no such route"),
        pytest.param("GET", "/diarisation/service/status", None, id="no status below service"),
    ],
)
def test_a_bad_request_gets_the_gateways_own_error(
    gateway: Any, method: str, path: str, expected: Any
) -> None:
    answer = gateway.call(method, path)

    expected = expected or envelope(404, "Not Found", 100, "")
    assert answer.status_code == expected["status"]
    assert answer.json() == expected
    assert answer.headers["content-type"] == "application/json"
    assert answer.content.endswith(b"\n")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/diarisation/status"),
        ("GET", "/diarisation/annotate"),
        ("PUT", "/diarisation/process"),
        ("DELETE", "/diarisation/cancel?uuid=U"),
    ],
)
def test_another_method_is_a_405_without_an_allow_header(
    gateway: Any, method: str, path: str
) -> None:
    answer = gateway.call(method, path)

    assert answer.status_code == 405
    assert answer.json() == envelope(405, "Method Not Allowed", 100, "")
    assert "allow" not in answer.headers


def test_options_answers_the_methods_and_no_body(gateway: Any) -> None:
    answer = gateway.call("OPTIONS", "/diarisation/status")

    assert (answer.status_code, answer.content) == (200, b"")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert gateway.call("OPTIONS", "/diarisation/annotate").headers["allow"] == "OPTIONS, POST"


def test_a_task_of_another_annotator_is_unknown(gateway: Any) -> None:
    uuid = gateway.submit(annotator="stt")

    for name in ("status", "cancel"):
        answer = gateway.get(f"/diarisation/{name}", params={"uuid": uuid})
        assert answer.json() == bad(203, NO_TASK.format(uuid))
    assert gateway.sandbox.job(uuid).requests == 1  # its submission


def test_a_deleted_task_is_unknown(gateway: Any) -> None:
    uuid = gateway.submit()
    job = gateway.sandbox.job(uuid)

    gateway.sandbox.delete(job)

    assert gateway.ask(uuid).json() == bad(203, NO_TASK.format(uuid))
    assert SERVICE.state(job, gateway.position(uuid)) == "DELETED"


def test_a_worker_of_another_version_makes_each_poll_in_progress_a_400(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PROGRESS", "polls": 2, "worker_id_version": "0.0.7"},
            {"state": "STORING", "polls": 1, "worker_id_version": "0.0.7"},
            {"state": "SUCCESS"},
        ),
        ann_doc_id="1",
    )
    expected = bad(
        204,
        "Service diarisation declares the version 0.1.43 in its config file but messages received"
        " from its worker contain the version 0.0.7.",
    )

    answers = [gateway.ask(uuid) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 200, 200]
    assert answers[0].json() == answers[1].json() == expected
    assert answers[2].json()["result"]["worker_id_version"] == "0.0.7"


def test_a_worker_without_a_version_is_another_version(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PROGRESS", "worker_id_version": None}))

    assert gateway.ask(uuid).json()["vesta"]["message"].endswith("contain the version None.")


# What a submission is read from.


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"params": {"doc_url": URL}}, id="query"),
        pytest.param({"data": {"doc_url": URL}}, id="form"),
        pytest.param({"files": {"doc_url": (None, URL)}}, id="multipart"),
        pytest.param(
            {"params": {"doc_url": URL}, "data": {"doc_url": "nowhere"}}, id="the query goes first"
        ),
        pytest.param({"params": [("doc_url", URL), ("doc_url", "x")]}, id="the first of two"),
    ],
)
@pytest.mark.parametrize("path", ["annotate", "process"])
def test_parameters_come_from_query_or_form(gateway: Any, path: str, more: dict[str, Any]) -> None:
    assert gateway.post(f"/diarisation/{path}", **more).status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"json": {"doc_url": URL}}, id="JSON is no place for it"),
        pytest.param({"files": {"doc_url": ("a.txt", URL)}}, id="nor is a file"),
        pytest.param(
            {
                "content": b"--x\r\nbroken",
                "headers": {"content-type": "multipart/form-data; boundary=x"},
            },
            id="nor a broken form",
        ),
        pytest.param(
            {"content": b"doc_url=http://h/a", "headers": {"content-type": "text/plain"}},
            id="nor a text",
        ),
    ],
)
def test_elsewhere_the_document_is_not_seen(gateway: Any, more: dict[str, Any]) -> None:
    answer = gateway.post("/diarisation/process", **more)

    assert answer.json() == bad(206, NO_URL)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{broken", b'{"a": 1}', b"[" * 100 + b"]" * 100, b"[" * 100_000, b"\xff"],
)
def test_json_that_is_broken_or_null_counts_as_an_empty_object(gateway: Any, body: bytes) -> None:
    answer = gateway.post(
        "/stub/process",
        params={"doc_url": URL},
        content=body,
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"[1]", b'"text"', b"3"])
def test_json_that_is_no_object_is_a_500_with_code_101(gateway: Any, body: bytes) -> None:
    answer = gateway.post(
        "/diarisation/process",
        params={"doc_url": URL},
        content=body,
        headers={"content-type": "application/vnd.x+json"},
    )

    assert answer.status_code == 500
    assert answer.json()["vesta"]["code"] == 101


def test_annotate_does_not_read_json(gateway: Any) -> None:
    answer = gateway.post("/diarisation/annotate", params={"doc_url": URL}, json=[1])

    assert answer.status_code == 200


def test_an_annotator_may_need_no_document_but_only_for_process(gateway: Any) -> None:
    gateway.options(annotators={"free": {"noparams": True}})

    assert gateway.post("/free/process").status_code == 200
    assert gateway.post("/free/process", params={"doc_url": "x"}).status_code == 200
    assert gateway.post("/free/annotate").json() == bad(206, NO_URL)


def test_a_body_beyond_the_limit_is_refused_in_the_envelope(gateway: Any) -> None:
    answer = gateway.post("/diarisation/process", content=b"x" * ((1 << 20) + 1))

    assert answer.status_code == 413
    assert answer.json()["vesta"] == {"code": 100, "message": ""}


@given(st.binary(max_size=300), st.text("ab=;/\"'-multipart/form-data;boundary", max_size=60))
def test_no_bytes_make_the_gateway_fail(a_gateway: Any, body: bytes, kind: str) -> None:
    answer = a_gateway().post(
        "/diarisation/process",
        content=body,
        headers={"content-type": f"multipart/form-data; boundary=x; {kind}"},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("url", "is_valid"),
    [
        ("http://h/a", True),
        ("http://h/", True),
        ("ftp://h/x", True),
        ("http://host", False),
        ("http:///a", False),
        ("//h/a", False),
        ("h/a", False),
        ("", False),
        ("http://[", False),
        ("http://h?a=/b", False),
    ],
)
def test_an_address_has_a_scheme_a_host_and_a_path(url: str, is_valid: bool) -> None:
    assert is_valid_url(url) is is_valid


# Choosing a scenario.


@pytest.mark.parametrize(
    ("more", "state"),
    [
        pytest.param(
            {"params": {"doc_url": "http://h/mock:failure"}}, "FAILURE", id="doc_url in the query"
        ),
        pytest.param(
            {"data": {"doc_url": "http://h/mock:vesta/expired?x"}}, "SUCCESS", id="in a form"
        ),
    ],
)
def test_a_document_may_name_the_scenario(gateway: Any, more: dict[str, Any], state: str) -> None:
    uuid = gateway.post("/diarisation/annotate", **more).json()["uuid"]
    gateway.advance("1m")

    assert gateway.status(uuid)["status"] == state


def test_a_magic_value_in_an_invalid_address_is_refused_all_the_same(gateway: Any) -> None:
    answer = gateway.post("/diarisation/annotate", params={"doc_url": "mock:failure"})

    assert answer.json() == bad(207, BAD_URL.format("mock:failure"))


def test_an_unknown_scenario_is_refused_in_the_gateways_words(gateway: Any) -> None:
    answer = gateway.post("/diarisation/annotate", params={"doc_url": "http://h/mock:failur"})

    assert answer.status_code == 500
    assert answer.json()["vesta"]["code"] == 101
    assert "did you mean vesta/failure" in answer.json()["vesta"]["message"]


def test_a_story_may_refuse_its_submission(gateway: Any) -> None:
    name = gateway.scenario({"state": "PENDING"}, submit={"refuse": "no thanks"})

    answer = gateway.post(
        "/diarisation/annotate", params={"doc_url": URL}, headers={"X-Mock-Scenario": name}
    )

    assert answer.status_code == 500
    assert answer.json() == envelope(500, "Internal Server Error", 101, "no thanks")


def test_a_story_may_be_for_submissions_that_fit(gateway: Any) -> None:
    match = {"annotator": "st*", "doc_url": "*.wav", "storage_doc_id": "a*", "mode": "fast"}
    del match["doc_url"]
    gateway.scenario({"state": "FAILURE"}, match=match)

    fits = gateway.post("/stt/process/abc?n=1", json={"mode": "fast"}).json()["uuid"]
    other = gateway.post("/stt/process/abc?n=1", json={"mode": "slow"}).json()["uuid"]

    assert gateway.status(fits, "stt")["status"] == "FAILURE"
    assert gateway.status(other, "stt")["status"] == "PENDING"


# Errors that faults ask for.


def strike(gateway: Any, effect: dict[str, Any], **more: Any) -> None:
    from mockstatus.scenario.faultspec import FaultSpec

    fault = FaultSpec.model_validate({"effect": effect, **more})
    gateway.sandbox.faults.post(fault.to_domain(), gateway.clock.now_us())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            {"code": 205},
            bad(205, "AMQP backend didn't response quickly enough."),
        ),
        (
            {"code": 205, "status": 408},
            envelope(408, "Request Timeout", 205, "AMQP backend didn't response quickly enough."),
        ),
        (
            {"code": 101, "message": "[Errno 111] Connection refused"},
            envelope(500, "Internal Server Error", 101, "[Errno 111] Connection refused"),
        ),
        ({"code": 202}, bad(202, NO_SERVICE.replace("zorglub", "diarisation"))),
        ({"code": 203}, bad(203, NO_TASK.format("U"))),
        (
            {"code": 204},
            bad(
                204,
                "Service diarisation declares the version 0.1.43 in its config file but messages"
                " received from its worker contain the version 0.0.0.",
            ),
        ),
        ({"code": 206}, bad(206, NO_UUID.format("status"))),
        ({"code": 207}, bad(207, BAD_URL.format(""))),
        (
            {"code": 301},
            envelope(500, "Internal Server Error", 301, "HTTP Error 404: Not Found"),
        ),
        ({"code": 655}, envelope(500, "Internal Server Error", 655, "The worker failed")),
    ],
)
def test_a_fault_may_ask_for_any_code(gateway: Any, error: Any, expected: Any) -> None:
    strike(gateway, {"error": error})

    answer = gateway.get("/diarisation/status?uuid=U")

    assert answer.status_code == expected["status"]
    assert answer.json() == expected


def test_a_fault_on_a_submission_may_ask_for_its_errors(gateway: Any) -> None:
    strike(gateway, {"error": {"code": 206}}, operation="submit")

    assert gateway.post("/diarisation/process").json() == bad(206, NO_URL)


def test_a_fault_may_ask_for_a_bare_status(gateway: Any) -> None:
    strike(gateway, {"status": 503})

    answer = gateway.get("/diarisation/status?uuid=U")

    assert answer.status_code == 503
    assert answer.json() == envelope(503, "Service Unavailable", 100, "")


@pytest.mark.parametrize(
    "error",
    [
        {"code": "205"},
        {"code": True},
        {"code": 999},
        {},
        {"code": 205, "message": 3},
        {"code": 205, "status": 200},
        {"code": 205, "mesage": "x"},
    ],
)
def test_an_error_that_the_gateway_never_says_is_refused(error: Any) -> None:
    with pytest.raises(ValueError, match=r"code|message|status"):
        reply.described(SimpleNamespace(), error)


def test_codes_without_a_row_exist_only_for_workers() -> None:
    assert codes.exists(655)
    assert not codes.exists(699 + 1)
    assert codes.text_of(655) == "The worker failed"


# What the control API submits.


@pytest.mark.parametrize(
    ("fields", "more", "path", "query", "body"),
    [
        ({}, {}, "/diarisation/process", "doc_url=http%3A%2F%2Fexample.org%2Finterview.wav", None),
        (
            {"doc_url": URL, "labels": ["a"]},
            {"annotator": "stt"},
            "/stt/process",
            "doc_url=http%3A%2F%2Fexample.org%2Fa.wav",
            {"labels": ["a"]},
        ),
        (
            {"storage_doc_id": "a b", "ann_doc_id": "1", "annotator": "face"},
            {},
            "/face/process/a%20b",
            "ann_doc_id=1",
            None,
        ),
    ],
)
def test_wire_fields_become_a_request(
    fields: Any, more: Any, path: str, query: str, body: Any
) -> None:
    made = SERVICE.submission(fields, more)

    assert (made.method, made.path, made.query) == ("POST", path, query)
    assert (json.loads(made.body) if made.body else None) == body


def test_what_is_no_part_of_a_submission_is_refused() -> None:
    with pytest.raises(BadRequestError, match="unknown key 'anotator', expected annotator"):
        SERVICE.submission({}, {"anotator": "stt"})


@pytest.mark.parametrize("name", ["status", "cancel"])
def test_a_client_is_played_by_the_requests_that_it_would_make(gateway: Any, name: str) -> None:
    uuid = gateway.submit(annotator="stt")

    asked = getattr(SERVICE.calls, name)(gateway.sandbox.job(uuid))

    assert (asked.method, asked.path, asked.query) == ("GET", f"/stt/{name}", f"uuid={uuid}")
