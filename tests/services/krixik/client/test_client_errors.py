"""The Krixik wire notes, 1.5: what the real client makes of every kind of error answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FILE_ID = "596bf30e-c13d-41df-8cc8-b7e26709a468"
PROCESS_ID = "f948a6ad-0343-e743-2b3f-0df6bc732a3a"
HTML = "{status: 200, body: '<html>', content_type: text/html}"


def use(desk: Any, operation: str) -> Callable[[], Any]:
    """A user's call that reaches this operation."""
    pipeline = desk.pipeline(*_CHAINS.get(operation, ("parser",)))
    everything = {"symbolic_directory_paths": ["/*"]}
    calls: dict[str, Callable[[], Any]] = {
        "checkin": desk.login,
        "cap_check": desk.client.check_cap,
        "submit": lambda: desk.submit(pipeline),
        "status": lambda: pipeline.process_status(request_id=PROCESS_ID),
        "fetch_output": lambda: pipeline.fetch_output(
            file_id=FILE_ID, local_save_directory=str(desk.out)
        ),
        "list": lambda: pipeline.list(**everything),
        "update": lambda: pipeline.update(file_id=FILE_ID, file_description="x"),
        "delete": lambda: pipeline.delete(file_id=FILE_ID),
        "show_tree": pipeline.show_tree,
        "keyword_search": lambda: pipeline.keyword_search(query="whale", **everything),
        "semantic_search": lambda: pipeline.semantic_search(query="whale", **everything),
    }
    return calls[operation]


_CHAINS = {
    "keyword_search": ("keyword-db",),
    "semantic_search": ("parser", "text-embedder", "vector-db"),
}


RAISED = [
    ("submit", "{error: {status: 201}}", "Exception: cannot unpack non-iterable NoneType object"),
    ("submit", "{error: {status: 503}}", "Exception: cannot unpack non-iterable NoneType object"),
    ("submit", "{status: 400, body: '{}'}", "Exception: 'message'"),
    ("submit", "{wire: malformed}", "Exception: request failed with exception "),
    ("status", "{omit: [request_id]}", "Exception: 'request_id'"),
    ("status", HTML, "ValueError: Expecting value: line 1 column 1 (char 0)"),
    ("status", "{wire: truncate}", "Exception: request failed with request exception "),
    (
        "status",
        "{error: {status: 418, message: I am a teapot}}",
        "ValueError: request failed with status code: 418 - the request_id of this failed ",
    ),
    ("delete", "{omit: [request_id]}", "ValueError: delete failed with request exception 'req"),
    ("delete", HTML, "ValueError: delete failed with request exception Expecting value"),
    ("delete", "{wire: empty}", "Exception: delete failed with ConnectionError "),
    ("update", "{omit: [request_id]}", "ValueError: update failed with request exception 'req"),
    ("update", HTML, "ValueError: update failed with request exception Expecting value"),
    ("update", "{wire: empty}", "ValueError: update failed with request exception "),
    ("show_tree", "{wire: empty}", "Exception: show_tree failed with ConnectionError "),
    (
        "show_tree",
        "{status: 500}",
        "ValueError: show_tree failed with request exception show_tree failed with status code 500",
    ),
    ("list", "{omit: [items]}", "ValueError: list failed with request exception 'items'"),
    ("list", HTML, "ValueError: list failed with request exception "),
    ("list", "{wire: reset}", "ValueError: list failed with request exception "),
    ("keyword_search", "{omit: [items]}", "ValueError: keyword search failed with request exc"),
    ("keyword_search", "{wire: empty}", "ValueError: keyword search failed with request exception"),
    ("semantic_search", "{omit: [items]}", "ValueError: vector search failed with request exc"),
    ("semantic_search", "{wire: garbage}", "ValueError: vector search failed with request exc"),
    (
        "list",
        "{set: {items: [{created_at: yesterday}]}}",
        "ValueError: list failed with request exception time data 'yesterday' does not match",
    ),
    (
        "fetch_output",
        "{wire: empty}",
        "Exception: FAILURE: fetch_output failed with ConnectionError exception: ",
    ),
    ("cap_check", "{wire: empty}", "ConnectionError: cap check failed with ConnectionError "),
]


@pytest.mark.parametrize(("operation", "effect", "told"), RAISED)
def test_an_exception(desk: Any, operation: str, effect: str, told: str) -> None:
    call = use(desk, operation)
    desk.fault(f"{{operation: {operation}, effect: {effect}}}")

    assert desk.outcome(call).startswith(told)


