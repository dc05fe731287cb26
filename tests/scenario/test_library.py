"""Scenarios by name: shipped, mounted, uploaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from toy_scenario import MODELS

from mockstatus.errors import LimitReachedError, ScenarioError, UnknownScenarioError
from mockstatus.scenario import library as library_module
from mockstatus.scenario.library import Library, Overlay, shipped_folder
from mockstatus.scenario.schema import ScenarioFile, ScriptError


def text(summary: str = "A story.", match: str = "{}") -> str:
    return f"service: toy\nsummary: {summary}\nmatch: {match}\nphases: [{{state: DONE}}]\n"


def put(folder: Path, name: str, content: str) -> Path:
    file = folder / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    shipped, mounted = tmp_path / "shipped", tmp_path / "mounted"
    put(shipped, "toy/success", text("shipped"))
    put(shipped, "toy/failure", text("shipped"))
    put(mounted, "toy/failure", text("mounted"))
    put(mounted, "toy/mine", text("mounted"))
    return shipped, mounted


@pytest.fixture
def library(folders: Iterable[Path]) -> Library:
    return Library(MODELS, folders=tuple(folders))


def test_a_mounted_scenario_overrides_a_shipped_one_of_the_same_name(library: Library) -> None:
    assert {name: one.scenario.summary for name, one in library.scenarios.items()} == {
        "toy/failure": "mounted",
        "toy/mine": "mounted",
        "toy/success": "shipped",
    }
    assert library.get("toy/failure").scenario.summary == "mounted"
    assert library.problems == ()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("toy/sucess", ("toy/success",)),
        ("success", ("toy/success",)),
        ("TOY/Mine", ("toy/mine",)),
        ("toy/nope", ()),
        ("zzzzzz", ()),
        ("x" * 100_000, ()),
    ],
)
def test_an_unknown_name_is_refused_with_the_names_like_it(
    library: Library, name: str, near: tuple[str, ...]
) -> None:
    for shelf in (library, Overlay(library)):
        with pytest.raises(UnknownScenarioError) as refused:
            shelf.get(name)

        assert refused.value.near == near


def test_a_reload_takes_what_is_new_and_drops_what_is_gone(
    library: Library, folders: tuple[Path, Path]
) -> None:
    held = library.get("toy/mine")
    snapshot = library.scenarios
    put(folders[1], "toy/mine", text("changed"))
    put(folders[1], "toy/new", text("new"))
    (folders[1] / "toy/failure.yaml").unlink()

    assert library.reload() == []

    assert library.get("toy/mine").scenario.summary == "changed"
    assert library.get("toy/new").scenario.summary == "new"
    assert library.get("toy/failure").scenario.summary == "shipped"
    assert held.scenario.summary == "mounted"
    assert "toy/new" not in snapshot


def test_a_bad_change_is_told_and_the_last_good_scenario_stays(
    library: Library, folders: tuple[Path, Path]
) -> None:
    file = put(folders[1], "toy/mine", "service: toy\nsummary: [")
    put(folders[1], "toy/failure", text("changed"))
    put(folders[1], "toy/bad", "nonsense")

    problems = library.reload()

    assert {problem.path for problem in problems} == {
        str(file),
        str(folders[1] / "toy" / "bad.yaml"),
    }
    assert library.problems == tuple(problems)
    assert library.get("toy/mine").scenario.summary == "mounted"
    assert library.get("toy/failure").scenario.summary == "changed"
    assert "toy/bad" not in library.scenarios

    put(folders[1], "toy/mine", text("mended"))
    (folders[1] / "toy" / "bad.yaml").unlink()

    assert library.reload() == []
    assert library.get("toy/mine").scenario.summary == "mended"


def test_a_bad_file_stays_good_through_several_reloads_and_then_goes_when_removed(
    library: Library, folders: tuple[Path, Path]
) -> None:
    file = put(folders[1], "toy/mine", "nonsense")

    for _ in range(3):
        assert len(library.reload()) == 1
        assert library.get("toy/mine").scenario.summary == "mounted"
    file.unlink()

    assert library.reload() == []
    with pytest.raises(UnknownScenarioError):
        library.get("toy/mine")


def test_a_folder_that_vanishes_keeps_its_scenarios(
    library: Library, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    folders[1].rename(tmp_path / "moved")

    (problem,) = library.reload()

    assert problem.path == str(folders[1])
    assert library.get("toy/mine").scenario.summary == "mounted"


def test_what_the_services_compile_check_finds_is_told(folders: tuple[Path, Path]) -> None:
    def check(scenario: ScenarioFile) -> None:
        if scenario.summary == "mounted":
            raise ScriptError("never", at=("summary",))

    library = Library(MODELS, folders=folders, check=check)

    assert [(problem.line, problem.message) for problem in library.problems] == [(2, "never")] * 2
    assert library.get("toy/failure").scenario.summary == "shipped"
    with pytest.raises(ScenarioError, match="toy/x:2:10: never"):
        Overlay(library).put("toy/x", text("mounted"))


def test_the_number_of_scenarios_is_bounded(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "MOST_SCENARIOS", 2)

    library = Library(MODELS, folders=folders)

    assert len(library.scenarios) == 2
    assert [problem.message for problem in library.problems] == [
        "more than 2 scenarios in all, expected fewer"
    ]


def test_a_library_without_folders_is_empty() -> None:
    library = Library(MODELS)

    assert library.scenarios == {}
    assert library.folders == ()
    assert library.best_match("toy", dict) is None


def test_an_upload_overrides_mounted_and_shipped_in_its_sandbox_alone(library: Library) -> None:
    one, other = Overlay(library), Overlay(library)

    uploaded = one.put("toy/mine", text("uploaded"))
    one.put("toy/extra", '{"service": "toy", "summary": "as JSON", "phases": [{"state": "DONE"}]}')

    assert one.get("toy/mine") is uploaded
    assert uploaded.text == text("uploaded")
    assert one.get("toy/extra").scenario.summary == "as JSON"
    assert one.get("toy/success").scenario.summary == "shipped"
    assert sorted(one.uploads) == ["toy/extra", "toy/mine"]
    assert list(one.scenarios) == ["toy/extra", "toy/failure", "toy/mine", "toy/success"]
    assert other.get("toy/mine").scenario.summary == "mounted"
    with pytest.raises(UnknownScenarioError, match="did you mean toy/extra"):
        one.get("toy/extr")


def test_a_removed_upload_gives_way_to_what_it_had_overridden(library: Library) -> None:
    overlay = Overlay(library)
    overlay.put("toy/mine", text("uploaded"))

    overlay.delete("toy/mine")

    assert overlay.get("toy/mine").scenario.summary == "mounted"
    with pytest.raises(UnknownScenarioError):
        overlay.delete("toy/mine")


def test_all_uploads_can_go_at_once(library: Library) -> None:
    overlay = Overlay(library)
    overlay.put("toy/mine", text("uploaded"))

    overlay.clear()

    assert overlay.uploads == {}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mine", text(), "'mine' is no name, expected one such as vesta/my-story"),
        ("toy/../x", text(), "is no name"),
        ("toy/a b", text(), "is no name"),
        ("toi/x", text(), "unknown service 'toi', expected one of other, toy; did you mean 'toy'"),
        ("other/x", text(), "other/x:1:10: service is 'toy', expected other"),
        ("toy/x", b"\xff", "toy/x:1:1: byte 0xff is not UTF-8"),
        ("toy/x", "service: toy", "toy/x:1:1: missing key"),
    ],
)
def test_a_bad_upload_is_refused_and_changes_nothing(
    library: Library, name: str, content: str | bytes, told: str
) -> None:
    overlay = Overlay(library)

    with pytest.raises(ScenarioError, match=told.replace("(", "\\(")):
        overlay.put(name, content)

    assert overlay.uploads == {}


def test_an_upload_may_be_bytes_with_a_byte_order_mark(library: Library) -> None:
    assert Overlay(library).put("toy/x", b"\xef\xbb\xbf" + text().encode()).text == text()


def test_uploads_are_bounded_in_number_and_bytes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "MOST_UPLOADS", 2)
    monkeypatch.setattr(library_module, "MOST_UPLOADED_BYTES", 3 * len(text()))
    overlay = Overlay(library)
    overlay.put("toy/a", text())
    overlay.put("toy/b", text())

    with pytest.raises(LimitReachedError, match="at most 2 uploaded") as refused:
        overlay.put("toy/c", text())
    assert refused.value.limit == "uploaded scenarios"
    with pytest.raises(LimitReachedError, match="bytes"):
        overlay.put("toy/b", text("x" * 150))

    overlay.put("toy/b", text("again"))
    assert overlay.get("toy/b").scenario.summary == "again"


@pytest.fixture
def matching(tmp_path: Path) -> Library:
    for name, match in [
        ("one", "{doc_url: '*slow*'}"),
        ("two", "{doc_url: '*slow*', ann_doc_id: '?*'}"),
        ("b-any", "{kind: '*'}"),
        ("a-any", "{kind: '[xy]'}"),
        ("case", "{doc_url: '*SLOW*'}"),
        ("none", "{}"),
    ]:
        put(tmp_path, f"toy/{name}", text(match=match))
    return Library(MODELS, folders=[tmp_path])


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"doc_url": "http://h/slow/1"}, "toy/one"),
        ({"doc_url": "http://h/slow/1", "ann_doc_id": "7"}, "toy/two"),
        ({"doc_url": "http://h/slow/1", "ann_doc_id": ""}, "toy/one"),
        ({"doc_url": "http://h/SLOW/1"}, "toy/case"),
        ({"kind": "x"}, "toy/a-any"),
        ({"kind": "z"}, "toy/b-any"),
        ({"kind": ""}, "toy/b-any"),
        ({"doc_url": "http://h/fast"}, None),
        ({}, None),
    ],
)
def test_all_patterns_must_fit_then_most_fields_win_then_the_name(
    matching: Library, fields: dict[str, str], name: str | None
) -> None:
    found = matching.best_match("toy", lambda: fields)

    assert (None if found is None else found.name) == name
    assert matching.best_match("other", lambda: fields) is None
    seen = Overlay(matching).best_match("toy", lambda: fields)
    assert seen == found


def test_an_upload_takes_part_in_matching_and_hides_what_it_overrides(matching: Library) -> None:
    overlay = Overlay(matching)
    fields = {"doc_url": "http://h/slow/1", "ann_doc_id": "7", "kind": "q"}
    overlay.put("toy/two", text("no match any more"))

    assert overlay.best_match("toy", lambda: fields) == matching.get("toy/b-any")

    overlay.put("toy/mine", text(match="{doc_url: '*', kind: '*'}"))

    assert overlay.best_match("toy", lambda: fields) == overlay.get("toy/mine")
    assert overlay.best_match("other", lambda: fields) is None


def test_a_pattern_made_of_stars_costs_no_time(tmp_path: Path) -> None:
    put(tmp_path, "toy/stars", text(match="{a: '" + "*a" * 60 + "b'}"))

    assert Library(MODELS, folders=[tmp_path]).best_match("toy", lambda: {"a": "a" * 5_000}) is None


def test_our_own_scenarios_are_in_the_package_or_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped_folder().name == "scenarios"
    assert shipped_folder().is_dir()

    module = tmp_path / "site" / "mockstatus" / "scenario" / "library.py"
    monkeypatch.setattr(library_module, "__file__", str(module))
    assert shipped_folder() == tmp_path.resolve() / "site" / "scenarios"

    (tmp_path / "site" / "mockstatus" / "scenarios").mkdir(parents=True)
    assert shipped_folder() == tmp_path.resolve() / "site" / "mockstatus" / "scenarios"
