"""What a submission must have, what it may hold, and how it is echoed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.options import Span, UkssdcOptions
from mockstatus.services.ukssdc.parameters import Faulty, faulty, is_on, number, requested

GOOD = {"name": "GRB 200416A", "targ": "00966554", "RA": 335.6985, "Dec": -7.5179}
CURVE = {"lc": 1, "cent": 0, "binMeth": "snapshot"}
SPECTRUM = {"spec": 1, "cent": 0, "specz": 0}


def wrong(*parts: dict[str, Any], **more: Any) -> Faulty:
    sent: dict[str, Any] = {**GOOD}
    for part in (*parts, more):
        sent |= part
    return faulty({k: v for k, v in sent.items() if v is not None}, UkssdcOptions())


def test_a_good_submission_has_nothing_wrong_with_it():
    assert wrong(CURVE, SPECTRUM, dopsf=1, image=1) == Faulty()


@pytest.mark.parametrize(
    ("sent", "needed"),
    [
        ({"image": 1, "name": None}, ["name"]),
        ({"image": 1, "targ": None}, ["targ"]),
        ({"image": 1, "RA": None, "Dec": None}, ["RA", "Dec"]),
        ({**CURVE, "cent": None}, ["cent"]),
        ({**SPECTRUM, "cent": None}, ["cent"]),
        ({**CURVE, "cent": 1}, ["poserr"]),
        ({**CURVE, "binMeth": None}, ["binMeth"]),
        ({**CURVE, "binMeth": "counts"}, ["pccounts", "wtcounts", "dynamic"]),
        ({**CURVE, "binMeth": "time"}, ["pcbin", "wtbin"]),
        ({**CURVE, "lcobs": "user"}, ["uselcobs"]),
        ({**SPECTRUM, "specz": None}, ["specz"]),
        ({**SPECTRUM, "specz": 1}, ["zval"]),
        ({**SPECTRUM, "timeslice": "user"}, ["rname1", "gti1"]),
        ({**SPECTRUM, "specobs": "user"}, ["usespecobs"]),
        ({"sourceDet": 1}, ["detobs"]),
        ({"doenh": 1, "posobs": "user"}, ["useposobs"]),
        ({"dopsf": 1, "doenh": 1, "posobs": "user"}, ["useposobs"]),
        ({"image": 1, "name": ""}, ["name"]),
    ],
    ids=str,
)
def test_what_is_needed_and_not_there_is_named(sent: dict[str, Any], needed: list[str]):
    assert list(wrong(sent).needed) == needed


@pytest.mark.parametrize(
    "sent",
    [
        {"image": 1, "targ": None, "getTargs": 1},
        {"image": 1, "RA": None, "Dec": None, "getCoords": 1},
        {"sourceDet": 1, "detobs": "all", "RA": None, "Dec": None},
        {**CURVE, "binMeth": "time", "pcbin": 100, "wtbin": "10"},
        {**SPECTRUM, "timeslice": "user", "rname1": "early", "gti1": "0-100"},
        {**SPECTRUM, "specz": "1", "zval": 0.5},
        {**CURVE, "minen": 1, "maxen": 5, "soft1": 1, "soft2": 2, "hard1": 2, "hard2": 5},
        {**SPECTRUM, "models": ["PowerLaw", "apec"]},
        {"image": 1, "lcobs": 0},
    ],
    ids=str,
)
def test_what_the_service_can_do_without_is_not_missed(sent: dict[str, Any]):
    assert wrong(sent) == Faulty()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        # UKSSDC wire notes, 5.1: the documented style, and the documented example.
        ({"image": 1, "poserr": 0.01}, "poserr is 0.01, but must be between 1 and 6"),
        ({"image": 1, "poserr": "7"}, "poserr is 7, but must be between 1 and 6"),
        ({"image": 1, "RA": 400.5}, "RA is 400.5, but must be between 0 and 360"),
        ({"image": 1, "Dec": -91}, "Dec is -91, but must be between -90 and 90"),
        ({"image": 1, "Dec": "north"}, "Dec is north, but must be between -90 and 90"),
        ({**CURVE, "minen": 0.1}, "minen is 0.1, but must be between 0.3 and 10"),
        ({**CURVE, "maxen": 12}, "maxen is 12, but must be between 0.3 and 10"),
        ({**CURVE, "minen": 1, "soft1": 0.5}, "soft1 is 0.5, but must be between 1 and 10"),
        ({**CURVE, "hard2": 11}, "hard2 is 11, but must be between 0.3 and 10"),
        ({**CURVE, "sigmin": "much"}, "sigmin is much, but must be a number"),
        ({**SPECTRUM, "zval": True}, "zval is True, but must be a number"),
        ({"image": 1, "Tstart": [1]}, "Tstart is [1], but must be a number"),
        ({"image": 1, "name": ["GRB"]}, "name is ['GRB'], but must be a text"),
        ({"image": 1, "targ": {"a": 1}}, "targ is {'a': 1}, but must be a text"),
        (
            {**CURVE, "binMeth": "fast"},
            "binMeth is fast, but must be one of counts, time, snapshot, obsid",
        ),
        ({**CURVE, "lcobs": 0}, "lcobs is 0, but must be one of all, user"),
        ({"dopsf": 1, "doenh": 1, "posobs": "x"}, "posobs is x, but must be one of all, user"),
        (
            {**SPECTRUM, "models": ["apec", "gauss"]},
            "models is gauss, but must be one of powerlaw, apec, blackbody",
        ),
        ({**SPECTRUM, "models": "gauss"}, "models is gauss, but must be one of powerlaw"),
        ({**SPECTRUM, "rname1": "../x"}, "rname1 is ../x, but must be alphanumeric"),
        ({**SPECTRUM, "specstem": "a b"}, "specstem is a b, but must be alphanumeric"),
    ],
    ids=str,
)
def test_a_value_that_is_wrong_is_told_in_a_sentence(sent: dict[str, Any], sentence: str):
    (told,) = wrong(sent).invalid
    assert told.startswith(sentence)


def test_bands_are_bounded_by_energies_that_make_sense():
    sentences = wrong(CURVE, minen=9, maxen=1, soft1=5).invalid

    assert sentences == ()


def test_long_values_are_cut_in_sentences():
    (told,) = wrong(image=1, RA="9" * 1000).invalid

    assert len(told) < 150


def test_the_ranges_are_options():
    options = UkssdcOptions(poserr=Span(min=1, max=60), energies=Span(min=0.1, max=12))
    sent = {**GOOD, **CURVE, "poserr": 60, "minen": 0.1, "maxen": 12}

    assert faulty(sent, options) == Faulty()


def test_a_range_has_its_least_value_first():
    with pytest.raises(ValueError, match="above the greatest"):
        Span(min=2, max=1)


@pytest.mark.parametrize("value", [1, True, "1", "true", 1.0])
def test_flags_may_be_numbers_booleans_or_texts(value: object):
    assert is_on(value)
    assert requested({"lc": value}) == {"LightCurve"}


@pytest.mark.parametrize("value", [0, False, "0", None, "yes", [], {}, 2])
def test_other_values_are_no_flags(value: object):
    assert not is_on(value)
    assert requested({"lc": value}) == frozenset()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("1e3", 1000.0),
        (True, None),
        ("x", None),
        ("nan", None),
        ("inf", None),
        ([], None),
    ],
)
def test_numbers_may_be_texts(value: object, expected: float | None):
    assert number(value) == expected


def test_an_astrometric_position_switches_the_standard_one_on():
    echo = job_pars({**GOOD, "doxastrom": 1})

    assert requested({"doxastrom": 1}) == {"AstromPos", "StandardPos"}
    assert (echo["doxastrom"], echo["dopsf"]) == (1, 1)


def test_the_echo_has_what_was_sent_the_defaults_and_zeros():
    echo = job_pars({**GOOD, **CURVE, "UserID": "me@x.org", "minen": "0.5", "notify": 0})

    assert echo["UserID"] == "me@x.org"
    assert echo["minen"] == "0.5"
    assert (echo["maxen"], echo["lcobs"], echo["pcmaxgap"]) == (10, "all", 100000000)
    assert {name: echo[name] for name in ("lc", "spec", "dopsf", "sourceDet")} == {
        "lc": 1,
        "spec": 0,
        "dopsf": 0,
        "sourceDet": 0,
    }
    assert "specobs" not in echo
    assert "imen" not in echo


def test_a_gap_in_the_clients_spelling_is_echoed_in_the_services_too():
    echo = job_pars({**GOOD, **CURVE, "pcmaxGap": 500.0})

    assert (echo["pcmaxGap"], echo["pcmaxgap"], echo["wtmaxgap"]) == (500.0, 500.0, 100000000)
    assert wrong({**CURVE, "wtmaxgap": "wide"}).invalid == (
        "wtmaxgap is wide, but must be a number",
    )


@pytest.mark.parametrize("value", [True, "1", "true"])
def test_flags_are_echoed_as_numbers(value: object):
    # UKSSDC wire notes, 2.1: the client does not recognise the text "1".
    assert job_pars({**GOOD, "lc": value})["lc"] == 1
    assert job_pars({**GOOD, "lc": value})["lc"] is not True


def test_what_the_service_was_asked_to_find_is_in_the_echo_and_the_question_is_not():
    echo = job_pars({"name": "x", "getCoords": 1, "getTargs": 1, "getT0": 1, "SinceT0": 1})

    assert (echo["RA"], echo["Dec"], echo["targ"], echo["Tstart"]) == (
        335.6985,
        -7.5179,
        "00966554",
        608713541.952,
    )
    assert echo["sinceT0"] == 1
    assert not {"getCoords", "getTargs", "getT0"} & echo.keys()


def test_what_was_given_is_not_looked_for():
    echo = job_pars({**GOOD, "targ": "00000001", "Tstart": 5, "getTargs": 1, "getT0": 1})

    assert (echo["targ"], echo["Tstart"]) == ("00000001", 5)


def test_models_are_a_list():
    # UKSSDC wire notes, 2.3: the client would split a text into letters.
    assert job_pars({**GOOD, **SPECTRUM, "models": "powerlaw,apec"})["models"] == [
        "powerlaw",
        "apec",
    ]
    assert job_pars({**GOOD, "models": ""})["models"] == []
    assert job_pars({**GOOD, "models": ["apec"]})["models"] == ["apec"]


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    )
)
def test_whatever_was_sent_the_echo_is_flat(sent: dict[str, Any]):
    echo = job_pars(sent)

    values = [v for value in echo.values() for v in (value if isinstance(value, list) else [value])]
    assert not any(isinstance(value, dict | list) for value in values)
    assert isinstance(faulty(sent, UkssdcOptions()), Faulty)
