"""List, update, delete and show_tree, with the documented selection rules."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
from builders import T0
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.services.krixik.selection import pattern_fits

NOT_FINISHED = "The output for associated with your input file_id has not finished processing"
T0_S = T0 // 1_000_000

FILES = {
    "whale": {"file_name": "whale.txt", "symbolic_directory_path": "/novels"},
    "emma": {"file_name": "emma.txt", "symbolic_directory_path": "/novels/gothic"},
    "root": {"file_name": "my notes.txt", "symbolic_directory_path": "/"},
}
TAGS = {
    "whale": [{"author": "melville"}, {"century": "19"}],
    "emma": [{"author": "austen"}],
    "root": [],
}


@pytest.fixture
def shelf(krixik: Any) -> Any:
    """Three finished files, a second apart from each other; `ids` by name, and the names by id."""
    krixik.ids = {}
    for name, fields in FILES.items():
        accepted = krixik.submit("parser", **fields, file_tags=TAGS[name])
        krixik.ids[name] = accepted["file_id"]
        krixik.advance("1s")
    krixik.advance("1s")
    krixik.names = {file_id: name for name, file_id in krixik.ids.items()}
    return krixik


def named(shelf: Any, document: dict[str, Any]) -> list[str]:
    return [shelf.names[item["file_id"]] for item in document["items"]]


def test_a_listed_file_has_just_these_keys(krixik: Any) -> None:
    accepted = krixik.submit(
        "parser",
        "sentiment",
        file_name="whale.txt",
        symbolic_directory_path="/novels",
        file_tags=[{"author": "melville"}],
        file_description="The whale",
        expire_time=86_400,
    )
    krixik.advance("2s")

    document = krixik.list(file_ids=[accepted["file_id"]])

    assert list(document) == ["request_id", "message", "warnings", "items"]
    assert document["message"] == ("Successfully returned 1 item.  Note: all timestamps in UTC.")
    assert document["items"] == [
        {
            "last_updated": "2026-01-01 00:00:00",
            "process_id": accepted["request_id"],
            "created_at": "2026-01-01 00:00:00",
            "file_metadata": {
                "modules": {
                    "module_1": {"parser": {"model": "sentence"}},
                    "module_2": {
                        "sentiment": {"model": "distilbert-base-uncased-finetuned-sst-2-english"}
                    },
                },
                "modules_data": {
                    "module_1": {"parser": {"data_files_extensions": [".json"], "num_lines": 4}},
                    "module_2": {"sentiment": {"data_files_extensions": [".json"], "num_lines": 4}},
                },
            },
            "file_tags": [{"author": "melville"}],
            "file_description": "The whale",
            "symbolic_directory_path": "/novels",
            "pipeline": "demo",
            "file_id": accepted["file_id"],
            "expire_time": "2026-01-02 00:00:00",
            "file_name": "whale.txt",
        }
    ]


def test_a_file_is_created_when_its_upload_comes(krixik: Any) -> None:
    accepted = krixik.process("parser")
    krixik.advance("30s")
    krixik.upload(accepted)
    krixik.advance("10s")

    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]

    assert item["created_at"] == item["last_updated"] == "2026-01-01 00:00:30"
    assert item["expire_time"] == "2026-01-01 00:30:00"


def test_models_parameters_are_told(krixik: Any) -> None:
    params = {"chunk_size": 5, "overlap_size": 1}
    krixik.finish("parser", modules={"module_1": {"model": "fixed", "params": params}})

    (item,) = krixik.list(file_names=["*"])["items"]

    chosen = item["file_metadata"]["modules"]["module_1"]["parser"]
    assert chosen == {"model": "fixed", "params": params}


def test_parameters_beyond_what_json_can_tell_do_no_harm(krixik: Any) -> None:
    params = {"huge": 10**30, "none": None, "yes": True}
    krixik.finish("parser", modules={"module_1": {"model": "fixed", "params": params}})

    (item,) = krixik.list(file_names=["*"])["items"]

    told = item["file_metadata"]["modules"]["module_1"]["parser"]["params"]
    assert told == {"huge": 1e30, "none": None, "yes": True}


SELECTIONS = [
    pytest.param({"file_names": ["whale.txt"]}, ["whale"], id="a name"),
    pytest.param({"file_names": ["*a.txt"]}, ["emma"], id="the end of a name"),
    pytest.param({"file_names": ["my*"]}, ["root"], id="the beginning of a name"),
    pytest.param({"file_names": ["*m*"]}, ["root", "emma"], id="the middle of a name"),
    pytest.param({"file_names": ["whale.txt", "*e.txt"]}, ["whale"], id="no file twice"),
    pytest.param({"symbolic_directory_paths": ["/novels"]}, ["whale"], id="a directory"),
    pytest.param(
        {"symbolic_directory_paths": ["/novels*"]}, ["emma", "whale"], id="a beginning of paths"
    ),
    pytest.param({"symbolic_directory_paths": ["/novels/*"]}, ["emma"], id="below a directory"),
    pytest.param({"symbolic_directory_paths": ["/"]}, ["root"], id="the root"),
    pytest.param({"symbolic_directory_paths": ["/*"]}, ["root", "emma", "whale"], id="everything"),
    pytest.param({"symbolic_file_paths": ["/novels/whale.txt"]}, ["whale"], id="a path"),
    pytest.param({"symbolic_file_paths": ["/my notes.txt"]}, ["root"], id="a path at the root"),
    pytest.param({"symbolic_file_paths": ["/novels/w*"]}, ["whale"], id="a beginning of a path"),
    pytest.param({"symbolic_file_paths": ["/novels/*.txt"]}, ["emma", "whale"], id="within a path"),
    pytest.param({"file_tags": [{"author": "austen"}]}, ["emma"], id="a tag"),
    pytest.param({"file_tags": [{"author": "*"}]}, ["emma", "whale"], id="any value of a tag"),
    pytest.param(
        {"file_tags": [{"century": "19"}, {"author": "austen"}]}, ["emma", "whale"], id="any tag"
    ),
    pytest.param(
        {"file_names": ["my*"], "file_tags": [{"author": "melville"}]},
        ["root", "whale"],
        id="arguments combine with or",
    ),
    pytest.param({"created_at_start": T0_S + 1}, ["root", "emma"], id="from an instant on"),
    pytest.param({"created_at_end": T0_S + 1}, ["emma", "whale"], id="up to an instant"),
    pytest.param(
        {"created_at_start": T0_S + 1, "last_updated_end": T0_S + 1},
        ["emma"],
        id="timestamps combine with and",
    ),
    pytest.param(
        {"file_names": ["whale.txt"], "created_at_start": T0_S + 1},
        [],
        id="a name within timestamps",
    ),
    pytest.param({"file_names": ["*"], "max_files": 2}, ["root", "emma"], id="the newest"),
]


@pytest.mark.parametrize(("arguments", "expected"), SELECTIONS)
def test_lists_select_newest_first(
    shelf: Any, arguments: dict[str, Any], expected: list[str]
) -> None:
    assert named(shelf, shelf.list(**arguments)) == expected


def test_lists_by_timestamp_alone_tell_the_pipelines_keys(shelf: Any) -> None:
    by_time = shelf.list(created_at_start=0, max_files=1)["items"][0]["file_metadata"]
    by_name = shelf.list(file_names=["*"], max_files=1)["items"][0]["file_metadata"]

    assert list(by_name) == ["modules", "modules_data"]
    assert by_time == {
        **by_name,
        "pipeline_ordered_modules": ["parser"],
        "pipeline_output_process_keys": ["snippet"],
    }


def test_what_was_not_found_is_a_warning_in_its_documented_order(shelf: Any) -> None:
    unknown = "0" * 36
    document = shelf.list(
        file_tags=[{"author": "*"}, {"author": "nobody"}],
        symbolic_file_paths=["/x/y.txt"],
        symbolic_directory_paths=["/x*", "/novels"],
        file_names=["nope.txt"],
        file_ids=[unknown, shelf.ids["root"]],
    )

    assert named(shelf, document) == ["root", "emma", "whale"]
    assert document["warnings"] == [
        {"WARNING: the following file_ids were not found": [unknown]},
        {
            "WARNING: the following arguments returned zero results": [
                {"file_names": ["nope.txt"]},
                {"symbolic_directory_paths": ["/x*"]},
                {"symbolic_file_paths": ["/x/y.txt"]},
                {"file_tags": [{"author": "nobody"}]},
            ]
        },
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"file_ids": ["nope"]}, "No items found for input query arguments"),
        ({"file_names": ["nope"]}, "No files were found for the given query arguments"),
        (
            {"file_ids": ["nope"], "file_names": ["nope"]},
            "No files were found for the given query arguments",
        ),
        ({"created_at_end": 1}, "No files were found for the given query arguments"),
        ({"file_ids": []}, "No items found for input query arguments"),
    ],
)
def test_nothing_found_is_no_error(krixik: Any, arguments: dict[str, Any], message: str) -> None:
    document = krixik.list(**arguments)

    assert document["items"] == []
    assert document["message"] == message


def test_several_items_are_counted_in_the_plural(shelf: Any) -> None:
    assert shelf.list(file_names=["*"])["message"] == (
        "Successfully returned 3 items.  Note: all timestamps in UTC."
    )


def test_a_list_without_any_argument_is_refused(krixik: Any) -> None:
    document = krixik.ask("/krixik-core-list", {"pipeline": "demo"}, status=400)

    assert document["message"] == "BAD REQUEST: please provide at least one query argument"


@pytest.mark.parametrize(
    "state", ["waiting", "ongoing", "failed", "of another pipeline", "deleted", "expired"]
)
def test_only_finished_files_of_the_pipeline_are_listed(krixik: Any, state: str) -> None:
    scenario = krixik.scenario("modules: {1: {for: 1s, then: failed}}")
    match state:
        case "waiting":
            accepted = krixik.process("parser")
        case "ongoing":
            accepted = krixik.submit("parser")
        case "failed":
            accepted = krixik.finish("parser", scenario=scenario)
        case "of another pipeline":
            accepted = krixik.finish("parser", pipeline="other")
        case "deleted":
            accepted = krixik.finish("parser")
            krixik.about("delete", accepted)
        case _:
            accepted = krixik.finish("parser")
            krixik.advance("30m")
    file_id = accepted["file_id"]

    document = krixik.list(file_ids=[file_id])

    assert document["items"] == []
    assert document["warnings"] == [{"WARNING: the following file_ids were not found": [file_id]}]
    assert krixik.list(file_names=["*"])["items"] == []


def test_update_changes_what_it_gives_and_the_date(krixik: Any) -> None:
    accepted = krixik.finish("parser", file_name="whale.txt", file_tags=[{"a": "b"}])

    done = krixik.about(
        "update",
        accepted,
        file_name="copy.txt",
        symbolic_directory_path="/novels",
        file_tags=[],
        file_description="A copy",
    )

    assert {**done, "request_id": None} == {
        "pipeline": "demo",
        "request_id": None,
        "warnings": [],
        "message": "Successfully updated file metadata",
    }
    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
    assert item["file_name"] == "copy.txt"
    assert item["symbolic_directory_path"] == "/novels"
    assert item["file_tags"] == []
    assert item["file_description"] == "A copy"
    assert item["created_at"] == "2026-01-01 00:00:00"
    assert item["last_updated"] == "2026-01-01 00:00:20"
    assert item["expire_time"] == "2026-01-01 00:30:00"


def test_null_leaves_everything_as_it_is(krixik: Any) -> None:
    accepted = krixik.finish("parser", file_name="whale.txt", file_tags=[{"a": "b"}])

    krixik.about("update", accepted, file_name=None, file_tags=None, expire_time=None)

    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
    assert item["file_name"] == "whale.txt"
    assert item["file_tags"] == [{"a": "b"}]


def test_a_new_expire_time_counts_from_the_update(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    krixik.about("update", accepted, expire_time=3600)

    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
    assert item["expire_time"] == "2026-01-01 01:00:20"
    krixik.advance("59m59s")
    krixik.status(accepted)
    krixik.advance("1s")
    krixik.status(accepted, status=400)


def test_an_update_frees_the_old_path_and_takes_the_new_one(krixik: Any) -> None:
    accepted = krixik.finish("parser", file_name="a.txt")
    krixik.about("update", accepted, file_name="b.txt")

    krixik.process("parser", file_name="b.txt", status=400)
    krixik.process("parser", file_name="a.txt")


def test_an_update_onto_its_own_path_is_no_clash(krixik: Any) -> None:
    accepted = krixik.finish("parser", file_name="a.txt")

    krixik.about("update", accepted, file_name="a.txt")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"file_name": "b.txt"}, "/etc/b.txt already exists"),
        ({"file_name": "a.pdf"}, "extension of a file cannot be changed - .txt to .pdf"),
        ({"file_name": "a"}, "extension"),
        ({"symbolic_directory_path": "nowhere"}, "symbolic_directory_path"),
        ({"expire_time": 1}, "expire_time"),
        ({"file_tags": [{"a": "*"}]}, "file_tags"),
        ({"file_description": 1}, "file_description"),
    ],
)
def test_an_update_that_cannot_be_is_a_400_and_changes_nothing(
    krixik: Any, fields: dict[str, Any], told: str
) -> None:
    accepted = krixik.finish("parser", file_name="a.txt")
    krixik.finish("parser", file_name="b.txt")

    document = krixik.about("update", accepted, status=400, **fields)

    assert list(document) == ["request_id", "message", "pipeline", "warnings"]
    assert told in document["message"]
    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
    assert item["file_name"] == "a.txt"


@pytest.mark.parametrize("path", ["update", "delete"])
def test_an_unfinished_file_is_neither_updated_nor_deleted(krixik: Any, path: str) -> None:
    accepted = krixik.submit("parser", file_name="a.txt")

    document = krixik.about(path, accepted, file_name="b.txt")

    assert document["message"] == NOT_FINISHED
    krixik.advance("1s")
    (item,) = krixik.list(file_ids=[accepted["file_id"]])["items"]
    assert item["file_name"] == "a.txt"


@pytest.mark.parametrize("path", ["fetch-output", "update", "delete"])
def test_a_file_of_another_pipeline_is_unknown(krixik: Any, path: str) -> None:
    accepted = krixik.finish("parser")

    document = krixik.about(path, {**accepted, "pipeline": "other"}, status=400)

    assert document["message"] == f"file_id {accepted['file_id']} not found"


def test_a_file_that_was_never_uploaded_can_be_deleted(krixik: Any) -> None:
    accepted = krixik.process("parser")

    document = krixik.about("delete", accepted)

    assert document["message"] == f"Successfully deleted file_id: {accepted['file_id']}"
    krixik.status(accepted, status=400)


def test_a_failed_file_can_be_deleted_but_not_updated(krixik: Any) -> None:
    scenario = krixik.scenario("modules: {1: {for: 1s, then: failed}}")
    accepted = krixik.finish("parser", scenario=scenario)

    assert krixik.about("update", accepted, file_description="x")["message"] == NOT_FINISHED
    assert krixik.about("fetch-output", accepted)["process_output"] is None
    krixik.about("delete", accepted)

    krixik.about("delete", accepted, status=400)


def test_a_deleted_job_is_still_there_for_the_tester(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    krixik.about("delete", accepted)

    assert krixik.position(accepted).gone.why == "deleted"


def test_what_the_tester_deletes_is_gone_for_the_client(krixik: Any) -> None:
    accepted = krixik.finish("parser")

    krixik.sandbox.delete(krixik.sandbox.job(accepted["file_id"]))

    krixik.status(accepted, status=400)
    krixik.about("delete", accepted, status=400)


def test_a_tree_shows_the_paths_of_finished_files_sorted(shelf: Any) -> None:
    shelf.submit("parser", file_name="unfinished.txt")
    body = {"pipeline": "demo", "symbolic_directory_path": "/*", "max_files": 1000}

    document = shelf.ask("/krixik-core-show-tree", body)

    assert list(document) == ["request_id", "message", "warnings", "items"]
    assert document["message"] == "SUCCESS"
    assert document["items"] == ["/my notes.txt", "/novels/gothic/emma.txt", "/novels/whale.txt"]
    for path in document["items"]:
        assert len(shelf.list(symbolic_file_paths=[path])["items"]) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"symbolic_directory_path": "/novels*"}, ["/novels/gothic/emma.txt", "/novels/whale.txt"]),
        ({"symbolic_directory_path": "/novels"}, ["/novels/whale.txt"]),
        ({"symbolic_directory_path": "/nothing"}, []),
        ({"max_files": 2}, ["/my notes.txt", "/novels/gothic/emma.txt"]),
    ],
)
def test_a_tree_may_be_a_part(shelf: Any, arguments: dict[str, Any], expected: list[str]) -> None:
    document = shelf.ask("/krixik-core-show-tree", {"pipeline": "demo", **arguments})

    assert document["items"] == expected


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("abc", "abc", "abcd"),
        ("a*", "a", "ba"),
        ("*a", "ba", "ab"),
        ("*a*", "bab", "b"),
        ("a*a", "aa", "a"),
        ("a*b*c", "axbxc", "axcxb"),
        ("*", "", None),
        ("a**b", "axb", "a"),
        ("", "", "a"),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, fitting: str, other: str | None) -> None:
    fits = pattern_fits(pattern)

    assert fits(fitting)
    assert other is None or not fits(other)


@given(st.text("a*b", max_size=8), st.text("ab", max_size=8))
def test_a_star_is_what_it_is_in_a_shell(pattern: str, text: str) -> None:
    assert pattern_fits(pattern)(text) is fnmatchcase(text, pattern)


def test_a_pattern_is_taken_apart_once_however_many_files_there_are() -> None:
    class Pattern(str):
        splits = 0

        def split(self, *given: Any) -> list[str]:
            Pattern.splits += 1
            return super().split(*given)

    fits = pattern_fits(Pattern("*" * 1000))

    assert all(fits(f"{number}.txt") for number in range(100))
    assert Pattern.splits == 1
