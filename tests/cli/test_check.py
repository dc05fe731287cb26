"""Checking files: what is found, how it is written, how the command ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli.shop import SUCCESS, Shop

from mockstatus.cli.check import annotation
from mockstatus.errors import Problem
from mockstatus.scenario.schema import ScenarioFile
from mockstatus.scenario.strict import ScriptError

BAD = "service: toy\nsummary: x\nphases: [{state: DON}]\nsede: 7\n"


def test_what_is_shipped_is_checked_where_nothing_is_named(shop: Shop) -> None:
    said = shop.run("check")

    assert (said.code, said.out) == (0, "1 file, no problems.\n")


def test_every_problem_of_every_file_is_told_with_its_place(shop: Shop) -> None:
    one, two = shop.story(BAD, "one"), shop.story("- x\n", "two")

    said = shop.run("check", shop.folder)

    assert said.code == 1
    assert said.lines[0].startswith(f"{one}:3:18: unknown state 'DON'")
    assert said.lines[1].startswith(f"{one}:4:1: unknown key 'sede'")
    assert "did you mean 'seed'?" in said.lines[1]
    assert said.lines[2].startswith(f"{two}:1:1: the file holds a list")
    assert said.lines[3:] == ["3 problems in 2 of 3 files."]


def test_a_folder_of_one_service_is_checked_alone(shop: Shop) -> None:
    file = shop.story(BAD)
    (shop.folder / "bear").mkdir()
    (shop.folder / "bear" / "x.yaml").write_text("nonsense")

    said = shop.run("check", file.parent)

    assert all(line.startswith(f"{file}:") for line in said.lines[:-1])
    assert said.lines[-1] == "2 problems in 1 of 2 files."


def test_a_single_file_says_itself_whose_it_is(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "anywhere.yaml"
    file.write_text(SUCCESS, encoding="utf-8")

    said = shop.run("check", file)

    assert (said.code, said.out) == (0, "1 file, no problems.\n")


def test_a_file_that_is_named_twice_is_told_once(shop: Shop) -> None:
    file = shop.story(BAD)

    said = shop.run("check", file, shop.folder, file.parent)

    assert said.lines[-1] == "2 problems in 1 of 2 files."


def test_a_service_finds_what_its_model_cannot(shop: Shop) -> None:
    def check(scenario: ScenarioFile) -> None:
        raise ScriptError("toys are not made on Sundays", at=("summary",))

    shop.services["toy"] = replace(shop.services["toy"], check=check)

    said = shop.run("check")

    assert said.code == 1
    assert said.lines[0].endswith("success.yaml:2:10: toys are not made on Sundays")


def test_a_folder_without_scenarios_is_told(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert shop.run("check", tmp_path / "empty").out == "No scenario files found.\n"


def test_a_path_that_is_not_there_is_a_problem(shop: Shop, tmp_path: Path) -> None:
    said = shop.run("check", tmp_path / "nosuch.yaml")

    assert said.code == 1
    assert said.lines[0].endswith("nosuch.yaml:1:1: cannot be read: No such file or directory")


def test_programs_get_json(shop: Shop) -> None:
    file = shop.story(BAD)

    said = shop.run("check", "--format", "json", shop.folder)

    told = json.loads(said.out)
    assert (said.code, told["files"]) == (1, 2)
    assert [(one["path"], one["line"], one["column"]) for one in told["problems"]] == [
        (str(file), 3, 18),
        (str(file), 4, 1),
    ]


def test_pull_requests_get_annotations(shop: Shop) -> None:
    file = shop.story(BAD)

    said = shop.run("check", "--format", "github", file)

    assert said.code == 1
    assert said.lines[0].startswith(f"::error file={file},line=3,col=18::unknown state 'DON'")
    assert said.lines[-1] == "2 problems in 1 of 1 file."


@pytest.mark.parametrize(
    ("problem", "written"),
    [
        pytest.param(
            Problem("a,b:c%.yaml", 1, 2, "50% of\r\nit"),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2::50%25 of%0D%0Ait",
            id="what would end a property or a line",
        ),
        pytest.param(
            Problem("a.yaml", 1, 2, "a: b, c"),
            "::error file=a.yaml,line=1,col=2::a: b, c",
            id="a message keeps its colons and commas",
        ),
    ],
)
def test_an_annotation_escapes_what_means_something(problem: Problem, written: str) -> None:
    assert annotation(problem) == written
