"""The CANARIE routes, bare statuses, prefixes, the older service's routes."""

from __future__ import annotations

from typing import Any

import pytest

JSON = {"accept": "application/json"}


def test_global_info_is_always_json_and_lists_all_annotators(gateway: Any) -> None:
    gateway.options(annotators={"mine": {"version": "2", "noparams": True, "home": "http://x/"}})

    for path in ("/info", "/service/info"):
        answer = gateway.get(path, headers={"accept": "text/html"})
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert body["version"] == "1.9.3"
        assert set(body["services"]) >= {"diarisation", "stt", "simple_workflow", "mine"}
        assert body["services"]["mine"]["noparams"] is True
        assert body["services"]["mine"]["home"] == "http://x/"
        stock = body["services"]["diarisation"]
        assert stock["route_keyword"] == stock["celery_task_name"] == "diarisation"
        assert stock["source"] == ",204"
        assert all(isinstance(value, str) for value in stock.values())
        assert "noparams" not in stock


def test_service_info_tells_about_one_annotator(gateway: Any) -> None:
    gateway.options(annotators={"stt": {"tags": "a, b", "activeWorkers": 3, "name": "Speech"}})

    for path in ("/stt/info", "/stt/service/info"):
        body = gateway.get(path, headers=JSON).json()
        assert set(body) == {
            "version",
            "name",
            "synopsis",
            "institution",
            "releaseTime",
            "supportEmail",
            "category",
            "researchSubject",
            "tags",
            "activeWorkers",
        }
        assert (body["version"], body["name"]) == ("1.9.3_0.1.43", "Speech")
        assert (body["tags"], body["activeWorkers"]) == (["a", " b"], 3)


def test_platform_routes_are_pages_for_browsers_and_for_anything(gateway: Any) -> None:
    gateway.options(annotators={"stt": {"synopsis": "<b>bold</b>"}})

    for accept in ("*/*", "text/html"):
        answer = gateway.get("/stt/info", headers={"accept": accept})
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "&lt;b&gt;bold" in answer.text
        assert "<b>" not in answer.text
    page = gateway.get("/zorglub/info")
    assert page.status_code == 400
    assert "202 : The request has been made for a service" in page.text


def test_stats_count_submissions_status_and_cancel_calls(gateway: Any) -> None:
    uuid = gateway.submit(annotator="stt")
    gateway.advance("1h")
    gateway.status(uuid, "stt")
    gateway.cancel(uuid, "stt")
    gateway.get("/stt/status?uuid=nope")
    gateway.submit(annotator="face")

    answer = gateway.get("/stt/stats", headers=JSON)

    assert answer.json() == {"invocations": 4, "lastReset": "2026-01-01T00:00:00Z"}
    assert gateway.get("/stt/service/stats", headers=JSON).json() == answer.json()
    assert gateway.get("/zorglub/stats", headers=JSON).json()["vesta"]["code"] == 202


@pytest.mark.parametrize(
    "page", ["doc", "releasenotes", "support", "tryme", "licence", "provenance"]
)
@pytest.mark.parametrize("path", ["/diarisation/{}", "/diarisation/service/{}"])
def test_a_configured_page_is_a_redirect_by_default(gateway: Any, path: str, page: str) -> None:
    answer = gateway.get(path.format(page))

    assert answer.status_code == 302
    assert answer.headers["location"] == f"http://vesta.example.org/diarisation/{page}"


def test_the_source_is_empty_by_default(gateway: Any) -> None:
    answer = gateway.get("/diarisation/source")

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("value", "status", "text"),
    [
        ("not here, sorry,404", 404, "not here, sorry"),
        ("<b>,200", 200, "<b>"),
        ("licence.html", 200, "licence.html"),
        ("whatever", 500, ""),
        ("text,999", 500, ""),
        ("text,xyz", 500, ""),
        ("", 500, ""),
    ],
)
def test_a_configured_value_may_be_a_text_a_page_or_a_mistake(
    gateway: Any, value: str, status: int, text: str
) -> None:
    gateway.options(annotators={"stt": {"licence": value}})

    answer = gateway.get("/stt/licence")

    assert answer.status_code == status
    assert text in answer.text


def test_a_redirect_cannot_break_out_of_its_header(gateway: Any) -> None:
    gateway.options(annotators={"stt": {"doc": 'http://h/"><script>\r\nX-Evil: 1\u20ac'}})

    answer = gateway.get("/stt/doc")

    assert "x-evil" not in answer.headers
    assert answer.headers["location"].startswith("http://h/%22%3E%3Cscript%3E%0D%0A")
    assert "<script>" not in answer.text


