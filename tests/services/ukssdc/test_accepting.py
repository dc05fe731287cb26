"""What is said beside the target is worked out once for all targets, and nobody can tell."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockstatus.services.ukssdc import accepting, answer, handlers
from mockstatus.services.ukssdc.accepting import KEPT_BYTES, accept, user_in
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.encoding import encode, read_object
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.parameters import faulty, is_on, requested
from mockstatus.services.ukssdc.plan import Request
from mockstatus.services.ukssdc.products import in_order
from mockstatus.services.ukssdc.refusals import (
    INVALID,
    NEEDED,
    NO_PRODUCTS,
    WRONG_PARAMETERS,
    RefusedError,
)

OPTIONS = UkssdcOptions()
STRICT = UkssdcOptions(registered=("me@*",), poserr={"min": 1, "max": 2})
TARGET = {"name": "GRB 200416A", "targ": "00966554", "RA": 335.6985, "Dec": -7.5179}
IMAGE = {"UserID": "me@x.org", **TARGET, "image": 1}


def worked_out(body: bytes, options: UkssdcOptions) -> tuple[Any, ...]:
    """What comes of a submission by the rules alone: its request and echo, or its refusal."""
    sent = read_object(body) or {}
    try:
        user = user_in(sent, options)
    except RefusedError as error:
        return error.text, error.lists
    if not requested(sent):
        return NO_PRODUCTS, []
    wrong = faulty(sent, options)
    if wrong.needed or wrong.invalid:
        lists = {NEEDED: [*wrong.needed], INVALID: [*wrong.invalid]}
        told = [{"label": label, "list": names} for label, names in lists.items() if names]
        return WRONG_PARAMETERS, told
    request = Request(user, in_order(requested(sent)), is_on(sent.get("allxastrom")), body)
    return request, encode(job_pars(sent))


def accepted(body: bytes, options: UkssdcOptions) -> tuple[Any, ...]:
    try:
        found = accept(read_object(body) or {}, body, options)
    except RefusedError as error:
        return error.text, error.lists
    assert encode(found.pars()) == found.pars_json
    assert list not in map(type, found.pars().values())  # jobs share it
    return found.request, found.pars_json


TEXTS = st.sampled_from(
    ["GRB 1", "", "%b", "9%", "a/b", "é", "\x7f", "null", "e9", "1e-7", '"', "\\", "0.00001", "\0"]
)
NUMBERS = st.sampled_from([0, -0.0, 1, 1.0, 5, 335.6985, 359, 360, 361, -7.5179, -90.5, 1e-7, 1e20])
ANYTHING = st.one_of(
    TEXTS, NUMBERS, st.none(), st.booleans(), st.just([]), st.just(["a", [1]]), st.just({"name": 1})
)
TARGETS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(TEXTS, ANYTHING),
        "targ": st.one_of(TEXTS, ANYTHING),
        "RA": st.one_of(NUMBERS, ANYTHING),
        "Dec": st.one_of(NUMBERS, ANYTHING),
    },
)
FLAGS = st.sampled_from([0, 1, True, "1", "no"])
RESTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("image", "doxastrom", "getCoords", "getTargs", "getT0"), FLAGS),
        **dict.fromkeys(("cent", "allxastrom"), FLAGS),
        "poserr": NUMBERS,
        "posRadius": ANYTHING,
        "models": st.one_of(st.just("apec,powerlaw"), ANYTHING),
        "%s": ANYTHING,
        "notes": ANYTHING,
        "Tstart": ANYTHING,
    },
)


@settings(max_examples=250)
@given(
    rest=RESTS,
    targets=st.lists(TARGETS, min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
    is_good=st.booleans(),
    options=st.sampled_from([OPTIONS, STRICT]),
)
def test_what_is_remembered_is_what_would_be_worked_out_anew(
    rest: dict[str, Any],
    targets: list[dict[str, Any]],
    order: Any,
    is_good: bool,
    options: UkssdcOptions,
):
    names = [*{**IMAGE, **rest}]
    order.shuffle(names)
    for target in targets * 2:
        sent = {**IMAGE, **rest, **target} if is_good else {**rest, **target}
        body = orjson.dumps({name: sent[name] for name in names if name in sent})

        assert accepted(body, options) == worked_out(body, options)


def test_two_targets_share_all_that_is_said_beside_them():
    other = {**IMAGE, "name": "M 31", "targ": "00037719", "RA": 10.68, "Dec": 41}
    _, first, second = (accept(sent, b"", OPTIONS) for sent in (IMAGE, IMAGE, other))

    assert first.request.products is second.request.products
    assert first.request.user is second.request.user
    assert [first.pars()["name"], second.pars()["name"]] == ["GRB 200416A", "M 31"]
    assert [*first.pars()] == [*second.pars()]


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0, -0.0), (0, False), ("1", 1), (None, "null"), ([], ()), ({}, [])],
    ids=str,
)
@pytest.mark.parametrize("name", ["posRadius", "name", "RA", "notes"])
def test_what_only_looks_the_same_is_told_apart(name: str, one: object, other: object):
    bodies = [orjson.dumps({**IMAGE, name: value}) for value in (one, other)]

    for body in bodies * 3:
        assert accepted(body, OPTIONS) == worked_out(body, OPTIONS)


def test_what_is_good_by_some_options_is_not_by_others():
    body = orjson.dumps({**IMAGE, "poserr": 5})

    for options in (OPTIONS, STRICT) * 3:
        assert accepted(body, options) == worked_out(body, options)
    assert accepted(body, OPTIONS) != accepted(body, STRICT)


def test_little_is_remembered_and_nothing_large():
    large = {**IMAGE, "notes": "x" * KEPT_BYTES}
    accept(IMAGE, b"", OPTIONS)
    known = accepting._known
    before = {**known.kept}, {*known.seen}

    for _ in range(2):
        accept(large, b"", OPTIONS)
    assert (known.kept, known.seen) == before

    for number in range(3 * accepting._KEPT):
        for _ in range(1 + number % 2):
            accept({**IMAGE, "notes": number}, b"", OPTIONS)
        assert max(len(known.kept), len(known.seen)) <= accepting._KEPT


@pytest.mark.parametrize("url", ["http://h/a_", "http://100%b/é_", 'http://","JobID":"",/_', ""])
def test_an_answer_differs_from_another_jobs_in_its_id(url: str):
    for version in (1, 1.0, "1", True, 0.0, -0.0, 1e-5, '%b","JobID":"",'):
        for job_id in (b"310001", b"4"):
            told = answer.submitted(job_id.decode(), url + job_id.decode(), version=version)
            frame = handlers._taken_in(url, version, repr(version))

            assert frame % (job_id, job_id, b"{}") == encode({**told, "jobPars": {}})
