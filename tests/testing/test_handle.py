from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from mockstatus.app import create_app
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings
from mockstatus.testing import running
from mockstatus.testing.control import ControlError
from mockstatus.testing.handle import Mock
from mockstatus.testing.site import Site, remote, serve

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def annotate(mock: Mock) -> str:
    url = f"{mock.vesta}/diarisation/annotate?doc_url=http://example.org/a.wav"
    return str(httpx.post(url).raise_for_status().json()["uuid"])


def status(mock: Mock, uuid: str) -> str:
    url = f"{mock.vesta}/diarisation/status?uuid={uuid}"
    return str(httpx.get(url).raise_for_status().json()["status"])


def test_running_is_a_server_with_a_handle() -> None:
    with running(seed=3, clock="manual") as mock:
        assert mock.seed == 3
        assert status(mock, annotate(mock)) == "PENDING"


def test_running_uses_a_server_that_runs_already(site: Site) -> None:
    with running(url=f"{site.url}/") as mock:
        assert mock.url.startswith(f"{site.url}/~running-")
        assert mock.seed == 7


def test_addresses_are_those_that_clients_take(mock: Mock) -> None:
    assert mock.krixik.url == f"{mock.url}/krixik"
    assert mock.ukssdc.url == f"{mock.url}/ukssdc/user_objects"
    assert str(mock.vesta) == f"{mock.url}/vesta"
    with pytest.raises(ValueError, match="expected one of krixik, ukssdc, vesta"):
        mock.service("acme")


def test_a_scenario_is_used_as_often_as_is_said(mock: Mock) -> None:
    mock.use("vesta/failure", count=2)

    assert [mock.job(annotate(mock)).scenario for _ in range(3)] == ["vesta/failure"] * 2 + [None]


def test_a_default_holds_until_it_is_taken_back(mock: Mock) -> None:
    mock.default("vesta", "vesta/failure")
    assert mock.job(annotate(mock)).scenario == "vesta/failure"

    mock.default("vesta", None)
    assert mock.job(annotate(mock)).scenario is None


@pytest.mark.parametrize(
    "story",
    [
        pytest.param("service: vesta\nsummary: s\nphases: [{state: STARTED}]\n", id="text"),
        pytest.param(
            {"service": "vesta", "phases": [{"state": "STARTED"}], "unlikely": True}, id="document"
        ),
    ],
)
def test_scenarios_are_made_of_texts_and_documents(
    mock: Mock, story: str | dict[str, object]
) -> None:
    mock.use(mock.scenario(story, name="mine"))

    job = mock.job(annotate(mock))

    assert (job.scenario, job.state) == ("vesta/mine", "STARTED")


def test_a_scenarios_keys_can_be_arguments_and_its_text_can_be_used_at_once(mock: Mock) -> None:
    mock.use(mock.scenario(service="vesta", phases=[{"state": "PENDING", "polls": 1}]))
    mock.use("service: vesta\nsummary: s\nphases: [{state: RECEIVED}]\n")

    assert [mock.job(annotate(mock)).state for _ in range(2)] == ["PENDING", "RECEIVED"]


