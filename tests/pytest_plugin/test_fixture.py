from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from mockstatus.testing.site import serve

pytest_plugins = "pytester"

Run = Callable[..., pytest.RunResult]

ONE = """
import json, urllib.request
import pytest

def call(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
        return json.load(answer)

def annotate(vesta):
    url = f"{vesta}/diarisation/annotate?doc_url=http://example.org/a.wav"
    return call(url, "POST")["uuid"]

def status(vesta, uuid):
    return call(f"{vesta}/diarisation/status?uuid={uuid}")["status"]
"""


def test_loading_the_plugin_imports_neither_a_server_nor_what_checks_scenarios() -> None:
    code = (
        "import sys, mockstatus.pytest_plugin;"
        "heavy = {'fastapi', 'pydantic', 'starlette', 'hypothesis', 'uvicorn', 'yaml', 'httpx',"
        " 'requests', 'urllib3', 'mockstatus.testing', 'mockstatus.app', 'asyncio'};"
        "before = set(sys.modules); print(sorted(heavy & before))"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_a_test_needs_three_lines(within: Run) -> None:
    ran = within(
        ONE
        + """
def test_of_a_client(mockstatus):
    mockstatus.use("vesta/failure")
    uuid = annotate(mockstatus.vesta.url)
    mockstatus.clock.run_until(uuid, "FAILURE")
    assert status(mockstatus.vesta.url, uuid) == "FAILURE"
    assert [one["operation"] for one in mockstatus.journal] == ["submit", "status"]
"""
    )

    ran.assert_outcomes(passed=1)


def test_each_test_has_a_sandbox_of_its_own(within: Run) -> None:
    ran = within(
        ONE
        + """
@pytest.mark.parametrize("which", range(3))
def test_it_is_empty(mockstatus, which):
    assert mockstatus.jobs == []
    annotate(mockstatus.vesta.url)
    assert len(mockstatus.jobs) == 1
"""
    )

    ran.assert_outcomes(passed=3)


def test_the_marker_sets_the_sandbox_up(within: Run) -> None:
    ran = within(
        ONE
        + """
pytestmark = pytest.mark.mockstatus(clock="manual")

@pytest.mark.mockstatus(scenario="vesta/failure", options={"vesta": {"profile": "code"}})
def test_it(mockstatus):
    assert mockstatus.clock.mode == "manual"
    assert mockstatus.options("vesta")["profile"] == "code"
    assert mockstatus.job(annotate(mockstatus.vesta.url)).scenario == "vesta/failure"
"""
    )

    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        pytest.param("'vesta/failure'", "takes no positional arguments", id="positional"),
        pytest.param("scenarios='a/b'", "did you mean scenario?", id="a word that there is not"),
        pytest.param("scenario='failure'", "expected SERVICE/NAME", id="a name without service"),
        pytest.param("clock='fast'", "is no clock mode", id="no clock"),
        pytest.param("options={'vesta': 1}", "expected options by service", id="no options"),
        pytest.param("block_network=1", "expected True or False", id="no answer"),
        pytest.param("strict='polled'", "polled-after-end", id="no manner"),
    ],
)
def test_wrong_arguments_of_the_marker_are_a_collection_error(
    within: Run, mark: str, told: str
) -> None:
    ran = within(
        f"""
import pytest

@pytest.mark.mockstatus({mark})
def test_it(mockstatus):
    pass
"""
    )

    ran.assert_outcomes(errors=1)
    assert told in ran.stdout.str()


@pytest.mark.parametrize(
    ("strict", "outcome"),
    [
        pytest.param("False", {"passed": 1}, id="not strict"),
        pytest.param("True", {"failed": 1}, id="all of a client's manners"),
        pytest.param("['polled-after-end']", {"failed": 1}, id="the one it lacks"),
        pytest.param("'polled-too-fast'", {"passed": 1}, id="another one"),
    ],
)
def test_a_strict_test_fails_by_its_clients_manners(
    within: Run, strict: str, outcome: dict[str, int]
) -> None:
    ran = within(
        ONE
        + f"""
@pytest.mark.mockstatus(scenario="vesta/failure", clock="manual", strict={strict})
def test_it(mockstatus):
    uuid = annotate(mockstatus.vesta.url)
    mockstatus.clock.advance("1h")
    for _ in range(3):
        mockstatus.clock.advance("1m")
        status(mockstatus.vesta.url, uuid)
"""
    )

    ran.assert_outcomes(**outcome)
    assert ("the client had no manners" in ran.stdout.str()) == ("failed" in outcome)


def test_a_running_server_serves_the_same_tests(
    within: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        ONE
        + """
@pytest.mark.parametrize("which", range(2))
def test_it(mockstatus, which):
    assert mockstatus.url.startswith("URL/~")
    annotate(mockstatus.vesta.url)
    assert len(mockstatus.jobs) == 1
    with pytest.raises(RuntimeError, match="not in this process"):
        mockstatus.asgi()
"""
    )
    with serve() as site:
        by_option = within(text.replace("URL", site.url), f"--mockstatus-url={site.url}")
        monkeypatch.setenv("MOCKSTATUS_URL", site.url)
        by_variable = within(text.replace("URL", site.url))

    by_option.assert_outcomes(passed=2)
    by_variable.assert_outcomes(passed=2)