def test_an_annotators_name_alone_leads_to_its_home(gateway: Any) -> None:
    answer = gateway.get("/diarisation?a=b")
    assert answer.status_code == 308
    assert answer.headers["location"] == f"http://mock{gateway.prefix}/diarisation/?a=b"

    home = gateway.get("/diarisation/")
    assert home.status_code == 302
    assert home.headers["location"].endswith("/diarisation/home")
    assert gateway.get("/zorglub").status_code == 404
    assert gateway.get("/zorglub/").status_code == 400


@pytest.mark.parametrize("path", ["/", "/stats", "/doc", "/support", "/licence"])
def test_routes_without_an_annotator_are_about_the_annotator_dot(gateway: Any, path: str) -> None:
    missing = gateway.get(path, headers=JSON)
    assert missing.json()["vesta"]["message"].endswith("not supported : .")
    assert missing.status_code == 400

    gateway.options(annotators={".": {}})
    assert gateway.get(path, headers=JSON).status_code in {200, 302}


@pytest.mark.parametrize("status", [400, 404, 405, 500, 503])
def test_a_bare_status_has_the_envelope(gateway: Any, status: int) -> None:
    answer = gateway.get(f"/{status}")

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["vesta"] == {"code": 100, "message": ""}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/license", 404),
        ("POST", "/info", 405),
        ("POST", "/diarisation/info", 405),
        ("POST", "/diarisation", 405),
        ("POST", "/zorglub", 404),
        ("OPTIONS", "/zorglub", 404),
        ("OPTIONS", "/diarisation/info", 200),
        ("HEAD", "/info", 200),
        ("HEAD", "/diarisation/info", 200),
        ("GET", "/diarisation/service", 404),
        ("GET", "/service/stats", 400),
        ("GET", "/404/x", 404),
    ],
)
def test_other_methods_and_paths(gateway: Any, method: str, path: str, status: int) -> None:
    assert gateway.call(method, path).status_code == status


# Behind a proxy.


def test_a_proxys_headers_set_prefix_and_scheme(gateway: Any) -> None:
    headers = {"x-script-name": "/sg", "x-scheme": "https"}

    stripped = gateway.get("/sg/diarisation", headers=headers)
    bare = gateway.get("/diarisation", headers=headers)

    expected = f"https://mock{gateway.prefix}/sg/diarisation/"
    assert stripped.headers["location"] == bare.headers["location"] == expected


@pytest.mark.parametrize("header", ["sg", "/s g", "//evil.example", "/<b>"])
def test_a_prefix_that_is_no_path_is_ignored(gateway: Any, header: str) -> None:
    answer = gateway.get("/diarisation", headers={"x-script-name": header})

    assert answer.headers["location"] == f"http://mock{gateway.prefix}/diarisation/"


def test_a_prefix_may_be_an_option(gateway: Any) -> None:
    gateway.options(prefix="/sg")
    uuid = gateway.submit()

    answer = gateway.get("/sg/diarisation/status", params={"uuid": uuid})

    assert answer.json()["uuid"] == uuid
    assert gateway.get("/sgx/diarisation/status").status_code == 404
    upload = gateway.get("/sg/temporary_upload_path").text
    assert upload.startswith(f"http://mock{gateway.prefix}/sg/temporary_file/")


# The Multimedia Storage Service's dialect.


def test_the_older_services_routes_are_there_if_asked_for(gateway: Any) -> None:
    gateway.options(multimedia=True)
    uuid = gateway.post("/transcode?doc_url=http://h/a.mp4").json()["uuid"]
    stored = gateway.post("/transcode/abc.mp4").json()["uuid"]
    gateway.advance("10s")

    assert gateway.get(f"/status?uuid={uuid}").json()["result"]["type"] == "transcoder"
    assert gateway.status(stored, "transcoder")["status"] == "PROGRESS"
    assert gateway.get(f"/cancel?uuid={uuid}").json()["status"] == "REVOKED"
    assert gateway.call("PUT", "/transcode").status_code == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status?uuid=U"),
        ("GET", "/cancel?uuid=U"),
        ("POST", "/transcode?doc_url=http://h/a"),
        ("GET", "/transcode/a"),
        ("POST", "/status"),
    ],
)
def test_else_they_are_not_there(gateway: Any, method: str, path: str) -> None:
    assert gateway.call(method, path).status_code == 404
