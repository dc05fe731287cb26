"""What a client's test wants to provoke, and how little it takes: VESTA wire notes, 6."""

from __future__ import annotations

from typing import Any

import pytest

from mockstatus.services.vesta.codes import CODES

RUNNING = {"state": "PROGRESS", "for": "10s"}
WORKERS = sorted(code for code, row in CODES.items() if row.status == 200 and code != 109)


def seen(gateway: Any, uuid: str, *pauses: str) -> list[tuple[str, Any]]:
    documents = []
    for pause in pauses:
        gateway.advance(pause)
        document = gateway.status(uuid)
        documents.append((document["status"], document["result"]))
    return documents


def test_the_store_refuses(gateway: Any) -> None:
    story = gateway.scenario(
        RUNNING,
        {"state": "STORING", "for": "1s"},
        {"state": "FAILURE", "error": {"code": 302, "message": "HTTP Error 500: No"}},
    )
    uuid = gateway.submit(story, ann_doc_id="1")

    storing, failure = seen(gateway, uuid, "10s", "1s")

    assert storing[0] == "STORING"
    assert failure == ("FAILURE", {"code": 302, "message": "HTTP Error 500: No"})


@pytest.mark.parametrize("code", WORKERS)
def test_any_code_from_a_worker_comes_with_a_200(gateway: Any, code: int) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "FAILURE", "error": {"code": code}}))

    answer = gateway.ask(uuid)

    assert answer.status_code == 200
    assert answer.json()["result"] == {"code": code, "message": CODES[code].text}
    assert CODES[code].text


def test_a_worker_process_killed_by_the_system(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "FAILURE", "error": {"code": 101}}))

    assert gateway.status(uuid)["result"] == {
        "code": 101,
        "message": "Worker exited prematurely: exitcode 3.",
    }


def test_a_transient_failure(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario(RUNNING, {"state": "RETRY"}, RUNNING, {"state": "SUCCESS"})
    )

    told = seen(gateway, uuid, "5s", "5s", "180s", "10s")

    assert [state for state, _ in told] == ["PROGRESS", "RETRY", "PROGRESS", "SUCCESS"]
    assert told[0][1]["current"] == 50
    assert told[1][1] == {"code": 301, "message": "HTTP Error 404: Not Found"}
    assert told[2][1]["current"] == 0


def test_a_very_large_result(gateway: Any) -> None:
    large = ["x" * 1000] * 200
    uuid = gateway.submit(gateway.scenario({"state": "SUCCESS", "result": large}))

    assert gateway.status(uuid)["result"] == large


@pytest.mark.parametrize("body", ["<html>maintenance</html>", ""])
def test_a_proxys_page_instead_of_an_answer(gateway: Any, body: str) -> None:
    fault = {
        "operation": "status",
        "times": 1,
        "effect": {"status": 502, "body": body, "content_type": "text/html"},
    }
    uuid = gateway.submit(gateway.scenario({"state": "PENDING"}, faults=[fault]))

    page, after = gateway.ask(uuid), gateway.ask(uuid)

    assert (page.status_code, page.text, page.headers["content-type"]) == (502, body, "text/html")
    assert after.json()["status"] == "PENDING"


def test_a_poll_that_a_fault_struck_before_its_work_does_not_count(gateway: Any) -> None:
    faults = [{"operation": "status", "times": 2, "effect": {"status": 503}}]
    uuid = gateway.submit(
        gateway.scenario({"state": "PENDING", "polls": 1}, {"state": "SUCCESS"}, faults=faults)
    )

    codes = [gateway.ask(uuid).status_code for _ in range(3)]

    assert codes == [503, 503, 200]
    assert gateway.status(uuid)["status"] == "SUCCESS"
