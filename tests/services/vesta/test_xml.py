"""Documents as XML."""

from __future__ import annotations

import re
import sys
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.services.vesta import xml

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'


def body(document: Any) -> str:
    text = xml.encode(document).decode()
    assert text.startswith(f"{HEAD}<process_status>")
    return text.removeprefix(f"{HEAD}<process_status>").removesuffix("</process_status>")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, "<result></result>"),
        ("", "<result></result>"),
        ("a<b>&'\"", "<result>a&lt;b&gt;&amp;&apos;&quot;</result>"),
        (42, "<result>42</result>"),
        (1.5, "<result>1.5</result>"),
        (True, "<result>true</result>"),
        (False, "<result>false</result>"),
        ([], "<result></result>"),
        ([1, [2, 3]], "<result><item>1</item><item><item>2</item><item>3</item></item></result>"),
        ({}, "<result></result>"),
        ({"b": 1, "a": None}, "<result><a></a><b>1</b></result>"),
        ({"@id": "x"}, '<result><key name="@id">x</key></result>'),
        ({"a b": 1, "1": 2}, '<result><key name="1">2</key><key name="a b">1</key></result>'),
        ({'"<': 1}, '<result><key name="&quot;&lt;">1</key></result>'),
        ("nul\0", "<result>nul\ufffd</result>"),
        ("é", "<result>é</result>"),
    ],
)
def test_a_result_is_written_as_the_library_does(result: Any, expected: str) -> None:
    assert body({"result": result}) == expected


def test_status_and_uuid_go_before_the_result_and_the_rest_behind() -> None:
    document = {"more": 1, "result": None, "uuid": "U", "status": "PENDING"}

    assert body(document) == (
        "<status>PENDING</status><uuid>U</uuid><result></result><more>1</more>"
    )


def test_what_is_no_object_has_no_members() -> None:
    assert body([1]) == ""


def parsed(document: Any) -> ET.Element:
    return ET.fromstring(xml.encode(document))  # noqa: S314  # we wrote it


def read(element: ET.Element) -> Any:
    """The shape of what was written: names and texts, as far as XML keeps them."""
    children = list(element)
    if not children:
        return element.text or ""
    if all(child.tag == "item" for child in children):
        return [read(child) for child in children]
    return {child.get("name", child.tag): read(child) for child in children}


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        members = {key: shape(inner) for key, inner in value.items()}
        return members or ""
    if isinstance(value, list):
        return [shape(inner) for inner in value] or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
keys = texts.filter(lambda key: key != "item")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


@given(values)
def test_any_json_becomes_xml_that_says_the_same(value: Any) -> None:
    root = parsed({"result": value})

    (result,) = root
    assert read(result) == shape(value)


@given(st.text(max_size=30))
def test_any_text_becomes_well_formed_xml(text: str) -> None:
    parsed({"status": text, "result": {text: text}})


def test_of_all_characters_those_are_replaced_that_xml_cannot_hold() -> None:
    allowed = "\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"  # XML 1.0, 2.2
    characters = re.sub("[&\"'<>\r]", "", "".join(map(chr, range(sys.maxunicode + 1))))

    encoded = body({"status": characters})

    expected = re.sub(f"[^{allowed}]", "\ufffd", characters)
    assert encoded == f"<status>{expected}</status>"
