"""Which scenario a new job gets."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.errors import UnknownScenarioError
from mockstatus.runtime.selection import Source, UnknownChoiceError, choose, full_name, magic_name


class Shelf:
    """Scenarios that exist, and the one that a `match` finds."""

    def __init__(self, *names: str, matching: str | None = None) -> None:
        self._known = {name: SimpleNamespace(name=name) for name in names}
        self._matching = matching

    def get(self, name):
        if name not in self._known:
            raise UnknownScenarioError(name, ["acme/success"])
        return self._known[name]

    def best_match(self, service, fields):
        return self._known[self._matching] if service == "acme" and fields() else None


ALL = Shelf("acme/header", "acme/field", "acme/queue", "acme/match", "acme/default",
            matching="acme/match")  # fmt: skip


def chosen(shelf=ALL, *, header=None, magic=None, queue=(), default=None, fields=None):
    return choose(
        "acme", header=header, magic=magic, queue=queue, default=default,
        fields=lambda: fields or {}, shelf=shelf,
    )  # fmt: skip


def test_the_first_source_that_says_something_decides():
    sources = {
        "header": "acme/header", "magic": "field", "queue": ["acme/queue"],
        "fields": {"name": "x"}, "default": "acme/default",
    }  # fmt: skip
    seen = []
    for name in list(sources):
        choice = chosen(**sources)
        seen.append((choice.loaded.name, choice.source))
        del sources[name]

    assert seen == [
        ("acme/header", Source.HEADER),
        ("acme/field", Source.FIELD),
        ("acme/queue", Source.QUEUE),
        ("acme/match", Source.MATCH),
        ("acme/default", Source.DEFAULT),
    ]
    assert chosen() == chosen(queue=[])
    assert (chosen().loaded, chosen().source) == (None, Source.NONE)


def test_the_services_own_prefix_may_be_left_out():
    assert full_name("acme", "slow") == full_name("acme", "acme/slow") == "acme/slow"


@pytest.mark.parametrize(
    ("source", "given_"),
    [
        (Source.HEADER, {"header": "nope"}),
        (Source.FIELD, {"magic": "nope"}),
    ],
)
def test_an_unknown_name_is_refused_telling_who_gave_it(source, given_):
    with pytest.raises(UnknownChoiceError, match=r"acme/nope.*did you mean acme/success") as caught:
        chosen(**given_)

    assert caught.value.source is source


def test_a_queued_name_whose_scenario_is_gone_is_passed_over():
    choice = chosen(queue=["acme/nope", "acme/queue"], default="acme/default")

    assert (choice.name, choice.source) == ("acme/queue", Source.QUEUE)
    assert chosen(queue=["acme/nope"], default="acme/default").name == "acme/default"


def test_a_default_whose_scenario_is_gone_is_none():
    assert chosen(default="acme/nope") == chosen()
    assert chosen().name == ""


def test_another_services_scenario_is_told_whose_it_is():
    shelf = Shelf("other/slow", "acme/slow")

    with pytest.raises(UnknownChoiceError) as caught:
        chosen(shelf, header="other/slow")

    assert str(caught.value) == "'other/slow' is a scenario of other, not of acme"


def test_a_name_with_a_prefix_that_there_is_not_is_not_prefixed_again():
    with pytest.raises(UnknownChoiceError, match=r"^there is no scenario 'nope/slow'"):
        chosen(header="nope/slow")


def test_only_the_services_own_scenarios_are_suggested():
    class Near(Shelf):
        def get(self, name):
            raise UnknownScenarioError(name, ["other/slow", "acme/slow"])

    with pytest.raises(UnknownChoiceError) as caught:
        chosen(Near(), magic="slo")

    assert caught.value.near == ("acme/slow",)


@pytest.mark.parametrize("header", ["", " "])
def test_an_empty_header_is_none(header):
    assert chosen(header=header, magic="field").source is Source.FIELD
    assert chosen(header=header).source is Source.NONE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("http://h/mock:failure", "failure"),
        ("http://h/mock:acme/failure?x=1", "acme/failure"),
        ("GRB mock:long_queue-2 again", "long_queue-2"),
        ("mock:", None),
        ("mock failure", None),
        ("mock:one mock:two", "one"),
    ],
)
def test_a_magic_value_is_the_longest_run_of_name_characters(text, name):
    assert magic_name(text) == name


@given(st.text())
def test_any_text_can_be_searched_for_a_magic_value(text):
    name = magic_name(text)
    assert name is None or f"mock:{name}" in text
