"""`mockstatus push` and `report` against a server elsewhere, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from toy_service import SERVICE
from typer.testing import CliRunner

from mockstatus.app import MockStatus, create_app
from mockstatus.cli.commands import app as commands
from mockstatus.scenario.library import Library
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

GOOD = "service: toy\nsummary: A toy.\nphases: [{state: DONE}]\n"
BAD = "service: toy\nsummary: A toy.\nphases:\n  - {state: DONNE}\n  - {colour: red}\n"


class Remote:
    """A server of toys over a socket, and the command line beside it."""

    def __init__(self, app: MockStatus, url: str) -> None:
        self.app = app
        self.url = url

    def run(self, *arguments: str) -> tuple[int, str, str]:
        ran = CliRunner().invoke(commands, [*map(str, arguments)])
        return ran.exit_code, ran.stdout, ran.stderr

    def uploads(self, sandbox: str = "default") -> list[str]:
        return sorted(self.app.world.sandboxes.look(sandbox).uploads.uploads)


@pytest.fixture
def remote(request: pytest.FixtureRequest) -> Iterator[Remote]:
    settings = Settings(clock="manual", seed=1, **getattr(request, "param", {}))
    library = Library({"toy": SERVICE.scenario_model})
    app = create_app(settings, services={"toy": SERVICE}, library=library)
    with ThreadServer(app) as server:
        yield Remote(app, server.url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "one.yaml").write_text(GOOD)
    (tmp_path / "toy" / "two.yml").write_text(GOOD)
    (tmp_path / "toy" / ".hidden.yaml").write_text(BAD)
    (tmp_path / "toy" / "notes.txt").write_text("not a scenario")
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text("not a scenario")
    return tmp_path


def test_all_scenarios_of_a_folder_are_uploaded(remote: Remote, folder: Path) -> None:
    code, out, err = remote.run("push", remote.url, str(folder))

    assert (code, err) == (0, "")
    assert out == f"2 of 2 scenarios uploaded to {remote.url}\n"
    assert remote.uploads() == ["toy/one", "toy/two"]


def test_one_services_own_folder_will_do(remote: Remote, folder: Path) -> None:
    code, *_ = remote.run("push", remote.url, str(folder / "toy"))

    assert code == 0
    assert remote.uploads() == ["toy/one", "toy/two"]


def test_they_go_to_the_sandbox_that_is_named(remote: Remote, folder: Path) -> None:
    assert remote.run("push", remote.url, str(folder), "--sandbox", "ci-7")[0] == 0
    assert remote.run("push", f"{remote.url}/~other/", str(folder))[0] == 0

    assert remote.uploads() == []
    assert remote.uploads("ci-7") == remote.uploads("other") == ["toy/one", "toy/two"]


def test_every_problem_is_told_with_its_place_and_the_good_ones_are_uploaded(
    remote: Remote, folder: Path
) -> None:
    bad = folder / "toy" / "bad.yaml"
    bad.write_text(BAD)
    (folder / "teapot").mkdir()
    (folder / "teapot" / "x.yaml").write_text(GOOD)
    code, out, err = remote.run("push", remote.url, str(folder))

    assert code == 1
    assert f"{bad}:4:13: " in err
    assert f"{bad}:5:" in err
    assert "teapot" in err
    assert "2 of 4 scenarios uploaded" in out
    assert remote.uploads() == ["toy/one", "toy/two"]


def test_a_file_that_cannot_be_sent_is_a_problem_too(remote: Remote, folder: Path) -> None:
    (folder / "toy" / "large.yaml").write_text("#" * 300_000)
    code, _, err = remote.run("push", remote.url, str(folder))

    assert code == 1
    assert "large.yaml:1:1" in err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "no answer from http://127.0.0.1:1"),
        ("127.0.0.1:8000", "is no address"),
        ("file:///etc/passwd", "is no address"),
    ],
)
def test_a_server_that_is_not_there_is_wrong_use(folder: Path, url: str, said: str) -> None:
    ran = CliRunner().invoke(commands, ["push", url, str(folder)])

    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_folder_without_scenarios_is_wrong_use(remote: Remote, tmp_path: Path) -> None:
    assert remote.run("push", remote.url, str(tmp_path))[0] == 2
    assert remote.run("push", remote.url, str(tmp_path / "nowhere"))[0] == 2
    assert remote.run("push", remote.url, str(tmp_path), "--sandbox", "no/name")[0] == 2


@pytest.mark.parametrize("remote", [{"admin_token": "hush"}], indirect=True)
def test_the_token_opens_a_closed_server(
    remote: Remote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = remote.run("push", remote.url, str(folder))
    assert code == 2
    assert "MOCKSTATUS_ADMIN_TOKEN" in err
    assert remote.run("push", remote.url, str(folder), "--token", "wrong")[0] == 2
    assert remote.run("push", remote.url, str(folder), "--token", "hush")[0] == 0
    monkeypatch.setenv("MOCKSTATUS_ADMIN_TOKEN", "hush")
    assert remote.run("push", remote.url, str(folder))[0] == 0
    assert remote.run("report", remote.url)[0] == 0


def seen(remote: Remote) -> None:
    """A client that polls once too often."""
    with ThreadServer(remote.app) as server, httpx.Client(base_url=server.url) as client:
        toy = client.post("/toy/toys", json={"name": "bear"}).json()["toy"]
        client.post("/_mock/clock/advance", json={"by": "1h"})
        for _ in range(2):
            client.get(f"/toy/toys/{toy}")


def test_a_report_is_written_in_each_form(remote: Remote, tmp_path: Path) -> None:
    seen(remote)
    code, text, _ = remote.run("report", remote.url)
    assert code == 0
    assert "polled-after-end" in text
    assert '"polled-after-end"' in remote.run("report", remote.url, "--format", "json")[1]
    page = tmp_path / "report.html"
    code, out, _ = remote.run("report", remote.url, "--format", "html", "--output", str(page))
    assert (code, out) == (0, "")
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert remote.run("report", remote.url, "--output", str(tmp_path / "no" / "way"))[0] == 2


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        pytest.param(["--fail-under", "25"], 0, "", id="enough was shown"),
        pytest.param(["--fail-under", "26"], 1, "25 % is under 26 %: toy 1/4", id="too little"),
        pytest.param(["--forbid", "polled-too-fast"], 0, "", id="not found"),
        pytest.param(["--forbid", "polled-after-end"], 1, "found once", id="found"),
        pytest.param(["--forbid", "polled-too-fast,polled-after-end"], 1, "once", id="one of two"),
        pytest.param(["--forbid", "all"], 1, "polled-after-end", id="any"),
        pytest.param(["--forbid", "polled-after-and"], 2, "did you mean", id="no such finding"),
        pytest.param(["--fail-under", "101"], 2, "100", id="no percentage"),
    ],
)
def test_a_gate_decides_by_the_exit_code(
    remote: Remote, options: list[str], code: int, said: str
) -> None:
    seen(remote)
    found, _, err = remote.run("report", remote.url, *options)

    assert found == code
    assert said in err


def test_a_client_that_never_came_was_shown_nothing(remote: Remote) -> None:
    assert remote.run("report", remote.url, "--fail-under", "1")[0] == 1
    assert remote.run("report", remote.url, "--fail-under", "0")[0] == 0
    assert remote.run("report", remote.url, "--sandbox", "other", "--forbid", "all")[0] == 0


def test_a_journal_that_lost_something_is_told(remote: Remote) -> None:
    seen(remote)
    journal = remote.app.world.sandboxes.look("default").journal
    journal.dropped = 3

    code, _, err = remote.run("report", remote.url)
    assert (code, err) == (0, "warning: 3 exchanges were dropped, the report is about the rest\n")


def test_an_address_that_is_no_mockstatus_is_wrong_use(remote: Remote) -> None:
    code, _, err = remote.run("report", f"{remote.url}/toy")

    assert code == 2
    assert "and no report" in err
