"""The recipes are what their vendors' schemas allow, and use what mockstatus has."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_group

from mockstatus.cli.commands import app
from mockstatus.settings import Settings

HERE = Path(__file__).parent
COMMANDS = get_group(app).commands
RECIPES = {
    "github-actions.yaml": "vendor.github-workflows",
    "gitlab-ci.yaml": "vendor.gitlab-ci",
    "compose.yaml": "vendor.compose-spec",
}


@pytest.mark.parametrize(("name", "schema"), RECIPES.items())
def test_a_recipe_is_as_its_vendor_wants_it(name, schema):
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(HERE / name)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_recipe_is_left_unchecked():
    others = {"with_testcontainers.py"}  # test_testcontainers.py runs it
    told = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")

    assert {path.name for path in HERE.glob("*.y*ml")} == set(RECIPES)
    assert {path.name for path in HERE.glob("with_*")} == others
    assert "tests/recipes" in told


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_sets_only_variables_that_there_are(name):
    text = (HERE / name).read_text(encoding="utf-8")
    known = {f"MOCKSTATUS_{field.upper()}" for field in Settings.model_fields}

    assert set(re.findall(r"MOCKSTATUS_[A-Z_]+", text)) <= known | {"MOCKSTATUS_URL"}


@pytest.mark.parametrize("name", ["github-actions.yaml", "gitlab-ci.yaml"])
def test_the_commands_of_a_recipe_and_their_options_are_there(name):
    text = (HERE / name).read_text(encoding="utf-8")
    commands = [shlex.split(one) for one in re.findall(r"mockstatus ((?:push|report) .*)", text)]

    assert {words[0] for words in commands} == {"push", "report"}
    for command, *words in commands:
        known = {option for one in COMMANDS[command].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known
