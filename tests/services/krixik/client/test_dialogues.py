"""The dialogues of the Krixik wire notes, 8, and of the seeds, had with the real client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PROCESS_KEYS = [
    "pipeline",
    "pipeline_ordered_modules",
    "pipeline_output_process_keys",
    "modules",
    "version",
    "file_name",
    "symbolic_directory_path",
    "file_tags",
    "file_description",
    "expire_time",
]


def test_login(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.login()

    assert capsys.readouterr().out == "SUCCESS: You are now authenticated.\n"
    (exchange,) = desk.journal
    assert exchange.body == b'"{}"'
    assert desk.client.check_init_data()["api_check_val"] == 0


def test_process_waiting(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    desk.options(module_time="2s")
    pipeline = desk.pipeline("parser", "sentiment")
    capsys.readouterr()

    result = desk.process(
        pipeline,
        file_name="Whale.txt",
        symbolic_directory_path="/Novels",
        file_tags=[{"Author": "Melville"}],
        verbose=True,
    )

    (sent,) = desk.sent("submit")
    assert sorted(sent) == sorted(PROCESS_KEYS)
    assert sent["file_name"] == "whale.txt"
    assert desk.calls == ["submit", "upload", *["status"] * 4, "fetch_output", "download"]
    assert desk.slept == [3, 3, 3]
    progress = [json.loads(one.answer) for one in desk.journal if one.operation == "status"]
    assert [list(one["process_status"].values()) for one in progress] == [
        [False, False],
        [False, False],
        [True, False],
        [True, True],
    ]
    file_id = progress[0]["file_id"]
    saved = desk.out / f"{file_id}.json"
    assert list(result) == [
        "status_code",
        "pipeline",
        "request_id",
        "file_id",
        "message",
        "warnings",
        "process_output",
        "process_output_files",
    ]
    assert result["status_code"] == 200
    assert result["message"] == (
        f"SUCCESS - output fetched for file_id {file_id}."
        "Output saved to location(s) listed in process_output_files."
    )
    assert result["process_output_files"] == [str(saved)]
    assert result["process_output"] == json.loads(saved.read_text())
    printed = capsys.readouterr().out.splitlines()
    assert printed[-5:] == [
        "INFO: File process and processing status:",
        "SUCCESS: module 1 (of 2) - module_1 processing complete.",
        "SUCCESS: module 2 (of 2) - module_2 processing complete.",
        "SUCCESS: pipeline process complete.",
        "SUCCESS: process output downloaded.",
    ]
    assert "INFO: metadata can be updated using the .update api." in printed


def test_process_waiting_without_its_output(desk: Any) -> None:
    result = desk.process(desk.pipeline(), download_output=False, file_name="a.txt")

    assert list(result) == [
        "file_id",
        "request_id",
        "file_name",
        "symbolic_directory_path",
        "file_tags",
        "file_description",
        "status_code",
    ]
    assert result["status_code"] == 200
    assert "fetch_output" not in desk.calls


def test_process_not_waiting(desk: Any) -> None:
    result = desk.submit(desk.pipeline("keyword-db"))

    assert {**result, "file_id": 0, "request_id": 0, "file_name": 0} == {
        "file_id": 0,
        "request_id": 0,
        "file_name": 0,
        "symbolic_directory_path": "/etc",
        "file_tags": None,
        "file_description": None,
    }
    assert desk.calls == ["submit", "upload"]
    assert desk.slept == []


def test_process_status_ongoing_partly_complete(desk: Any) -> None:
    pipeline = desk.pipeline("parser", "sentiment")
    submitted = desk.submit(pipeline)

    seen = []
    for _ in range(3):
        status = pipeline.process_status(request_id=submitted["request_id"])
        assert {**status, "request_id": 0, "process_status": 0, "overall_status": 0} == {
            "status_code": 200,
            "request_id": 0,
            "file_id": submitted["file_id"],
            "message": "SUCCESS: process_status found",
            "pipeline": "demo",
            "process_status": 0,
            "overall_status": 0,
        }
        seen.append((status["process_status"], status["overall_status"]))
        desk.advance("1s")

    assert seen == [
        ({"module_1": False, "module_2": False}, "ongoing"),
        ({"module_1": True, "module_2": False}, "ongoing"),
        ({"module_1": True, "module_2": True}, "complete"),
    ]


def test_the_seeds_story(desk: Any) -> None:
    """Seeds 000 and 001, "process_status Example", ids and the made-up name apart."""
    name = "process_status_method_1_keyword-db"
    pipeline = desk.pipeline("keyword-db", name=name)

    submitted = desk.submit(pipeline, expire_time=60 * 30)
    ongoing = pipeline.process_status(request_id=submitted["request_id"])
    desk.advance("5s")
    complete = pipeline.process_status(request_id=submitted["request_id"])

    golden = json.loads((Path(__file__).parents[1] / "golden" / "seeds.json").read_text())
    for seed in golden["seeds"]:
        assert _alike(submitted, seed["process_output"])
        assert _alike(ongoing, seed["ongoing"])
        assert _alike(complete, seed["complete"])
    desk.advance("30m")
    with pytest.raises(ValueError, match=f"request_id {submitted['request_id']} not found"):
        pipeline.process_status(request_id=submitted["request_id"])


def _alike(found: dict[str, Any], golden: dict[str, Any]) -> bool:
    """Whether both are the same JSON but for ids and the letters of a made-up name."""
    own = {"file_id", "request_id", "file_name"}
    same = {key: value for key, value in found.items() if key not in own}
    return list(found) == list(golden) and same == {
        key: value for key, value in golden.items() if key not in own
    }


def test_failing_job_waiting(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = desk.pipeline("parser", "sentiment")

    with pytest.raises(ValueError, match="processes associated with request_id") as caught:
        desk.process(pipeline, "failed-second-module", verbose=True)

    process_id = desk.sent("status")[0]["process_id"]
    assert str(caught.value) == (
        f"processes associated with request_id '{process_id}' failed at module 'sentiment'"
    )
    assert desk.calls == ["submit", "upload", *["status"] * 5, "delete"]
    assert "SUCCESS: module 1 (of 2) - module_1" in capsys.readouterr().out
    with pytest.raises(ValueError, match="not found"):
        pipeline.process_status(request_id=process_id)


def test_failing_job_not_waiting(desk: Any) -> None:
    pipeline = desk.pipeline("parser", "sentiment")
    submitted = desk.submit(pipeline, "failed-second-module")
    desk.advance("1m")

    for _ in range(2):
        status = pipeline.process_status(request_id=submitted["request_id"])

        assert {**status, "request_id": 0} == {
            "status_code": 200,
            "request_id": 0,
            "file_id": submitted["file_id"],
            "message": "SUCCESS: process_status found",
            "pipeline": "demo",
            "failure_status": {
                "process_id": submitted["request_id"],
                "failure_module": "sentiment",
            },
            "overall_status": "failed",
        }


def test_unfinished_file(desk: Any) -> None:
    pipeline = desk.pipeline()
    file_id = desk.submit(pipeline)["file_id"]
    told = "The output for associated with your input file_id has not finished processing"

    for result in (
        pipeline.delete(file_id=file_id),
        pipeline.update(file_id=file_id, file_description="x"),
    ):
        assert {**result, "request_id": 0} == {
            "status_code": 200,
            "pipeline": "demo",
            "request_id": 0,
            "warnings": [],
            "message": told,
        }
    listed = pipeline.list(file_ids=[file_id])
    assert listed["message"] == "No items found for input query arguments"
    assert listed["items"] == []
    assert listed["warnings"] == [{"WARNING: the following file_ids were not found": [file_id]}]


def test_update(desk: Any) -> None:
    pipeline = desk.pipeline()
    desk.process(pipeline, file_name="taken.txt", symbolic_directory_path="/novels")
    file_id = desk.process(pipeline)["file_id"]

    done = pipeline.update(
        file_id=file_id,
        file_name="Copy.txt",
        symbolic_directory_path="/Novels",
        expire_time=86_400,
    )
    taken = pipeline.update(file_id=file_id, symbolic_file_path="/novels/taken.txt")

    assert {**done, "request_id": 0} == {
        "status_code": 200,
        "pipeline": "demo",
        "request_id": 0,
        "warnings": [],
        "message": "Successfully updated file metadata",
    }
    assert taken["status_code"] == 400
    assert sorted(taken) == ["message", "pipeline", "request_id", "status_code", "warnings"]
    assert pipeline.list(file_names=["copy.txt"])["items"][0]["file_id"] == file_id


def test_list_with_one_hit_and_one_miss(desk: Any) -> None:
    pipeline = desk.pipeline()
    desk.process(pipeline, file_name="whale.txt", file_tags=[{"author": "melville"}])

    listed = pipeline.list(file_tags=[{"author": "*"}], file_names=["nope.txt"])

    assert listed["status_code"] == 200
    assert listed["message"] == "Successfully returned 1 item.  Note: all timestamps in UTC."
    assert listed["warnings"] == [
        {"WARNING: the following arguments returned zero results": [{"file_names": ["nope.txt"]}]}
    ]
    assert [item["file_name"] for item in listed["items"]] == ["whale.txt"]


def test_the_client_sorts_and_converts_dates(desk: Any) -> None:
    pipeline = desk.pipeline("parser")
    for name in ("a.txt", "b.txt", "c.txt"):
        desk.process(pipeline, file_name=name)

    def names(**arguments: Any) -> list[str]:
        return [item["file_name"] for item in pipeline.list(**arguments)["items"]]

    assert names(symbolic_directory_paths=["/*"]) == ["c.txt", "b.txt", "a.txt"]
    assert names(symbolic_directory_paths=["/*"], sort_order="ascending") == [
        "a.txt",
        "b.txt",
        "c.txt",
    ]
    assert names(created_at_start="2026-01-01", created_at_end="2026-01-01") == [
        "c.txt",
        "b.txt",
        "a.txt",
    ]
    assert names(created_at_start="2026-01-02") == []
    assert names(created_at_end="2026-01-01 00:00:00") == ["a.txt"]


def test_show_tree(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = desk.pipeline("parser")
    for name in ("whale.txt", "copy.txt"):
        desk.process(pipeline, file_name=name, symbolic_directory_path="/novels")
    capsys.readouterr()

    tree = pipeline.show_tree(symbolic_directory_path="/novels*")

    assert {**tree, "request_id": 0} == {
        "status_code": 200,
        "items": ["/novels/copy.txt", "/novels/whale.txt"],
        "request_id": 0,
        "message": "SUCCESS",
        "warnings": [],
    }
    assert capsys.readouterr().out.splitlines() == [
        "/",
        "└── /novels",
        "    ├── copy.txt",
        "    └── whale.txt",
    ]
    for path in tree["items"]:
        assert len(pipeline.list(symbolic_file_paths=[path])["items"]) == 1


def test_keyword_search(desk: Any) -> None:
    pipeline = desk.pipeline("keyword-db")
    file_id = desk.process(pipeline)["file_id"]

    found = pipeline.keyword_search(query="the years ago", file_ids=[file_id])

    assert found["status_code"] == 200
    assert found["message"] == "Successfully queried 1 user file."
    assert found["warnings"] == [
        {
            "WARNING: the following words in the query are in the stop_words list and thus no"
            " results will be returned for them": ["the"]
        }
    ]
    assert found["items"][0]["search_results"] == [
        {"keyword": "years", "line_number": 1, "keyword_number": 5},
        {"keyword": "ago", "line_number": 1, "keyword_number": 6},
    ]


@pytest.mark.parametrize("sort_order", ["descending", "ascending", "global"])
def test_semantic_search(desk: Any, sort_order: str) -> None:
    pipeline = desk.pipeline("parser", "text-embedder", "vector-db")
    for _ in range(2):
        desk.process(pipeline)

    found = pipeline.semantic_search(
        query="the whale", symbolic_directory_paths=["/*"], k=2, sort_order=sort_order
    )

    assert found["message"] == "Successfully queried 2 user files."
    if sort_order == "global":
        distances = [item["distance"] for item in found["items"]]
        assert distances == sorted(distances)
        assert len(distances) == 4
        assert all(item["file_metadata"]["num_lines"] == 0 for item in found["items"])
    else:
        assert [len(item["search_results"]) for item in found["items"]] == [2, 2]


def test_delete_then_everything_about_the_file_is_gone(desk: Any) -> None:
    pipeline = desk.pipeline()
    submitted = desk.submit(pipeline)
    desk.advance("5s")
    file_id, request_id = submitted["file_id"], submitted["request_id"]

    deleted = pipeline.delete(file_id=file_id)

    assert {**deleted, "request_id": 0} == {
        "status_code": 200,
        "pipeline": "demo",
        "request_id": 0,
        "warnings": [],
        "message": f"Successfully deleted file_id: {file_id}",
    }
    with pytest.raises(ValueError, match="request failed with status code: 400") as caught:
        pipeline.process_status(request_id=request_id)
    asked = json.loads(desk.journal[-1].answer)["request_id"]
    assert str(caught.value) == (
        f"request failed with status code: 400 - the request_id of this failed status check is"
        f" {asked} - this request failed with the following message from the server: request_id"
        f" {request_id} not found"
    )
    fetched = pipeline.fetch_output(file_id=file_id, local_save_directory=str(desk.out))
    assert {**fetched, "request_id": 0} == {
        "status_code": 400,
        "pipeline": "demo",
        "request_id": 0,
        "file_id": file_id,
        "message": f"file_id {file_id} not found",
        "warnings": [],
        "process_output": None,
    }
    assert pipeline.delete(file_id=file_id)["status_code"] == 400
    assert pipeline.update(file_id=file_id, file_name="a.txt")["status_code"] == 400
    assert pipeline.list(file_ids=[file_id])["items"] == []


def test_reset_pipeline_deletes_all_files(desk: Any) -> None:
    pipeline = desk.pipeline("parser")
    for _ in range(3):
        desk.process(pipeline)

    desk.client.reset_pipeline(pipeline)

    assert pipeline.list(symbolic_directory_paths=["/*"])["items"] == []
    assert desk.calls.count("delete") == 3


def test_name_clash(desk: Any) -> None:
    first = desk.pipeline("parser", "sentiment")
    desk.process(first)
    second = desk.pipeline("keyword-db")

    with pytest.raises(ValueError, match="BAD REQUEST") as caught:
        desk.process(second)

    assert str(caught.value) == (
        "BAD REQUEST: you have at least one file on record with the same pipeline name but a"
        " different set of modules - ['parser', 'sentiment'] - please use another name for your"
        " pipeline"
    )
    assert desk.calls[-1] == "submit"


MODULE_CHAINS = [
    ("parser",),
    ("summarize",),
    ("keyword-db",),
    ("parser", "translate", "sentiment"),
    ("parser", "json-to-txt", "summarize", "keyword-db"),
    ("parser", "text-embedder"),
    ("parser", "text-embedder", "vector-db"),
]


@pytest.mark.parametrize("chain", MODULE_CHAINS, ids="-".join)
def test_every_kind_of_output_is_saved(desk: Any, chain: tuple[str, ...]) -> None:
    result = desk.process(desk.pipeline(*chain))

    (saved,) = result["process_output_files"]
    content = Path(saved).read_bytes()
    assert content
    assert result["process_output"] == (json.loads(content) if saved.endswith(".json") else None)


def test_all_calls_carry_what_the_notes_say(desk: Any) -> None:
    desk.process(desk.pipeline())

    keyed = [one for one in desk.journal if one.operation not in ("upload", "download")]
    for exchange in keyed:
        headers = dict(exchange.headers)
        assert headers[b"krixikapikey"] == b"my-key"
        assert headers[b"content-type"] == b"text/plain"
    assert {one.method for one in keyed} == {"POST"}
