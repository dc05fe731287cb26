"""Workflows and temporary files."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from mockstatus.scenario.planning import Draws
from mockstatus.services.vesta import temporary
from mockstatus.services.vesta.temporary import Files, extension_of, safe_name

NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}[0-9a-f]{8}\.wav")


def workflow(*services: dict[str, str]) -> str:
    return json.dumps({"services": list(services)})


def submit(gateway: Any, **more: Any) -> Any:
    return gateway.post("/simple_workflow/process", **more)


@pytest.mark.parametrize("how", ["data", "files"])
def test_a_workflow_ends_in_the_result_of_its_last_service(gateway: Any, how: str) -> None:
    text = workflow({"service_name": "diarisation"}, {"service_name": "stt", "url": "s__1.txt__e"})
    fields = {"json": text if how == "data" else (None, text)}

    uuid = submit(gateway, **{how: fields}).json()["uuid"]
    gateway.advance("10s")
    progress = gateway.status(uuid, "simple_workflow")["result"]
    gateway.advance("1m")

    assert progress["type"] == "simple_workflow"
    assert gateway.status(uuid, "simple_workflow")["result"] == [
        {"@id": "stt_annotation", "@version": "0.1.43"}
    ]


def test_names_of_files_become_addresses_that_can_be_fetched(gateway: Any) -> None:
    text = workflow({"service_name": "stub", "url": "sound", "note": "soundtrack"})
    files = {"json": (None, text), "sound": ("talk.wav", b"RIFF")}

    uuid = submit(gateway, files=files, headers={"authorization": "T"}).json()["uuid"]
    gateway.advance("1m")

    message = gateway.status(uuid, "simple_workflow")["result"]["result"]["value"]
    (service,) = message["services"]
    assert service["note"] == "soundtrack"
    address = service["url"].removeprefix(f"http://mock{gateway.prefix}")
    assert NAME.fullmatch(address.removeprefix("/temporary_file/"))
    assert gateway.get(address).content == b"RIFF"
    assert (message["stateful"], message["sg_token"]) == (False, "T")
    assert message["sg_url"] == f"http://mock{gateway.prefix}/"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"data": {"other": "x"}},
        {"json": {"services": []}},
        {"data": {"json": ""}},
        {"files": {"json": ("a.json", workflow())}},
    ],
)
def test_a_missing_workflow_is_a_422(gateway: Any, more: Any) -> None:
    answer = submit(gateway, **more)

    assert answer.status_code == 422
    assert answer.json()["vesta"] == {
        "code": 206,
        "message": "A POST on the URI '/simple_workflow/process' requires the following parameter"
        " : json",
    }


@pytest.mark.parametrize("text", ["{broken", "[]", "3", "null"])
def test_a_workflow_that_is_no_object_is_a_500(gateway: Any, text: str) -> None:
    answer = submit(gateway, data={"json": text})

    assert answer.status_code == 500
    assert answer.json()["vesta"]["code"] == 101


@pytest.mark.parametrize("text", ["{}", '{"services": 3}', '{"services": [1]}', workflow({})])
def test_a_workflow_that_names_no_service_answers_as_itself(gateway: Any, text: str) -> None:
    uuid = submit(gateway, data={"json": text}).json()["uuid"]
    gateway.advance("1m")

    (annotation,) = gateway.status(uuid, "simple_workflow")["result"]
    assert annotation["@id"] == "simple_workflow_annotation"


def test_a_document_in_a_workflow_may_name_the_scenario(gateway: Any) -> None:
    text = workflow({"service_name": "stt", "url": "http://h/mock:failure"})
    uuid = submit(gateway, data={"json": text}).json()["uuid"]
    gateway.advance("1m")

    assert gateway.status(uuid, "simple_workflow")["status"] == "FAILURE"


def test_the_name_in_the_user_guide_is_an_unknown_service(gateway: Any) -> None:
    answer = gateway.post("/service_workflow/process", data={"json": "{}"})

    assert answer.json()["vesta"]["code"] == 202


# Temporary files.


def test_an_upload_answers_an_address_that_gives_the_file_back(gateway: Any) -> None:
    answer = gateway.post("/temporary_file", files={"f": ("talk.wav", b"<script>")})

    assert answer.status_code == 201
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    path = answer.text.removeprefix(f"http://mock{gateway.prefix}")
    assert NAME.fullmatch(path.removeprefix("/temporary_file/"))
    fetched = gateway.get(path)
    assert fetched.content == b"<script>"
    assert fetched.headers["content-disposition"].startswith("attachment; ")
    assert fetched.headers["x-content-type-options"] == "nosniff"


def test_a_file_may_be_stored_under_a_name_of_ones_own(gateway: Any) -> None:
    answer = gateway.post("/temporary_file/n%20ame.txt", files={"f": ("a", b"1")})

    assert answer.text.endswith("/temporary_file/n_ame.txt")
    assert gateway.get("/temporary_file/n_ame.txt").content == b"1"
    assert gateway.get("/temporary_file/n%20ame.txt").content == b"1"


def test_an_upload_path_has_the_extension_asked_for(gateway: Any) -> None:
    first = gateway.get("/temporary_upload_path?extension=wav")
    second = gateway.get("/temporary_upload_path")

    assert first.status_code == 201
    assert NAME.fullmatch(first.text.rpartition("/")[2])
    assert "." not in second.text.rpartition("/")[2]
    assert first.text[:-4] != second.text


@pytest.mark.parametrize(
    "files",
    [{}, {"a": (None, "no file")}, [("a", ("x", b"")), ("b", ("y", b""))]],
)
def test_not_exactly_one_file_is_a_400(gateway: Any, files: Any) -> None:
    answer = gateway.post("/temporary_file", files=files)

    assert answer.status_code == 400
    assert answer.json() == {"error": "Only one file should be supplied"}


def test_the_real_program_fails_there(gateway: Any) -> None:
    gateway.options(profile="code")

    assert gateway.post("/temporary_file").status_code == 500


def test_an_unknown_file_is_a_404(gateway: Any) -> None:
    answer = gateway.get("/temporary_file/nothing")

    assert answer.status_code == 404
    assert answer.json()["vesta"] == {"code": 100, "message": ""}


def test_files_live_for_24_hours_of_the_sandboxs_clock(gateway: Any) -> None:
    gateway.post("/temporary_file/a", files={"f": ("a", b"1")})
    gateway.advance("23h59m59s")
    assert gateway.get("/temporary_file/a").status_code == 200

    gateway.advance("1s")

    assert gateway.get("/temporary_file/a").status_code == 404


def test_files_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "NUMBER_LIMIT", 3)
    files = Files()
    for number in range(5):
        files.store(f"f{number}", b"", number)

    assert [files.get(f"f{n}", 5) for n in range(5)] == [None, None, b"", b"", b""]


def test_files_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "BYTES_LIMIT", 10)
    files = Files()
    files.store("a", b"123456", 0)
    files.store("a", b"1234", 1)
    files.store("b", b"123456", 2)
    assert files.get("a", 3) == b"1234"

    files.store("c", b"1", 3)

    assert files.get("a", 3) is None
    assert files.get("b", 3) == b"123456"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("n ame.txt", "n_ame.txt"),
        ("../../etc/passwd", "etc_passwd"),
        ("..\\x", "x"),
        ("...", "file"),
        ("", "file"),
        ('a"\r\nb', "a_b"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_name_leads_nowhere_else(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.wav", ".wav"), ("a.tar.gz", ".gz"), ("a", ""), ("a.", ""), (".x", ""), ("", "")],
)
def test_only_the_last_extension_counts(name: str, extension: str) -> None:
    assert extension_of(name) == extension


def test_names_differ_each_time() -> None:
    files, draws = Files(), Draws(1, ())

    assert files.new_name(draws, "") != files.new_name(draws, "")
