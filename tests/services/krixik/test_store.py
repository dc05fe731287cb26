"""What is kept of files is bounded, and found without looking at all of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from builders import T0

from mockstatus.errors import BadRequestError
from mockstatus.services.krixik import SERVICE, choosing, content, store
from mockstatus.services.krixik.gate import has_good_key
from mockstatus.services.krixik.store import store_of
from mockstatus.web.router import Router


def test_uploads_are_bounded_in_bytes_and_the_limit_is_named(
    krixik: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "UPLOADS_LIMIT", 100)
    first = krixik.finish("parser", content=b"x" * 60)
    accepted = krixik.process("parser")

    refused = krixik.upload(accepted, b"y" * 60)

    assert refused.status_code == 503
    assert "100 bytes of uploads" in refused.json()["detail"]
    krixik.sandbox.delete(krixik.sandbox.job(first["request_id"]))
    assert krixik.upload(accepted, b"y" * 60).status_code == 204


def test_pictures_and_sounds_are_kept_as_digests(krixik: Any) -> None:
    accepted = krixik.submit("caption", content=bytes(1 << 20))

    file = store_of(krixik.sandbox).find(accepted["file_id"])

    assert file.upload is not None
    assert len(file.upload) == 32


def test_small_uploads_of_the_same_content_are_kept_once_for_each_kind(krixik: Any) -> None:
    def upload(module: str, uploaded: bytes) -> str:
        accepted = krixik.submit(module, pipeline=module, content=uploaded)
        return str(store_of(krixik.sandbox).find(accepted["file_id"]).upload)

    text = upload("parser", b"a whale")

    assert upload("parser", b"a whale") is text
    assert upload("parser", b"a  whale") == "a  whale"
    assert upload("caption", b"a whale") != text
    large = b"whale " * content.SHARED_BYTES
    assert upload("parser", large) is not upload("parser", large)


def test_pipelines_that_differ_in_what_equals_are_told_apart(krixik: Any) -> None:
    for told in (True, 1, 1.0):
        modules = {"module_1": {"model": "sentence", "params": {"x": told}}}
        accepted = krixik.finish("parser", modules=modules)
        (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
        shown = item["file_metadata"]["modules"]["module_1"]["parser"]["params"]["x"]
        assert (type(shown), shown) == (type(told), told)


def test_files_that_are_gone_are_swept_out(krixik: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_SWEEP_FROM", 4)
    krixik.sandbox.stash["krixik"] = store.Store(krixik.sandbox, _sweep_at=4)
    for number in range(4):
        krixik.finish("parser", pipeline=f"p{number}")
    krixik.advance("30m")

    krixik.process("parser")

    assert len(store_of(krixik.sandbox)) == 1


def test_a_job_that_the_sandbox_forgot_is_unknown(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    krixik.sandbox.forget(krixik.sandbox.job(accepted["request_id"]))

    krixik.status(accepted, status=400)
    krixik.about("delete", accepted, status=400)


def test_forgetting_twice_does_no_harm(krixik: Any) -> None:
    accepted = krixik.finish("parser")
    kept = store_of(krixik.sandbox)
    file = kept.find(accepted["file_id"])

    kept.forget(file)
    kept.forget(file)

    assert kept.find(accepted["file_id"]) is None


def test_the_path_of_a_file_that_is_gone_is_free(krixik: Any) -> None:
    first = krixik.finish("parser", file_name="a.txt")
    krixik.sandbox.delete(krixik.sandbox.job(first["request_id"]))

    second = krixik.finish("parser", file_name="a.txt")

    kept = store_of(krixik.sandbox)
    assert kept.at_path("demo", "/etc/a.txt").file_id == second["file_id"]
    assert len(kept) == 1


def test_a_file_that_is_gone_keeps_nothing_of_what_was_uploaded(krixik: Any) -> None:
    accepted = krixik.finish("parser")
    job = krixik.sandbox.job(accepted["request_id"])
    krixik.list(file_ids=[accepted["file_id"]])
    kept = store_of(krixik.sandbox)
    assert kept.size == len(job.submission.upload) > 0

    krixik.about("delete", accepted)

    assert (kept.size, len(kept), job.submission.upload) == (0, 0, None)


def test_an_id_of_a_process_is_none_of_a_file(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    assert store_of(krixik.sandbox).find(accepted["request_id"]) is None
    krixik.about("delete", {**accepted, "file_id": accepted["request_id"]}, status=400)


@pytest.mark.parametrize("directory", ["/", "/etc", "/a/b"])
def test_a_file_is_found_by_its_path_and_no_other(krixik: Any, directory: str) -> None:
    fields = {"file_name": "a.txt", "symbolic_directory_path": directory}
    accepted = krixik.process("parser", **fields)
    kept = store_of(krixik.sandbox)
    path = f"{directory.rstrip('/')}/a.txt"

    assert kept.at_path("demo", path).file_id == accepted["file_id"]
    for other in (f"/{path}", path[1:], f"{path}/", f"{directory}//a.txt", "a.txt", "", "/"):
        assert kept.at_path("demo", other) is None
    assert kept.at_path("other", path) is None


def test_a_file_that_moved_is_at_its_new_path_alone(krixik: Any) -> None:
    accepted = krixik.finish("parser", file_name="a.txt", symbolic_directory_path="/old")
    krixik.about("update", accepted, file_name="b.txt", symbolic_directory_path="/new")
    kept = store_of(krixik.sandbox)

    assert kept.at_path("demo", "/old/a.txt") is None
    assert kept.at_path("demo", "/new/b.txt").file_id == accepted["file_id"]
    assert [file.file_id for file in kept.of("demo")] == [accepted["file_id"]]
    krixik.about("delete", accepted)
    assert kept.of("demo") == ()


def test_the_control_apis_jobs_are_uploaded_by_nobody(krixik: Any) -> None:
    accepted = krixik.process("keyword-db")
    job = krixik.sandbox.job(accepted["request_id"])
    call = SimpleNamespace(sandbox=krixik.sandbox)

    SERVICE.submitted(call, job)

    krixik.advance("1s")
    assert krixik.status(accepted)["process_status"] == {"module_1": True}
    body = {"pipeline": "demo", "query": "Ishmael", "file_names": ["*"]}
    assert krixik.ask("/keyword-search", body)["items"]


def test_a_played_client_submits_uploads_and_asks_without_the_real_one(krixik: Any) -> None:
    def send(request: Any) -> Any:
        headers = {name.decode(): value.decode() for name, value in request.headers}
        found = Router(SERVICE.operations).find(request.method, request.path)
        assert hasattr(found, "operation")
        return krixik.call(request.method, request.path, content=request.body, headers=headers)

    accepted = send(SERVICE.submission(SERVICE.sample, {})).json()
    job = krixik.sandbox.job(accepted["request_id"])
    krixik.advance("5s")

    assert send(SERVICE.calls.start(job)).status_code == 204
    krixik.advance("2s")
    assert send(SERVICE.calls.status(job)).json()["process_status"] == {
        "module_1": True,
        "module_2": True,
    }
    again = send(SERVICE.submission({}, {}))
    assert again.status_code == 200


def test_a_submission_of_other_modules_has_their_own_defaults() -> None:
    made = SERVICE.submission({"pipeline_ordered_modules": ["caption"], "krixikApiKey": "k"}, {})

    assert b"sentiment" not in made.body
    assert (b"krixikapikey", b"k") in made.headers


@pytest.mark.parametrize(
    ("fields", "extra"),
    [
        pytest.param({}, {"annotator": "stt"}, id="another service's word"),
        pytest.param({"krixikApiKey": 7}, {}, id="a key that is no text"),
        pytest.param({"krixikApiKey": "a\nb"}, {}, id="a key of two lines"),
        pytest.param({"file_tags": {1, 2}}, {}, id="no JSON"),
    ],
)
def test_a_submission_that_cannot_be_made_is_a_bad_request(
    fields: dict[str, Any], extra: dict[str, Any]
) -> None:
    with pytest.raises(BadRequestError):
        choosing.submission(fields, extra)


def test_a_tester_needs_no_key(krixik: Any) -> None:
    krixik.options(good_keys=[])

    assert has_good_key(SimpleNamespace(by_tester=True))


def test_dates_come_from_the_sandboxs_clock(krixik: Any) -> None:
    krixik.clock.set_now(T0 + 123_456_789)
    accepted = krixik.finish("parser")

    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]

    assert item["created_at"] == "2026-01-01 00:02:03"
