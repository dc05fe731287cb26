from __future__ import annotations

import json
from collections.abc import Callable

import pytest

pytest_plugins = "pytester"

Run = Callable[..., pytest.RunResult]

CLIENT = """
import httpx
import pytest

def annotate(vesta):
    url = f"{vesta}/diarisation/annotate?doc_url=http://example.org/a.wav"
    return httpx.post(url).json()["uuid"]

def status(vesta, uuid):
    return httpx.get(f"{vesta}/diarisation/status?uuid={uuid}")
"""

SEEN = """
@pytest.mark.mockstatus(clock="manual")
def test_pending(mockstatus):
    status(mockstatus.vesta, annotate(mockstatus.vesta))

@pytest.mark.mockstatus(clock="manual", scenario=["vesta/failure", "vesta/storing"])
def test_failure(mockstatus):
    uuid = annotate(mockstatus.vesta)
    mockstatus.clock.run_until(uuid, "FAILURE")
    status(mockstatus.vesta, uuid)
"""


def test_a_failing_test_explains_itself(within: Run) -> None:
    ran = within(
        CLIENT
        + """
@pytest.mark.mockstatus(clock="manual", scenario="vesta/failure")
def test_it(mockstatus):
    mockstatus.clock.now = "2026-01-01T00:00:00Z"
    mockstatus.fault(service="vesta", operation="status", nth=2, effect={"status": 503})
    uuid = annotate(mockstatus.vesta)
    for _ in range(3):
        status(mockstatus.vesta, uuid)
        mockstatus.clock.advance("10m")
    httpx.get(f"{mockstatus.vesta}/diarisation/statuss?uuid={uuid}")
    assert False
""",
        "--mockstatus-seed=7",
    )

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "*- mockstatus -*",
            "sandbox test-it-*, seed 7, clock manual, now 2026-01-01T00:30:00Z",
            "vesta * plays vesta/failure: FAILURE",
            "  task: PENDING 00:00:00 -> * -> FAILURE 00:*",
            "  #1 00:00:00 submit: 200*",
            "  #2 00:00:00 status: 200, shown PENDING",
            "  #3 00:10:00 status: 503, struck by *",
            "  #4 00:20:00 status: 200, shown FAILURE",
            "fault * struck 1 of 2 calls",
            "not-served: GET /*/statuss is not served; did you mean GET /vesta/*/status[?] (#5)",
        ]
    )


def test_a_test_that_has_the_fixture_by_another_way_explains_itself_too(within: Run) -> None:
    ran = within(
        CLIENT
        + """
@pytest.fixture
def broken(mockstatus):
    assert False

def test_of_a_fixture(broken):
    pass

def test_by_asking(request):
    request.getfixturevalue("mockstatus")
    assert False

@pytest.mark.mockstatus(strict=True, clock="manual")
def test_strict(request):
    mock = request.getfixturevalue("mockstatus")
    status(mock.vesta, annotate(mock.vesta))
"""
    )

    ran.assert_outcomes(failed=2, errors=1)
    told = [line for line in ran.outlines if line.startswith("sandbox test-")]
    assert len(told) == 3
    assert "the client had no manners" in ran.stdout.str()


def test_a_failing_test_without_jobs_or_with_many_says_so(within: Run) -> None:
    ran = within(
        CLIENT
        + """
def test_none(mockstatus):
    assert False

def test_many(mockstatus):
    for _ in range(11):
        annotate(mockstatus.vesta)
    for _ in range(50):
        status(mockstatus.vesta, mockstatus.jobs[0].id)
    assert False
"""
    )

    ran.assert_outcomes(failed=2)
    told = ran.stdout.str()
    assert "no job was submitted" in told
    assert "and 1 more jobs" in told
    assert "(11 earlier calls)" in told


def test_a_test_whose_server_is_gone_fails_by_its_own_reason(within: Run) -> None:
    ran = within(
        """
import pytest
from mockstatus.testing.site import Site, serve

@pytest.fixture(scope="session")
def mockstatus_server():
    serving = serve()
    site = serving.__enter__()
    yield Site(site.url)
    serving.__exit__(None, None, None)

def test_it(mockstatus, request):
    mockstatus._control.close()
    mockstatus._control._authority = "127.0.0.1:9"
    assert "my own reason" == 1
"""
    )

    ran.assert_outcomes(failed=1)
    assert "my own reason" in ran.stdout.str()
    assert "nothing can be told" in ran.stdout.str()


@pytest.mark.parametrize("workers", [0, 2])
def test_the_summary_merges_what_all_tests_learned(
    within: Run, pytester: pytest.Pytester, workers: int
) -> None:
    arguments = ["-n2"] if workers else []
    ran = within(
        CLIENT + SEEN,
        "--mockstatus-seed=7",
        "--mockstatus-report=report.json",
        *arguments,
        in_process=not workers,
    )

    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(
        ["*= mockstatus =*", "vesta 2/10: never *", "queued-never-taken: 1", "seed 7"]
    )
    document = json.loads((pytester.path / "report.json").read_text())
    assert document["coverage"]["vesta"]["shown"] == ["PENDING", "FAILURE"]
    assert document["percent"] == 20.0
    assert len(document["tests"]) == 2


def test_the_report_can_be_a_page_in_which_everything_is_escaped(
    within: Run, pytester: pytest.Pytester
) -> None:
    ran = within(
        CLIENT
        + """
@pytest.mark.parametrize("word", ["<b>"])
def test_it(mockstatus, word):
    mockstatus.use("vesta/failure")
""",
        "--mockstatus-report=report.html",
    )

    ran.assert_outcomes(passed=1)
    page = (pytester.path / "report.html").read_text()
    assert "test_it[&lt;b&gt;]" in page
    assert "queued-never-taken" in page


@pytest.mark.parametrize(
    ("limit", "code"), [pytest.param(20, 0, id="reached"), pytest.param(20.1, 1, id="not reached")]
)
def test_coverage_can_be_a_gate(within: Run, limit: float, code: int) -> None:
    ran = within(CLIENT + SEEN, f"--mockstatus-cov-fail-under={limit}")

    assert ran.ret == code
    assert ("state coverage 20.0 % is under 20.1 %" in ran.stdout.str()) == bool(code)


def test_a_gate_is_not_passed_by_using_no_service(within: Run) -> None:
    ran = within("def test_it(): pass", "--mockstatus-cov-fail-under=1")

    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["no service was used", "*0.0 % is under 1 %*"])


def test_a_run_that_does_not_use_the_mock_says_nothing_about_it(within: Run) -> None:
    ran = within("def test_it(): assert False")

    assert ran.ret == 1
    ran.stdout.no_fnmatch_line("*= mockstatus =*")


def test_a_report_comes_into_a_folder_that_is_made_for_it(
    within: Run, pytester: pytest.Pytester
) -> None:
    within(CLIENT + SEEN, "--mockstatus-report=new/folder/report.json")

    assert (pytester.path / "new" / "folder" / "report.json").is_file()


def test_a_report_that_cannot_be_written_fails_the_run_in_words(
    within: Run, pytester: pytest.Pytester
) -> None:
    ran = within("def test_it():\n    pass\n", f"--mockstatus-report={pytester.path}")

    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(["FAILED: the report * cannot be written: Is a directory"])
    assert "Traceback" not in ran.stdout.str()