@pytest.mark.parametrize(
    ("story", "told"),
    [
        pytest.param("[}", "no YAML", id="no YAML"),
        pytest.param("[1]", "names no service", id="no mapping"),
        pytest.param({"phases": []}, "names no service", id="no service"),
    ],
)
def test_a_scenario_without_a_service_is_refused(mock: Mock, story: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        mock.scenario(story)


def test_what_is_wrong_with_a_scenario_is_told(mock: Mock) -> None:
    with pytest.raises(ControlError, match="unknown state 'RUNING'") as caught:
        mock.scenario(service="vesta", phases=[{"state": "RUNING"}])

    assert caught.value.status == 422


def test_the_clock_is_moved_by_spans_and_to_instants(mock: Mock) -> None:
    clock = mock.clock

    assert clock.now == T0
    assert clock.advance("2h") == T0.replace(hour=2)
    assert clock.advance(to=T0) == T0.replace(hour=2)
    assert clock.advance(to="2026-01-01T03:00:00Z") == T0.replace(hour=3)
    clock.mode = "x60"
    assert clock.mode == "x60"
    with pytest.raises(ValueError, match="has no zone"):
        clock.now = datetime(2026, 1, 1)
    with pytest.raises(ControlError):
        clock.advance()


def test_the_clock_runs_until_a_job_is_in_a_state(mock: Mock) -> None:
    job = mock.clock.run_until(annotate(mock), "PROGRESS")
    assert mock.clock.now == T0.replace(second=4)

    mock.clock.run_until(job, "SUCCESS", track="task")
    assert job.state == "SUCCESS"
    with pytest.raises(ControlError, match="never comes to STORING by itself"):
        mock.clock.run_until(job, "STORING")


def test_what_waits_has_an_async_twin(mock: Mock) -> None:
    async def use() -> None:
        job = mock.job(annotate(mock))
        assert (await mock.wait_async(job, requests=1))["id"] == job.id
        await mock.clock.run_until_async(job, "SUCCESS")
        assert (await job.wait_async(state="SUCCESS"))["state"] == "SUCCESS"

    asyncio.run(use())


def test_a_job_tells_how_it_is_and_obeys(mock: Mock) -> None:
    uuid = annotate(mock)
    job = mock.job(uuid)
    status(mock, uuid)

    assert mock.jobs == [job]
    assert len({job, mock.job(uuid)}) == 1
    assert repr(job) == f"Job({uuid!r})"
    assert (job.service, job.polls, job.requests) == ("vesta", 1, 2)
    assert job.tracks["task"]["state"] == "PENDING"
    assert "PENDING" in job.explain()
    assert mock.wait(job, polls=1)["polls"] == 1
    job.put("task", {"state": "STARTED"})
    job.put("task", [{"state": "STARTED", "polls": 1}, {"state": "PROGRESS"}])
    assert job.signal("fail")
    assert status(mock, uuid) == "FAILURE"
    assert [one["event"] for one in job.history if "event" in one] == [
        "placed",
        "placed",
        "signalled",
    ]
    job.delete()
    assert job.view()["gone"]["why"] == "deleted"


def test_a_wait_in_vain_says_so(mock: Mock) -> None:
    uuid = annotate(mock)
    with pytest.raises(ControlError) as caught:
        mock.wait(uuid, polls=9, timeout="1ms")

    assert caught.value.status == 408
    assert caught.value.document["id"] == uuid
    with pytest.raises(ControlError, match="there is no job"):
        mock.job("nobody")


def test_a_job_can_be_submitted_on_a_clients_behalf(mock: Mock) -> None:
    job = mock.submit("vesta", "vesta/failure", doc_url="http://example.org/b.wav")

    assert job.scenario == "vesta/failure"
    assert mock.submit("vesta").scenario is None


def test_faults_strike_and_options_change(mock: Mock) -> None:
    fault = mock.fault(service="vesta", operation="status", times=1, effect={"status": 503})
    uuid = annotate(mock)

    with pytest.raises(httpx.HTTPStatusError, match="503"):
        status(mock, uuid)

    assert mock.get("/faults")[0]["id"] == fault
    assert mock.options("vesta", profile="code")["profile"] == "code"
    assert mock.options("vesta")["profile"] == "code"


def test_the_report_tells_coverage_and_findings(mock: Mock) -> None:
    mock.use("vesta/failure", count=2)
    status(mock, annotate(mock))

    report = mock.report

    assert report.coverage["vesta"]["shown"] == ["PENDING"]
    assert "queued-never-taken" in report.manners
    assert [one["name"] for one in report.of(["queued-never-taken"])] == ["queued-never-taken"]
    assert all(one["about"] == "client" for one in report.of(None))
    assert [one["operation"] for one in mock.journal] == ["submit", "status"]


def test_a_reset_leaves_the_clocks_mode(mock: Mock) -> None:
    mock.seed = 8
    annotate(mock)

    mock.reset()

    assert (mock.jobs, mock.clock.mode, mock.seed) == ([], "manual", 7)


@pytest.mark.parametrize("host", ["mock", "www.swift.ac.uk:8443", "127.0.0.1"])
def test_a_client_without_a_network_reaches_the_sandbox_by_any_name(mock: Mock, host: str) -> None:
    async def use() -> httpx.Response:
        transport = httpx.ASGITransport(mock.asgi())
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.post("/vesta/diarisation/annotate?doc_url=http://h/a.wav")

    answer = asyncio.run(use())

    assert mock.job(answer.json()["uuid"]).state == "PENDING"


def test_a_server_elsewhere_must_have_an_address_and_answer() -> None:
    with pytest.raises(ValueError, match="expected http://HOST:PORT"):
        remote("localhost:8000")
    with serve() as site:
        gone = site.url
    with (
        pytest.raises(ControlError, match="does not answer"),
        running(url=gone),
    ):
        pass


def test_a_token_is_sent_and_missed() -> None:
    with ThreadServer(create_app(Settings(admin_token=SecretStr("secret")))) as server:
        with running(url=server.url, token="secret") as mock:
            assert mock.jobs == []
        with pytest.raises(ControlError, match="wants the admin token"), running(url=server.url):
            pass
