"""The command line as a whole: help, wrong use, and what it costs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest
from cli.shop import Shop

from mockstatus import __version__
from mockstatus.cli.commands import app
from mockstatus.cli.main import run

COMMANDS = (
    "serve",
    "check",
    "list",
    "show",
    "play",
    "schema",
    "demo",
    "push",
    "report",
    "healthcheck",
)


def test_help_lists_every_command_and_the_exit_codes(shop: Shop) -> None:
    said = shop.run("--help")

    assert said.code == 0
    assert all(re.search(rf"^│ {name} ", said.out, re.MULTILINE) for name in COMMANDS)
    assert len(app.registered_commands) == len(COMMANDS)
    assert "Exit codes: 0 all is well, 1 something was found wrong or failed" in said.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(shop: Shop, name: str) -> None:
    said = shop.run(name, "-h")

    assert said.code == 0
    assert said.out.lstrip().startswith(f"Usage: mockstatus {name}")


def test_the_version_is_told(shop: Shop) -> None:
    assert shop.run("--version").out == f"mockstatus {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["srve"], "No such command 'srve'", id="an unknown command"),
        pytest.param(["list", "--formt", "json"], "No such option: --formt", id="an option"),
        pytest.param(["check", "--format", "xml"], "'xml' is not one of", id="a choice"),
        pytest.param(["play"], "Missing argument", id="nothing to play"),
    ],
)
def test_wrong_use_ends_with_2(shop: Shop, arguments: list[str], told: str) -> None:
    said = shop.run(*arguments)

    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_healthcheck_is_among_the_commands(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSTATUS_PORT", "none")

    assert shop.run("healthcheck").code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["healthcheck", "--help"], 0), (["healthcheck", "now"], 2), (["x"], 2)],
)
def test_the_console_script_ends_with_the_exit_code(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["mockstatus", *arguments])

    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == code


def test_help_and_check_do_without_a_web_framework() -> None:
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom mockstatus.cli.commands import app\n"
        "modules = lambda: {'fastapi', 'starlette', 'uvicorn', 'pydantic', 'hypothesis'}"
        " & set(sys.modules)\n"
        "print(CliRunner().invoke(app, ['--help']).exit_code, *sorted(modules()))\n"
        "print(CliRunner().invoke(app, ['check']).exit_code, *sorted(modules()))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["0", "0 pydantic"]


def test_a_server_says_where_it_is_answers_and_ends_well_on_sigterm() -> None:
    environment = {**os.environ, "MOCKSTATUS_PORT": "0", "MOCKSTATUS_SEED": "7"}
    with subprocess.Popen(
        [sys.executable, "-m", "mockstatus", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        url = server.stdout.readline().split()[-1]
        with urlopen(f"{url}/_mock/health") as answer:  # noqa: S310  # our own, on loopback
            assert answer.status == 200
        server.send_signal(signal.SIGTERM)
        rest, errors = server.stdout.read(), server.stderr.read()

    assert (server.returncode, errors) == (0, "")
    assert len(rest.splitlines()) == 8
    assert " seed " in rest
