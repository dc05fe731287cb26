"""The JSON Schema, as it is printed and as it is published."""

from __future__ import annotations

import json
from pathlib import Path

from cli.shop import Shop
from jsonschema import Draft202012Validator

from mockstatus.cli.schema import text
from mockstatus.scenario.library import Library, shipped_folder


def test_it_is_the_schema_of_the_services_there_are(shop: Shop) -> None:
    said = shop.run("schema")

    schema = json.loads(said.out)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["service"]["enum"] == ["toy"]
    assert said.out == json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def test_the_published_file_is_what_the_command_prints() -> None:
    published = (shipped_folder() / "scenario.schema.json").read_text(encoding="utf-8")

    # If this fails: mockstatus schema > scenarios/scenario.schema.json
    assert published == text()


def test_every_shipped_file_names_it_in_its_first_line() -> None:
    for file in shipped_folder().glob("*/*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../scenario.schema.json", file


def test_the_library_passes_over_it(tmp_path: Path) -> None:
    (tmp_path / "scenario.schema.json").write_text("{}")

    assert Library({}, folders=(tmp_path,)).problems == ()
