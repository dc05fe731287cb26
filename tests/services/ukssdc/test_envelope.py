"""What goes around every answer, and what is answered where there is no answer."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockstatus.errors import BadRequestError
from mockstatus.services.ukssdc import SERVICE
from mockstatus.services.ukssdc.encoding import encode, read_object

if TYPE_CHECKING:
    from conftest import Mock

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=60)
@given(JSON)
def test_what_is_encoded_is_one_line_of_ascii_that_reads_back(value: object):
    body = encode(value)

    assert json.loads(body) == value
    assert body.isascii()
    assert b"\n" not in body
    assert b"/" not in body.replace(b"\\/", b"")


def by_the_standard_library(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.text('e-+.0019/\\"nul\x7f\x00\x1f\ud800é'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=5,
)


@settings(max_examples=300)
@given(ANYTHING)
def test_whoever_encodes_it_comes_to_the_same_bytes(value: object):
    assert encode(value) == by_the_standard_library(value)


@pytest.mark.parametrize(
    "number",
    [
        *(1e15, 9999999999999998.0, 1e16, 1.5e22, 1.7976931348623157e308),
        *(1e-4, 9.9e-5, 1e-5, 1.25e-5, -1e-7, -1.25e-9, 1e-10, 5e-324, -0.0),
        *(float("nan"), float("inf"), 2**63, 2**64, -(2**63) - 1),
    ],
)
def test_numbers_are_written_in_one_way(number: float):
    assert encode([number]) == by_the_standard_library([number])


def test_an_answer_that_is_kept_weighs_no_more_than_it_has_bytes():
    # Of orjson's 16 KiB for each nothing would be seen in its length.
    document = {f"key{number}": number * 1.5 for number in range(60)}
    tracemalloc.start()
    try:
        kept = [encode(document) for _ in range(50)]
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert used < 50 * (len(kept[0]) + 500)


def test_slashes_and_letters_beyond_ascii_are_escaped_as_php_does():
    assert encode({"a": "b/c é"}) == b'{"a":"b\\/c \\u00e9"}'


@pytest.mark.parametrize("depth", [60, 200, 900])
def test_deep_nesting_is_no_request(depth: int):
    body = b'{"a":' * depth + b"1" + b"}" * depth

    assert (read_object(body) is not None) == (depth == 60)


def test_an_answer_looks_like_the_real_servers(mock: Mock):
    answer = mock.call("POST", "/user_objects/getNumJobs.php", json={"UserID": "me@x.org"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert answer.headers["cache-control"].startswith("no-store, no-cache")
    assert answer.headers["set-cookie"].startswith("PHPSESSID=")
    assert answer.text == '{"OK":1,"APIVersion":1.12,"numJobs":0}'


def test_urls_have_escaped_slashes_on_the_wire(mock: Mock):
    body = {"UserID": "me@x.org", "name": "x", "targ": "1", "RA": 1, "Dec": 1, "image": 1}
    answer = mock.call("POST", "/user_objects/run_userobject.php", json=body)

    assert r'"URL":"http:\/\/mock\/~' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/API/main.php", "/user_objects", "/user_objects/", "/user_objects/nothing.php", "/", "/x"],
)
def test_unknown_paths_and_the_rebin_family_are_pages(mock: Mock, path: str):
    for method in ("GET", "POST"):
        answer = mock.call(method, path)

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=UTF-8"
        assert "Not Found" in answer.text


def test_a_base_url_may_end_in_a_slash(mock: Mock):
    answer = mock.call("POST", "//user_objects///getNumJobs.php", json={"UserID": "me@x.org"})

    assert answer.json()["numJobs"] == 0


def test_a_call_without_a_body_finds_no_json(mock: Mock):
    # What a redirected POST becomes: UKSSDC wire notes, 1.1.
    answer = mock.call("GET", "/user_objects/getNumJobs.php")

    assert answer.status_code == 200
    assert answer.json()["ERROR"] == "Unable to parse the JSON you supplied"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/user_objects/getNumJobs.php"),
        ("POST", "/user_objects/tprods/USERPROD_1/lc.zip"),
    ],
)
def test_other_methods_are_not_allowed(mock: Mock, method: str, path: str):
    answer = mock.call(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] in ("POST", "GET")


def test_a_body_that_is_too_large_is_a_page(mock: Mock):
    answer = mock.call("POST", "/user_objects/getNumJobs.php", content=b"x" * ((1 << 20) + 1))

    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_the_version_is_an_option(mock: Mock):
    mock.options(api_version="1.12.0")

    assert mock.post("getNumJobs.php")["APIVersion"] == "1.12.0"
    assert mock.status("1")["APIVersion"] == "1.12.0"


def test_a_scenario_may_set_the_version_and_a_deprecation(mock: Mock):
    warning = {"type": "old", "message": "Update, please"}
    envelope = {"APIVersion": 1.13, "deprecationWarning": warning}
    scenario = mock.scenario({"default": [{"code": 4}]}, envelope=envelope)
    job = mock.submit("SourceDet", "StandardPos", scenario=scenario)

    for document in (
        mock.status(job, "psf"),
        mock.cancel(job, "psf"),
        mock.post("tprods/getPSFPos.php", JobID=job),
        mock.post("tprods/getEnhPos.php", JobID=job),
        mock.post("getOldProduct.php", oldJob=job),
    ):
        assert document["APIVersion"] == 1.13
        assert document["deprecationWarning"] == warning
    # There the client takes each key for a band.
    sources = mock.post("tprods/getSourceDetResults.php", JobID=job)
    assert list(sources) == ["OK", "APIVersion", "Total"]
    assert mock.post("getNumJobs.php")["APIVersion"] == 1.12


def test_the_default_scenarios_envelope_is_for_calls_about_no_job_too(mock: Mock):
    mock.sandbox.defaults["ukssdc"] = mock.scenario(envelope={"APIVersion": 2.0})

    assert mock.post("getNumJobs.php")["APIVersion"] == 2.0
    assert mock.ask()["APIVersion"] == 2.0


# Faults.


def fault(mock: Mock, operation: str, **effect: Any) -> str:
    return mock.scenario(faults=[{"operation": operation, "effect": effect}])


def test_a_bare_status_is_a_page_of_the_web_server(mock: Mock):
    job = mock.submit("Image", scenario=fault(mock, "status", status=503))

    answer = mock.call(
        "POST",
        "/user_objects/checkProductStatus.php",
        json={"UserID": "me@x.org", "JobID": job, "what": "image"},
    )

    assert answer.status_code == 503
    assert "<h1>Service Unavailable</h1>" in answer.text


def test_a_described_error_is_in_the_services_own_form(mock: Mock):
    job = mock.submit("Image", scenario=fault(mock, "status", error={"ERROR": "Tea time"}))

    assert mock.status(job) == {"OK": 0, "ERROR": "Tea time", "APIVersion": 1.12}


def test_a_described_error_of_a_submission_has_its_lists(mock: Mock):
    lists = [{"label": "a", "list": ["b"]}]
    scenario = mock.scenario(
        faults=[
            {"operation": "submit", "times": 1, "effect": {"error": {"ERROR": "No"}}},
            {"operation": "submit", "effect": {"error": {"ERROR": "No", "listErr": lists}}},
        ]
    )

    assert mock.ask("Image", scenario=scenario)["listErr"] == []
    assert mock.ask("Image", scenario=scenario)["listErr"] == lists


def test_an_error_that_makes_no_sense_is_no_answer():
    with pytest.raises(ValueError, match="'ERROR'"):
        SERVICE.error_answer(None, {})  # type: ignore[arg-type]  # refused before it is looked at


@pytest.mark.parametrize("operation", SERVICE.operation_names())
def test_every_operation_can_be_struck(mock: Mock, operation: str):
    from mockstatus.scenario.faultspec import FaultSpec

    spec = {"service": "ukssdc", "operation": operation, "effect": {"status": 418}}
    mock.sandbox.faults.post(FaultSpec.model_validate(spec).to_domain(), mock.clock.now_us())
    paths = {
        one.path.format(directory="USERPROD_1", file="lc.zip", product="lc")
        for one in SERVICE.operations
        if one.name == operation
    }

    for path in paths:
        method = "GET" if "USERPROD" in path else "POST"
        assert mock.call(method, path).status_code == 418


def test_fields_of_answers_can_be_left_out_and_set(mock: Mock):
    effect = {"omit": ["OK", "image.progress.GotProgress"], "set": {"image.statusCode": "3"}}
    job = mock.submit("Image", scenario=fault(mock, "status", **effect))

    document = mock.status(job, "image")

    assert "OK" not in document
    assert document["image"] == {"statusCode": "3", "statusText": "Requested", "progress": {}}


# For the control API.


def test_a_submission_is_made_of_wire_fields():
    made = SERVICE.submission({"name": "x"}, {})

    assert (made.method, made.path) == ("POST", "/user_objects/run_userobject.php")
    assert json.loads(made.body) == {"name": "x"}
    assert json.loads(SERVICE.submission({}, {}).body) == SERVICE.sample
    with pytest.raises(BadRequestError, match="annotator"):
        SERVICE.submission({}, {"annotator": "x"})


def test_the_sample_is_a_good_submission(mock: Mock):
    assert mock.ask(**{**SERVICE.sample, "UserID": "me@x.org"})["OK"] == 1


def test_whoever_plays_a_client_asks_as_the_client_does(mock: Mock):
    job = mock.job(mock.submit("AstromPos"))
    assert SERVICE.calls is not None
    assert SERVICE.calls.cancel is not None

    for made in (SERVICE.calls.status(job), SERVICE.calls.cancel(job)):
        answer = mock.call(made.method, made.path, content=made.body)
        assert answer.json()["OK"] == 1
    assert mock.codes(job.id, "psf,xastrom") == {"psf": -4, "xastrom": -4}


def test_a_job_is_summed_up_by_one_code(mock: Mock):
    job = mock.job(mock.submit("Image", "LightCurve"))

    assert SERVICE.state(job, mock.position(job.id)) == "1"
    mock.advance("20m")
    assert SERVICE.state(job, mock.position(job.id)) == "4"


def test_a_product_that_is_left_out_is_shown_as_what_the_client_makes_of_it(mock: Mock):
    scenario = mock.scenario({"Image": [{"code": 2, "for": "1s"}, {"omitted": True}]})
    job = mock.submit("Image", scenario=scenario)

    assert SERVICE.word(mock.position(job).tracks["Image"].phase) == "2"
    mock.advance("1s")
    assert SERVICE.word(mock.position(job).tracks["Image"].phase) == "-10"
