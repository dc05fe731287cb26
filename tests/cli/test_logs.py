"""Structured logs: a line for each exchange, with request, sandbox and job; text stays quiet."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from toy_service import SERVICE

from mockstatus.app import create_app
from mockstatus.cli.notices import notices
from mockstatus.scenario.library import Library
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings


def a_visit(log_format: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """A toy is made, and looked at with a secret in the query; its id, and what was logged."""
    library = Library({"toy": SERVICE.scenario_model})
    app = create_app(Settings(clock="manual", seed=1), services={"toy": SERVICE}, library=library)
    with (
        notices(log_format),
        ThreadServer(app) as server,
        httpx.Client(base_url=f"{server.url}/~alice") as client,
    ):
        client.put("/_mock/clock", json={"now": "2026-01-01T00:00:00Z"})
        toy = client.post("/toy/toys", json={"name": "hush"}).json()["toy"]
        client.post("/_mock/faults", json={"operation": "status", "effect": {"status": 503}})
        client.get(f"/toy/toys/{toy}?token=hush")
        client.get("/toy/toys/nobody")
    return toy, capsys.readouterr().out.splitlines()


def test_programs_are_told_of_each_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    toy, lines = a_visit("json", capsys)
    submitted, struck, stranger = [json.loads(line) for line in lines]

    assert submitted.pop("time")
    assert submitted == {
        "level": "info",
        "message": "POST /~alice/toy/toys: 202",
        "request": "alice#1",
        "sandbox": "alice",
        "service": "toy",
        "operation": "submit",
        "job": toy,
        "scenario": None,
        "status": 202,
        "shown": None,
        "fault": None,
        "now": "2026-01-01T00:00:00Z",
    }
    assert (struck["request"], struck["job"], struck["fault"]) == ("alice#2", toy, "fault-1")
    assert stranger["job"] is None


def test_no_two_calls_have_one_number(capsys: pytest.CaptureFixture[str]) -> None:
    library = Library({"toy": SERVICE.scenario_model})
    app = create_app(Settings(clock="manual", seed=1), services={"toy": SERVICE}, library=library)
    with (
        notices("json"),
        ThreadServer(app) as server,
        httpx.Client(base_url=f"{server.url}/~bob") as client,
    ):
        client.get("/toy/toys/before")  # a look: the sandbox is not there yet, and has no journal
        client.post("/toy/toys", json={"name": "first"})
        client.get("/toy/toys/after")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["request"] for line in lines] == [None, "bob#1", "bob#2"]


def test_no_secret_comes_into_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = a_visit("json", capsys)

    assert "hush" not in "".join(lines)


def test_people_are_not_told_of_exchanges(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = a_visit("text", capsys)

    assert lines == []


def test_what_was_set_for_the_log_is_set_back(capsys: pytest.CaptureFixture[Any]) -> None:
    a_visit("json", capsys)
    _, lines = a_visit("text", capsys)

    assert lines == []


UNTIL_NOBODY_READS = """
from mockstatus.cli.notices import notices, say

with notices("json"):
    say("one")
    input()
    say("two")
    say("three")
"""


def test_a_server_goes_on_where_nobody_reads_what_it_says() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", UNTIL_NOBODY_READS], stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert b'"one"' in process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        told = process.stderr.read()

    assert (process.returncode, told) == (0, b"")
