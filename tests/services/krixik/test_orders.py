"""What process calls order is what their bodies say, also where much of it was read before."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.services.krixik.choosing import magic
from mockstatus.services.krixik.metadata import RefusedError
from mockstatus.services.krixik.orders import ordered, pipeline_of, plainly_ordered
from mockstatus.services.krixik.wire import ProcessBody, parsed

PLAIN = {"pipeline": "demo", "pipeline_ordered_modules": ["parser"], "file_name": "NAME"}


def read(body: bytes) -> Any:
    """What a body orders, read as a whole; None if it is refused."""
    try:
        whole = parsed(ProcessBody, body)
        assert whole.file_name is not None
        return ordered(whole, pipeline_of(whole), whole.file_name), whole.file_name
    except RefusedError:
        return None


def plainly(body: bytes) -> Any:
    return plainly_ordered(SimpleNamespace(body=body))  # type: ignore[arg-type]


def test_bodies_that_differ_in_the_name_share_all_else() -> None:
    body = json.dumps({**PLAIN, "file_tags": [{"author": "melville"}]}).encode()

    first, second = (plainly(body.replace(b"NAME", name)) for name in (b"a.txt", b"b c,_-.json"))

    assert first[0] is second[0]
    assert (first[1], second[1]) == ("a.txt", "b c,_-.json")
    assert first == read(body.replace(b"NAME", b"a.txt"))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"pipeline": "other"}, id="pipeline"),
        pytest.param({"pipeline_ordered_modules": ["parser", "sentiment"]}, id="modules"),
        pytest.param({"modules": {"module_1": {"model": "fixed"}}}, id="model"),
        pytest.param({"symbolic_directory_path": "/novels"}, id="directory"),
        pytest.param({"file_tags": [{"a": "b"}]}, id="tags"),
        pytest.param({"file_description": "of a whale"}, id="description"),
        pytest.param({"expire_time": 1801}, id="expiry"),
    ],
)
def test_bodies_that_differ_elsewhere_are_read_apart(more: dict[str, Any]) -> None:
    body = json.dumps(PLAIN).encode()
    other = json.dumps({**PLAIN, **more}).encode()

    assert plainly(body) != plainly(other)
    assert plainly(other) == read(other)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{%s, "file_name": "NAME", "file_name": "b"}', id="said again"),
        pytest.param('{%s, "file_name": "NAME", "file\\u005fname": "NAME"}', id="hidden"),
        pytest.param('{%s, "x": {"file_name": "NAME"}, "file_name": "c"}', id="somebody else's"),
        pytest.param('{%s, "x": {"file_name": "NAME"}, "file_name": "NAME"}', id="first another's"),
        pytest.param('{%s, "file_name": "NAME", "file_description": "\\""}', id="a backslash"),
        pytest.param('{%s, "file_name": "NAME", "expire_time": 1}', id="refused"),
        pytest.param('{%s, "file_name": "NAME", "expire_time": "1"}', id="of a wrong type"),
        pytest.param('{%s, "file_name": "NAME"', id="no JSON"),
        pytest.param('{%s, "file_name": "NAME*"}', id="with a wildcard"),
        pytest.param('{%s, "file_name": "NAME\\n"}', id="with an escape"),
        pytest.param('{%s, "file_name" : "NAME"}', id="told in another way"),
        pytest.param('{%s, "file_name": "NAME", "x": "' + "x" * 4096 + '"}', id="long"),
    ],
)
def test_what_is_not_plain_is_read_as_a_whole(body: str) -> None:
    head = '"pipeline": "demo", "pipeline_ordered_modules": ["parser"]'
    for name in ("a", "c"):
        assert plainly((body.replace("%s", head).replace("NAME", name)).encode()) is None


def test_a_name_said_before_counts_no_more() -> None:
    head = b'{"pipeline": "demo", "pipeline_ordered_modules": ["parser"], "file\\u005fname": "z", '
    body = head + b'"file_name": "a"}'

    assert plainly(body) is None
    assert read(body)[1] == "a"


TEXTS = st.text('ab"\\{}:, \u00e9_/*', max_size=6) | st.sampled_from(["file_name", "mock", "/etc"])
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "symbolic_directory_path": TEXTS | st.sampled_from(["/a", "/b"]),
        "file_tags": st.lists(st.dictionaries(TEXTS, TEXTS, max_size=2), max_size=2),
        "file_description": TEXTS,
        "expire_time": st.sampled_from([1800, 1800.0, 1, 3600, "1800"]),
        "x": st.recursive(TEXTS, lambda one: st.dictionaries(TEXTS, one, max_size=2)),
    },
)


@given(PARTS, st.permutations(range(8)), st.lists(st.text("aZ0 _,.-", min_size=1), min_size=1))
def test_whatever_is_found_plainly_is_what_the_whole_says(
    parts: dict[str, Any], order: list[int], names: list[str]
) -> None:
    pairs = list({**PLAIN, **parts}.items())
    document = dict(pairs[index] for index in order if index < len(pairs))
    for name in names:
        body = json.dumps({**document, "file_name": name}).encode()
        found = plainly(body)
        assert found is None or found == read(body)


@pytest.mark.parametrize("value", ["own", "see: own", "*own*"])
def test_the_tag_that_chooses_a_scenario_is_found_in_either_way(value: str) -> None:
    body = json.dumps({**PLAIN, "file_tags": [{"a": "b"}, {"mock": value}, {"mock": "x"}]})

    def chosen(body: str) -> str | None:
        call: Any = SimpleNamespace(body=body.encode())
        call.once = lambda read: read(call)
        return magic(call)

    assert (
        chosen(body) == chosen(body.replace('": "', '" : "')) == ("see" if ":" in value else "own")
    )


def test_the_cap_and_the_key_count_for_what_was_read_before(krixik: Any) -> None:
    krixik.process("parser", file_name="a.txt")
    krixik.options(cap=1)
    krixik.process("parser", file_name="b.txt", status=400)
    krixik.options(good_keys=["other"])

    krixik.process("parser", file_name="b.txt", status=403)


def test_a_file_is_updated_by_itself(krixik: Any) -> None:
    """Files that share what their bodies said do not share what is said of them later."""
    first, second = (krixik.finish("parser", file_name=name) for name in ("a.txt", "b.txt"))

    krixik.about("update", first, file_description="changed", file_tags=[{"a": "b"}])

    (item,) = krixik.list(file_ids=[second["file_id"]])["items"]
    assert (item["file_description"], item["file_tags"]) == ("", [])