RETURNED = [
    ("cap_check", "{error: {status: 500, message: m}}", {"message": "m", "warnings": []}),
    ("cap_check", "{status: 200, body: '{}'}", {"status_code": 200}),
    ("delete", "{error: {status: 500, message: m}}", {"status_code": 500, "message": "m"}),
    ("update", "{error: {status: 500, message: m}}", {"status_code": 500, "message": "m"}),
    ("list", "{error: {status: 500, message: m}}", {"status_code": 500, "items": []}),
    ("list", "{status: 429, body: '{}'}", {"status_code": 429}),
    ("keyword_search", "{status: 503}", {"status_code": 503, "items": []}),
    ("semantic_search", "{status: 503}", {"status_code": 503, "items": []}),
    ("show_tree", "{error: {status: 400, message: m}}", {"status_code": 400, "items": []}),
    (
        "fetch_output",
        "{error: {status: 500, message: m}}",
        {"status_code": 500, "process_output": None, "message": "m"},
    ),
]


@pytest.mark.parametrize(("operation", "effect", "expected"), RETURNED)
def test_a_dictionary(desk: Any, operation: str, effect: str, expected: dict[str, Any]) -> None:
    call = use(desk, operation)
    desk.fault(f"{{operation: {operation}, effect: {effect}}}")

    assert expected.items() <= call().items()


@pytest.mark.parametrize("key", ["file_id", "process_status", "failure_status", "message"])
def test_a_status_that_lacks_a_key(desk: Any, key: str) -> None:
    pipeline = desk.pipeline()
    request_id = desk.submit(pipeline)["request_id"]
    desk.fault(f"{{operation: status, effect: {{omit: [{key}]}}}}")

    assert (
        desk.outcome(lambda: pipeline.process_status(request_id=request_id))
        == f"Exception: '{key}'"
    )


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ("{status: 201}", "status code 201"),
        ("{status: 403}", "status code 403"),
        ("{wire: empty}", "ConnectionError"),
        ("{wire: reset}", "ConnectionError"),
    ],
)
def test_a_failed_login_is_printed(
    desk: Any, effect: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.fault(f"{{operation: checkin, effect: {effect}}}")

    desk.login()

    assert capsys.readouterr().out.startswith(f"FAILURE: You failed to authenticate - {told}")
    assert desk.client.check_init_data()["api_check_val"] == 1


@pytest.mark.parametrize(
    ("items", "printed"), [("null", "no items to show"), ("[]", "/")], ids=["null", "none"]
)
def test_an_empty_tree(
    desk: Any, items: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = desk.pipeline()
    desk.fault(f"{{operation: show_tree, effect: {{set: {{items: {items}}}}}}}")
    capsys.readouterr()

    pipeline.show_tree()

    assert capsys.readouterr().out.splitlines()[0] == printed


def test_a_fetch_without_an_output_key_returns_nothing(desk: Any) -> None:
    call = use(desk, "fetch_output")
    desk.fault("{operation: fetch_output, effect: {omit: [process_output]}}")

    assert call() is None


TOO_LATE = [
    ("checkin", "/cli-checkin", 15, "returned None"),
    ("delete", "/krixik-core-delete", 60, "Exception: delete failed with Timeout "),
    ("update", "/krixik-core-update", 60, "ValueError: update failed with request exception "),
    ("show_tree", "/krixik-core-show-tree", 60, "Exception: show_tree failed with Timeout "),
    ("list", "/krixik-core-list", 60, "ValueError: list failed with request exception "),
    ("keyword_search", "/keyword-search", 60, "ValueError: keyword search failed with request "),
    ("semantic_search", "/semantic-search", 60, "ValueError: vector search failed with request "),
    (
        "fetch_output",
        "/krixik-core-fetch-output",
        60,
        "Exception: FAILURE: fetch_output failed with Timeout exception: ",
    ),
    ("cap_check", "/krixik-core-cap-check", 60, "Timeout: cap check failed with Timeout "),
]


@pytest.mark.parametrize(("operation", "path", "timeout", "told"), TOO_LATE)
def test_an_answer_that_comes_too_late(
    desk: Any, impatient: Any, operation: str, path: str, timeout: int, told: str
) -> None:
    call = use(desk, operation)
    desk.fault(f"{{operation: {operation}, effect: {{delay: {timeout + 1}s}}}}")
    impatient(path)

    assert desk.outcome(call).startswith(told)
    assert desk.timeouts[-1] == timeout