def test_a_running_server_is_given_the_stories_of_the_project(
    within: Run, pytester: pytest.Pytester
) -> None:
    folder = pytester.mkdir("stories") / "vesta"
    folder.mkdir()
    (folder / "odd.yaml").write_text(
        "service: vesta\nsummary: Odd.\nphases: [{state: FAILURE, error: {code: 301}}]\n"
    )
    with serve() as site:
        ran = within(
            """
import pytest

@pytest.mark.mockstatus(scenario="vesta/odd")
def test_it(mockstatus):
    assert mockstatus.submit("vesta").state == "FAILURE"
    mockstatus.reset()
    assert mockstatus.submit("vesta", "vesta/odd").state == "FAILURE"
""",
            f"--mockstatus-url={site.url}",
            "-o",
            "mockstatus_scenarios=stories",
        )

    ran.assert_outcomes(passed=1)


def test_the_server_can_be_overridden(within: Run) -> None:
    ran = within(
        """
import pytest
from mockstatus.testing.site import serve

@pytest.fixture(scope="session")
def mockstatus_server():
    with serve(seed=7) as site:
        yield site

def test_it(mockstatus):
    assert mockstatus.seed == 7
"""
    )

    ran.assert_outcomes(passed=1)


def test_a_seed_gives_the_same_ids_in_every_run(within: Run) -> None:
    text = (
        ONE
        + """
def test_it(mockstatus):
    print("id", annotate(mockstatus.vesta.url))
"""
    )

    runs = [within(text, "-s", "--mockstatus-seed=7") for _ in range(2)]

    ids = [[line for line in ran.outlines if line.find("id ") >= 0] for ran in runs]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 1


def test_it_works_under_xdist(within: Run) -> None:
    ran = within(
        ONE
        + """
@pytest.mark.parametrize("which", range(6))
def test_it(mockstatus, which):
    annotate(mockstatus.vesta.url)
    assert len(mockstatus.jobs) == 1
""",
        "-n2",
        in_process=False,
    )

    ran.assert_outcomes(passed=6)


@pytest.mark.parametrize("where", ["the marker", "the configuration"])
def test_virtual_sleep_is_asked_for_by_marker_or_configuration(
    within: Run, pytester: pytest.Pytester, where: str
) -> None:
    if where == "the configuration":
        pytester.makeini("[pytest]\nmockstatus_clock = virtual\n")
    mark = '@pytest.mark.mockstatus(clock="virtual")' if where == "the marker" else ""
    ran = within(
        ONE
        + f"""
import time
real = time.sleep

{mark}
def test_a_client_that_polls_for_hours(mockstatus):
    mockstatus.use(mockstatus.scenario(service="vesta", phases=[
        {{"state": "PENDING", "for": "2h"}}, {{"state": "STARTED"}}]))
    uuid, polls = annotate(mockstatus.vesta.url), 1
    while status(mockstatus.vesta.url, uuid) != "STARTED":
        time.sleep(60)
        polls += 1
    assert polls == 121

def test_it_is_over():
    assert time.sleep is real
""",
        "-p",
        "no:randomly",
    )

    ran.assert_outcomes(passed=2)


def test_the_hosts_that_real_clients_have_built_in_are_redirected(within: Run) -> None:
    ran = within(
        """
import urllib.request
import pytest

URL = "https://www.swift.ac.uk/user_objects/getNumJobs.php"

@pytest.mark.mockstatus(block_network=True)
def test_it(mockstatus):
    with urllib.request.urlopen(urllib.request.Request(URL, b"{}")) as answer:
        assert answer.url == URL
    assert [one["operation"] for one in mockstatus.journal] == ["count"]
    with pytest.raises(Exception, match="https://example.org/a was refused"):
        urllib.request.urlopen("https://example.org/a")
"""
    )

    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--mockstatus-url=mock"], "mockstatus: 'mock' is no address of a server, expected http:"),
        (["--mockstatus-url=http://127.0.0.1:9"], "mockstatus: the server at *does not answer:*"),
        (["-o", "mockstatus_clock=fast"], "mockstatus: 'fast' is no clock mode, expected*"),
        (["-o", "mockstatus_scenarios=stories"], "*bad.yaml:3:18: unknown state 'PENDNG'*"),
    ],
)
def test_what_cannot_be_set_up_is_told_without_a_traceback(
    within: Run, pytester: pytest.Pytester, arguments: list[str], told: str
) -> None:
    folder = pytester.mkdir("stories") / "vesta"
    folder.mkdir()
    (folder / "bad.yaml").write_text("service: vesta\nsummary: x\nphases: [{state: PENDNG}]\n")

    ran = within("def test_it(mockstatus):\n    pass\n", *arguments)

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([f"*{told}*"])
    assert "another exception" not in ran.stdout.str()
    assert "mockstatus/testing" not in ran.stdout.str()


@pytest.mark.parametrize("limit", ["nan", "101", "-1", "most"])
def test_a_limit_that_is_no_percentage_is_refused(within: Run, limit: str) -> None:
    ran = within("def test_it():\n    pass\n", f"--mockstatus-cov-fail-under={limit}")

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"*'{limit}' is no percentage, expected 0 to 100"])
