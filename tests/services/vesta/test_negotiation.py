"""Which form an Accept header asks for."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.services.vesta.negotiation import Decision, Form, best, form_of

J, H, X = Form.JSON, Form.HTML, Form.XML
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)

# Accept; then the form of a state, of an error, and of a CANARIE route.
TABLE: list[tuple[str | None, Form, Form, Form]] = [
    (None, J, J, J),
    ("", J, J, J),
    ("*/*", J, J, H),
    ("application/json", J, J, J),
    ("Application/JSON", J, J, J),
    (" application/json ", J, J, J),
    ("text/html", J, H, H),
    ("TEXT/HTML", J, H, H),
    ("application/xml", X, J, J),
    ("text/xml", J, J, J),
    ("text/plain", J, J, J),
    ("image/png", J, J, J),
    ("application/*", J, J, J),
    ("text/*", J, H, H),
    ("image/*", J, J, J),
    ("*", J, J, J),
    ("json", J, J, J),
    ("application/xml, */*", X, J, H),
    ("*/*, application/xml", X, J, H),
    ("application/xml, */*;q=0.9", X, J, H),
    ("application/xml;q=0.9, */*", J, J, H),
    ("application/xml;q=0.9, */*;q=0.9", X, J, H),
    ("application/json;q=0.5, */*", J, H, H),
    ("application/json;q=0.5, application/xml", X, J, J),
    ("application/json, application/xml", J, J, J),
    ("application/xml, application/json", J, J, J),
    ("application/xml, application/*", X, J, J),
    ("application/json;q=0.8, text/html;q=0.9", J, H, H),
    ("application/json;q=0.9, text/html;q=0.8", J, J, J),
    ("text/html, application/json", J, J, H),
    ("text/html, application/xml", J, H, H),
    ("text/html;q=0.1, application/xml", X, H, H),
    ("text/html, application/xml;q=0.9, */*;q=0.8", J, H, H),
    (CHROME, J, H, H),
    ("application/json; charset=utf-8", J, J, J),
    ("application/json; charset=utf-8, text/html", J, H, H),
    ("text/html;level=1", J, J, J),
    ("text/html;level=1, */*;q=0.1", J, J, H),
    ("text/html;q=0.5;level=1, application/xml", X, J, J),
    ("application/json;q=0", J, J, J),
    ("application/json;q=0, */*", J, H, H),
    ("application/json;q=0, text/html;q=0, */*", X, J, J),
    ("application/xml;q=0, */*", J, J, H),
    ("text/html;q=0, */*", J, J, J),
    ("*/*;q=0", J, J, J),
    ("*/*;q=0, application/xml", X, J, J),
    ("application/*;q=0.5, text/*;q=0.6", J, H, H),
    ("application/*;q=0.6, text/*;q=0.5", J, J, J),
    ("application/xml;q=1.0, application/json;q=0.999", X, J, J),
    ("application/xml;q=0.001", X, J, J),
    ("application/json;q=2, application/xml;q=1", J, J, J),
    ("application/json;q=-1, application/xml;q=0.1", X, J, J),
    ("application/json;q=high, text/html", J, J, H),
    ("application/json;q=nan, text/html;q=0.5", J, J, J),
    ("application/json;q=0.2, application/json;q=0.9, text/html;q=0.5", J, J, J),
    (",,application/xml,,", X, J, J),
    (";q=1, application/xml", X, J, J),
    ("application/xml ; q=0.5, application/json ; q=0.4", X, J, J),
    ("application/xml;Q=0.5, application/json;Q=0.6", J, J, J),
]


def test_the_table_has_at_least_forty_values() -> None:
    assert len({accept for accept, *_ in TABLE}) >= 40


@pytest.mark.parametrize(("accept", "state", "error", "canarie"), TABLE)
def test_an_accept_header_decides_the_form(
    accept: str | None, state: Form, error: Form, canarie: Form
) -> None:
    assert form_of(Decision.STATE, accept) is state
    assert form_of(Decision.ERROR, accept) is error
    assert form_of(Decision.CANARIE, accept) is canarie


@pytest.mark.parametrize("accept", [None, "", "text/plain", "application/json; charset=utf-8"])
def test_the_real_program_sends_errors_as_html_to_those_who_ask_for_nothing_it_has(
    accept: str | None,
) -> None:
    assert form_of(Decision.STATE, accept, is_by_the_docs=False) is J
    assert form_of(Decision.ERROR, accept, is_by_the_docs=False) is H
    assert form_of(Decision.CANARIE, accept, is_by_the_docs=False) is H


# The laws.

KINDS = ["application/json", "text/html", "application/xml", "application/*", "text/*", "*/*"]
OTHERS = ["text/xml", "image/png", "text/html;level=1", "application/json; charset=utf-8"]
qualities = st.integers(0, 10).map(lambda tenths: tenths / 10)
ranges = st.lists(
    st.tuples(st.sampled_from(KINDS), qualities), max_size=6, unique_by=lambda pair: pair[0]
)
candidates = st.permutations([J, H, X]).flatmap(
    lambda forms: st.integers(1, 3).map(lambda n: forms[:n])
)


def header(pairs: list[tuple[str, float]]) -> str:
    return ", ".join(f"{kind};q={q}" for kind, q in pairs)


def naive(forms: list[Form], pairs: list[tuple[str, float]]) -> Form | None:
    """The rules of the wire notes, one by one."""
    found = dict(pairs)
    marks = []
    for form in forms:
        group = form.split("/")[0] + "/*"
        fitting = [kind for kind in (form.value, group, "*/*") if kind in found]
        q = found[fitting[0]] if fitting else 0
        closeness = {form.value: 2, group: 1, "*/*": 0}[fitting[0]] if fitting else -1
        marks.append((q, closeness))
    if not any(q for q, _ in marks):
        return None
    wanted = max(mark for mark in marks if mark[0])
    return forms[marks.index(wanted)]


@given(candidates, ranges)
def test_it_is_the_algorithm_of_the_wire_notes(
    forms: list[Form], pairs: list[tuple[str, float]]
) -> None:
    assert best(forms, header(pairs)) is naive(forms, pairs)


@given(candidates, ranges, st.randoms(use_true_random=False))
def test_the_order_of_ranges_does_not_matter(
    forms: list[Form], pairs: list[tuple[str, float]], random: Any
) -> None:
    shuffled = pairs.copy()
    random.shuffle(shuffled)

    assert best(forms, header(pairs)) is best(forms, header(shuffled))


@given(candidates, ranges, st.lists(st.sampled_from(OTHERS), max_size=3))
def test_ranges_that_fit_nothing_change_nothing(
    forms: list[Form], pairs: list[tuple[str, float]], others: list[str]
) -> None:
    assert best(forms, ", ".join([header(pairs), *others])) is best(forms, header(pairs))


@given(candidates, ranges)
def test_what_has_q_0_never_wins(forms: list[Form], pairs: list[tuple[str, float]]) -> None:
    refused = [(kind, 0.0) for kind, _ in pairs]

    assert best(forms, header(refused)) is None


@given(candidates, ranges)
def test_all_qs_may_be_scaled_alike(forms: list[Form], pairs: list[tuple[str, float]]) -> None:
    halved = [(kind, q / 2) for kind, q in pairs]

    assert best(forms, header(halved)) is best(forms, header(pairs))


@given(candidates, ranges)
def test_the_winner_is_a_candidate_or_nobody(
    forms: list[Form], pairs: list[tuple[str, float]]
) -> None:
    assert best(forms, header(pairs)) in {None, *forms}


@given(st.sampled_from(Decision), st.text(max_size=80))
def test_no_header_makes_it_fail(decision: Decision, accept: str) -> None:
    assert form_of(decision, accept) in Form


# On the wire.


def parsed(answer: Any) -> ET.Element:
    return ET.fromstring(answer.content)  # noqa: S314  # we wrote it


def test_a_state_may_be_xml(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.advance("10s")

    answer = gateway.ask(uuid, headers={"accept": "application/xml"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8" ?><process_status><status>')
    root = parsed(answer)
    assert [child.tag for child in root] == ["status", "uuid", "result"]
    assert root.findtext("status") == "PROGRESS"
    assert root.findtext("uuid") == uuid
    assert root.findtext("result/current") == "30"


def test_a_failure_is_json_or_xml_by_the_docs(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "FAILURE"}))

    as_page = gateway.ask(uuid, headers={"accept": "text/html"})
    as_xml = gateway.ask(uuid, headers={"accept": "application/xml"})

    assert as_page.json()["status"] == "FAILURE"
    assert parsed(as_xml).findtext("result/code") == "301"


def test_an_error_is_never_xml(gateway: Any) -> None:
    answer = gateway.get("/diarisation/status", headers={"accept": "application/xml"})

    assert answer.json()["vesta"]["code"] == 206


def test_an_error_may_be_a_page(gateway: Any) -> None:
    answer = gateway.get("/diarisation/status?uuid=<script>", headers={"accept": "text/html"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = answer.text
    assert "<title>CRIM - Service</title>" in text
    assert "<h1>CRIM - Service</h1>" in text
    assert "<h2>400 : Bad Request</h2>" in text
    assert '<div class="error">' in text
    assert "Internal error code:" in text
    assert "203 : User requested a UUID which did not exist : &lt;script&gt;" in text
    assert 'href="http://mock/doc"' in text
    assert "<script>" not in text


def test_a_plain_404_page_has_no_box(gateway: Any) -> None:
    answer = gateway.get("/diarisation/nothing", headers={"accept": "text/html"})

    assert "<h2>404 : Not Found</h2>" in answer.text
    assert "error" not in answer.text


def test_several_accept_headers_are_one_list(gateway: Any) -> None:
    uuid = gateway.submit()
    headers = [("accept", "text/html;q=0.5"), ("accept", "application/xml")]

    answer = gateway.ask(uuid, headers=headers)

    assert answer.headers["content-type"].startswith("application/xml")


@pytest.mark.parametrize("headers", [{}, {"accept": ""}])
def test_without_an_accept_header_all_is_json(gateway: Any, headers: dict[str, str]) -> None:
    for path in ("/diarisation/status", "/diarisation/info", "/nothing/at/all"):
        answer = gateway.bare("GET", path, headers)
        assert answer.headers["content-type"] == "application/json"


def test_fields_are_left_out_of_xml_as_of_json(gateway: Any) -> None:
    story = gateway.scenario(
        {"state": "PROGRESS"}, faults=[{"operation": "status", "effect": {"omit": ["result.host"]}}]
    )
    uuid = gateway.submit(story)

    answer = gateway.ask(uuid, headers={"accept": "application/xml"})

    tags = [child.tag for child in parsed(answer).findall("result/*")]
    assert "host" not in tags
    assert "current" in tags
