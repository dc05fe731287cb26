"""The report as document, as text and as page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mockstatus.report.page import as_page
from mockstatus.report.text import as_text

if TYPE_CHECKING:
    from conftest import Client


def a_rude_day(client: Client) -> str:
    uuid = client.vesta("failure")
    client.fault(operation="status", nth=1, effect={"status": 503})
    client.fault(operation="info", effect={"status": 503})
    client.ask_vesta(uuid)
    client.advance("1h")
    for _ in range(3):
        client.ask_vesta(uuid)
    client.ukssdc()
    return uuid


def test_the_document_has_all_that_was_learned(client: Client) -> None:
    uuid = a_rude_day(client)
    report = client.report()

    assert report.exchanges.model_dump() == {"kept": 6, "written": 6, "dropped": 0}
    assert report.coverage["vesta"].summary.startswith("vesta 1/10: never PENDING")
    vesta, ukssdc = report.jobs
    assert (vesta.id, vesta.scenario, vesta.state, vesta.shown) == (
        uuid,
        "vesta/failure",
        "FAILURE",
        ["FAILURE"],
    )
    assert vesta.findings == ["polled-after-end", "fatal-shrugged-off"]
    assert [(call.operation, call.status, call.shown) for call in vesta.calls] == [
        ("submit", 200, None),
        ("status", 503, None),
        ("status", 200, "FAILURE"),
        ("status", 200, "FAILURE"),
        ("status", 200, "FAILURE"),
    ]
    assert [one.state for one in vesta.tracks["task"]][-1] == "FAILURE"
    assert vesta.tracks["task"][-1].ending == "fail"
    assert ukssdc.shown == []


def test_a_report_can_be_about_one_job_alone(client: Client) -> None:
    uuid = a_rude_day(client)
    report = client.good("GET", f"/_mock/report?job={uuid}")

    assert report["job"] == uuid
    assert [job["id"] for job in report["jobs"]] == [uuid]
    assert list(report["coverage"]) == ["vesta"]
    assert {one["job"] for one in report["findings"]} == {uuid}
    assert client.send("GET", "/_mock/report?job=nobody").status_code == 404


def test_the_text_says_the_same_in_words(client: Client) -> None:
    uuid = a_rude_day(client)
    text = as_text(client.report())

    assert "6 exchanges, 2 jobs" in text
    assert "10.0 %  vesta 1/10: never PENDING" in text
    assert f"polled-after-end  vesta {uuid}" in text
    assert "exchanges #4-#5" in text
    assert "fault-never-struck" in text
    assert f"vesta {uuid} plays vesta/failure: FAILURE" in text
    assert text == client.good("GET", "/_mock/report?format=text")


def test_a_sandbox_that_nobody_used_has_nothing_to_say(client: Client) -> None:
    text, page = as_text(client.report()), as_page(client.report())

    assert "no service was called" in text
    assert "nothing to say" in text
    assert "No service was called" in page


def test_long_reports_are_told_in_part_and_say_so(client: Client) -> None:
    for _ in range(60):
        client.vesta()
    first, second = client.vesta(), client.vesta()
    client.advance("10m")
    for _ in range(16):
        client.ask_vesta(first)
        client.ask_vesta(second)
    text = as_text(client.report())

    assert "  and 12 more" in text
    assert "#87 and 3 more" in text


class Links(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe", "object", "embed"}:
            self.found.append(tag)
        self.found += [
            f"{name}={value}"
            for name, value in attrs
            if name.startswith("on") or (name in {"src", "href"} and not str(value).startswith("#"))
        ]


def test_the_page_is_self_contained_and_draws_each_job(client: Client) -> None:
    uuid = a_rude_day(client)
    page = as_page(client.report())

    links = Links()
    links.feed(page)
    assert links.found == []
    assert "@import" not in page
    assert "url(" not in page
    drawings = re.findall(r"<svg viewBox=\"0 0 \d\d\d\d.*?</svg>", page)
    assert len(drawings) == 2
    for drawing in drawings:
        ET.fromstring(drawing)  # noqa: S314  # our own
    assert f'id="job-vesta-{uuid}"' in page
    assert f'href="#job-vesta-{uuid}"' in page
    assert "prefers-color-scheme:dark" in page


def test_the_page_escapes_whatever_a_client_or_a_scenario_says(client: Client) -> None:
    evil = "<script>alert(1)</script>"
    client.send("GET", "/vesta/diarisation/status", params={"uuid": evil})
    client.send("GET", "/vesta/diarisation/status", params={"uuid": evil})
    uuid = client.vesta()
    report = client.report()
    report.jobs[0].scenario = report.jobs[0].state = evil
    report.jobs[0].calls[0].fault = f'"{evil}'
    report.jobs[0].tracks[evil] = report.jobs[0].tracks["task"]
    report.findings[0].text = report.findings[0].name = evil
    page = as_page(report)

    assert evil not in page
    assert uuid in page


def test_the_page_is_served_where_nothing_of_it_could_run(client: Client) -> None:
    answer = client.send("GET", "/_mock/report?format=html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.send("GET", "/_mock/report?format=pdf").status_code == 422


def test_jobs_that_begin_and_end_at_one_instant_are_drawn_too(client: Client) -> None:
    client.good(
        "PUT",
        "/_mock/scenarios/vesta/instant",
        json={"service": "vesta", "summary": "At once.", "phases": [{"state": "SUCCESS"}]},
    )
    client.ask_vesta(client.vesta("instant"))

    assert "<rect" in as_page(client.report())
