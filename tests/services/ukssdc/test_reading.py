"""A body that comes again is not read anew, and nobody can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from mockstatus.control.snapshot import Snapshot, frozen, thawed
from mockstatus.domain.timeline import After
from mockstatus.services.ukssdc import reading
from mockstatus.services.ukssdc.encoding import Session, encode
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.reading import KEPT_BYTES, read
from mockstatus.services.ukssdc.refusals import RefusedError

if TYPE_CHECKING:
    from conftest import Mock

OPTIONS = UkssdcOptions()


IMAGE = {"UserID": "me@x.org", "name": "x", "targ": "1", "RA": 1, "Dec": 1, "image": 1}
SPECTRUM = {**IMAGE, "image": 0, "spec": 1, "specz": 0, "cent": 0}


def a_body(sent: dict[str, Any] = IMAGE, **fields: Any) -> bytes:
    return json.dumps(sent | fields).encode()


def test_a_submission_that_comes_again_goes_by_the_options_of_its_own_time(mock: Mock):
    assert mock.ask("AstromPos", poserr=6)["OK"] == 1

    mock.options(poserr={"min": 1, "max": 5})
    assert mock.ask("AstromPos", poserr=6)["listErr"][0]["list"] == [
        "poserr is 6, but must be between 1 and 5"
    ]
    mock.options(registered=["!*"])
    assert "not recognised" in mock.ask("AstromPos", poserr=6)["ERROR"]
    mock.options(api_version="2", astrom_waits=False)
    again = mock.ask("AstromPos", poserr=6)
    assert again["APIVersion"] == "2"
    phases = mock.job(again["JobID"]).timeline.tracks["AstromPos"].phases
    assert [phase.state for phase in phases] == ["1", "2", "3", "4"]


def test_one_that_was_refused_is_good_once_the_options_allow_it(mock: Mock):
    assert mock.ask("Image", poserr=9)["OK"] == 0

    mock.options(poserr={"min": 1, "max": 9})

    assert mock.ask("Image", poserr=9)["OK"] == 1


def test_it_goes_by_the_scenario_of_its_own_time(mock: Mock):
    body = {"getCoords": 1, "RA": None, "Dec": None}
    unresolved = mock.scenario(unresolved=["coords"])

    assert mock.ask("Image", **body)["OK"] == 1
    assert mock.ask("Image", scenario=unresolved, **body)["OK"] == 0
    assert mock.ask("Image", **body)["OK"] == 1


def test_jobs_of_one_submission_have_all_their_own_but_what_was_sent(mock: Mock):
    jobs = [mock.job(mock.submit("Image")) for _ in range(20)]

    assert len({job.id for job in jobs}) == 20
    queued = {job.timeline.tracks["Image"].phases[1].exit for job in jobs}
    assert len(queued) > 5
    assert all(isinstance(one, After) for one in queued)
    assert len({job.submission for job in jobs}) == 1
    assert len({id(job.submission) for job in jobs[1:]}) == 1

    mock.cancel(jobs[0].id, "image")
    mock.advance("6s")
    assert [mock.code(job.id, "image") for job in jobs[:3]] == [-4, 2, 2]


def test_what_a_fault_does_to_one_answer_is_not_in_the_next(mock: Mock):
    effect = {"omit": ["jobPars.RA"], "set": {"jobPars.models": "none"}}
    struck = mock.scenario(faults=[{"operation": "submit", "effect": effect}])
    fields = {"models": ["apec", "powerlaw"], "notes": ["a", 1]}
    before = mock.ask("Spectrum", **fields)

    changed = mock.ask("Spectrum", scenario=struck, **fields)
    after = mock.ask("Spectrum", **fields)

    assert changed["jobPars"]["models"] == "none"
    assert "RA" not in changed["jobPars"]
    assert after == {**before, "JobID": after["JobID"], "URL": after["URL"]}


def test_an_answer_has_the_bytes_that_its_document_has(mock: Mock):
    warning = {"type": "old", "message": "Renew."}
    warned = mock.scenario(envelope={"deprecationWarning": warning, "APIVersion": 1e-5})
    for scenario in ("", warned):
        for body in (a_body(name="é/\u2028", x=1e300), a_body(SPECTRUM, models=["apec"])):
            headers = {"X-Mock-Scenario": scenario}
            for _ in range(2):
                answer = mock.call(
                    "POST", "/user_objects/run_userobject.php", content=body, headers=headers
                )
                assert answer.content == encode(answer.json())
                assert ("deprecationWarning" in answer.json()) == bool(scenario)


def test_nothing_that_is_kept_can_be_changed():
    read_once = read(a_body(SPECTRUM, models=["apec"], more=[1, 2]))
    accepted = read_once.accepted(OPTIONS)
    sent: Any = read_once.sent
    pars, as_they_were = accepted.pars(), json.loads(accepted.pars_json)

    with pytest.raises(TypeError):
        sent["RA"] = 1
    pars["RA"] = 2
    assert accepted.pars()["RA"] == as_they_were["RA"] == 1
    assert accepted.pars()["models"] == ("apec",)
    assert accepted.pars()["more"] == (1, 2)
    assert json.loads(encode(accepted.pars())) == as_they_were


def test_what_is_made_of_a_submission_is_kept_for_the_same_options_alone():
    read_once = read(a_body())
    other = UkssdcOptions()

    first = read_once.accepted(OPTIONS)

    assert read_once.accepted(OPTIONS) is first
    assert read_once.accepted(other) is not first
    assert read_once.accepted(UkssdcOptions(energies=OPTIONS.energies)) is not first
    with pytest.raises(RefusedError):
        read_once.accepted(UkssdcOptions(registered=("!*",)))
    assert read_once.accepted(OPTIONS).request == first.request


def test_few_and_small_bodies_are_kept():
    small, large = a_body(name="x"), a_body(name="x" * KEPT_BYTES)
    read(small)
    first = read(small)

    assert read(bytes(bytearray(small))) is first
    assert all(read(large) is not read(large) for _ in range(2))
    for number in range(reading._KEPT):
        for _ in range(2):
            read(a_body(name=f"y{number}"))
    assert read(small) is not first
    assert read(small).sent == first.sent
    assert len(reading._known.kept) <= reading._KEPT


def test_bodies_that_never_come_again_put_nothing_out():
    known = a_body(name="known")
    kept = [read(known) for _ in range(3)][-1]

    for number in range(10 * reading._KEPT):
        read(a_body(name=f"z{number}"))
        assert len(reading._known.seen) <= reading._KEPT

    assert read(known) is kept


def test_a_session_is_that_of_the_seed_sandbox_and_path_of_its_call():
    read_once = read(b'{"UserID": "me@x.org"}')
    keys = [(7, "a", "/x"), (7, "b", "/x"), (8, "a", "/x"), (7, "a", "/y")]

    for key in keys * 2:
        drawn = [Session(*key, body=read_once.body).at(now_us) for now_us in (1, 2)]
        assert [read_once.session(*key).at(now_us) for now_us in (1, 2)] == drawn
    assert len({read_once.session(*key).at(1) for key in keys}) == len(keys)


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"name": "x", "lc": 1, "RA": 1.5}, {"name": "x", "lc": "1", "RA": "1.5"}),
        ({"models": ["a", 1, None]}, {"models": "a,1,None"}),
        ({"on": True, "nothing": None, "deep": {"a": 1}}, None),
        ([], {}),
    ],
    ids=["texts and numbers", "a list", "others", "no object"],
)
def test_fields_are_texts(sent: Any, fields: dict[str, str] | None):
    found = read(orjson.dumps(sent)).fields

    expected = {name: str(value) for name, value in sent.items()} if fields is None else fields
    assert dict(found) == expected
    assert len(found) == len(expected)
    assert ("models" in found) == ("models" in expected)


@pytest.mark.parametrize(
    ("value", "names"),
    [("lc, spec,,lc ,image", ("lc", "spec", "image")), ("", ()), (" , ", ()), (5, ()), (None, ())],
)
def test_names_come_with_commas_between_them(value: object, names: tuple[str, ...]):
    read_once = read(orjson.dumps({"what": value}))

    assert read_once.names("what") == read_once.names("what") == names
    assert read_once.names("whatProg") == ()


def test_jobs_that_share_what_was_sent_go_through_a_snapshot(mock: Mock):
    first, second = mock.submit("Image", "LightCurve"), mock.submit("Image", "LightCurve")
    mock.advance("1m30s")
    world = mock.app.world
    text = frozen(world, mock.sandbox).model_dump_json()

    there = thawed(world, mock.sandbox.name, Snapshot.model_validate_json(text))

    for job_id in (first, second):
        assert there.job(job_id).submission == mock.job(job_id).submission
    there.cancel(there.job(first), ["Image"])
    states = [there.peek(there.job(one)).tracks["Image"].phase.state for one in (first, second)]
    assert states[0] == "-4"
    assert states[1] == mock.position(second).tracks["Image"].phase.state
    assert frozen(world, mock.sandbox).frozen == json.loads(text)["frozen"]
