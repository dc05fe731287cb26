"""What a scenario may say, and how a mistake in one is told."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mockstatus.errors import ScenarioError
from mockstatus.scenario.load import load_scenario
from mockstatus.services.ukssdc.phases import codes_of
from mockstatus.services.ukssdc.script import OPERATIONS, UkssdcFile, error_problem

HEAD = "service: ukssdc\nsummary: A story.\n"


def load(text: str) -> UkssdcFile:
    scenario = load_scenario(HEAD + text, path="a.yaml", models={"ukssdc": UkssdcFile})
    assert isinstance(scenario, UkssdcFile)
    return scenario


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        load(text)
    return [f"{problem.line}: {problem.message}" for problem in error.value.problems]


def products(name: str, *phases: dict[str, Any], **more: Any) -> str:
    return yaml.safe_dump({"products": {name: [*phases]}, **more}, sort_keys=False)


def test_a_file_tells_all_that_is_wrong_with_it_at_once():
    text = """\
products:
  Image:
    - {code: 33}
    - {code: 4, for: 5}
  lc: [{code: 1}]
  Nope: [{code: 1}]
expires: {after: request}
faults:
  - {at: {state: -10}, effect: {wire: reset}}
"""
    found = problems(text)

    assert [one.partition(",")[0] for one in found] == [
        "5: unknown code 33",
        "6: 5 has no unit",
        "7: unknown product 'lc'",
        "8: unknown product 'Nope'",
        "9: clients of this service ask for no time that 'request' could mean",
    ]
    assert found[2].endswith("; did you mean 'LightCurve'?")
    assert "expected one of default, LightCurve, Spectrum" in found[3]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("{state: -10}", "unknown state '-10', expected one of -4"),
        ("{state: 3, track: lightcurve}", "unknown track 'lightcurve'"),
    ],
)
def test_a_fault_that_could_never_strike_is_refused_unless_the_story_is_unlikely(at, message):
    text = f"faults: [{{at: {at}, effect: {{wire: reset}}}}]\n"

    assert message in problems(text)[0]
    load(f"unlikely: true\n{text}")
    load("faults: [{at: {state: 3, track: LightCurve}, effect: {wire: reset}}]")


@pytest.mark.parametrize("code", [1, 2, 3, 4, -1, -2, -3, -4])
def test_a_story_may_begin_with_any_code(code: int):
    assert load(products("default", {"code": code})).products


@pytest.mark.parametrize(
    "codes",
    [
        [1, 2, 3, 4],
        [1, 3, 4],
        [1, -1],
        [1, 2, -2],
        [2, -3],
        [3, -3],
        [3, 3, -4],
        [1, 5, 3, 4],
        [2, 5, -3],
        [5, -4],
    ],
    ids=str,
)
def test_a_story_in_an_order_that_the_service_knows_is_taken(codes: list[int]):
    assert load(products("AstromPos", *({"code": code} for code in codes)))


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([4, 3], "code 3 cannot follow 4, nothing can"),
        ([2, 1], "code 1 cannot follow 2, expected one of 3, 5, -2, -3, -4"),
        ([1, 4], "code 4 cannot follow 1"),
        ([-4, 4], "code 4 cannot follow -4, nothing can"),
        ([1, 6], "unknown code 6"),
        ([-10], "unknown code -10"),
    ],
    ids=str,
)
def test_an_order_that_the_service_forbids_is_refused_unless_unlikely(
    codes: list[int], message: str
):
    text = products("AstromPos", *({"code": code} for code in codes))

    (told,) = problems(text)
    assert message in told
    assert load(text + "unlikely: true\n").unlikely


def test_leaving_a_product_out_is_no_step():
    text = products(
        "Image", {"code": 1}, {"omitted": True, "for": "1m"}, {"code": 2}, {"omitted": True}
    )

    assert codes_of(load(text).products["Image"]) == [1, 1, 2, 2]
    assert codes_of(load(products("Image", {"omitted": True})).products["Image"]) == [1]
    text = products("Image", {"code": 4}, {"omitted": True, "for": "1m"}, {"code": 4})
    assert codes_of(load(text).products["Image"]) == [4, 4, 4]


def test_a_code_that_goes_by_while_left_out_is_checked_like_any():
    text = products("Image", {"code": 1}, {"omitted": True, "code": 4})

    assert "code 4 cannot follow 1" in problems(text)[0]


@pytest.mark.parametrize("name", ["Image", "default"])
def test_only_an_astrometric_position_waits(name: str):
    assert "only AstromPos waits" in problems(products(name, {"code": 5}))[0]


def test_what_comes_instead_after_a_wait_must_be_possible_too():
    until = {"track": "StandardPos", "failed": {"code": 4}}

    assert (
        "code 4 cannot follow 5"
        in problems(products("AstromPos", {"code": 5, "until": until}, {"code": 3}))[0]
    )


@pytest.mark.parametrize(
    ("phase", "message"),
    [
        ({}, "missing key 'code'"),
        ({"code": 2, "stage": "Prepare data."}, "'stage' belongs to code 3"),
        ({"code": 2, "heading": "x"}, "'heading' belongs to code 3"),
        ({"code": 3, "stage": "Cook."}, "unknown stage 'Cook.', expected one of Prepare data."),
        ({"code": 3, "extra": "x"}, "'extra' is the text beside 'stage'"),
        ({"code": 3, "heading": "x", "progress": {}}, "cannot stand beside 'progress'"),
        ({"code": 3, "until": {"track": "psf"}}, "unknown product 'psf'"),
        (
            {"code": 3, "until": {"track": "Image", "failed": {"code": 3, "stage": "x"}}},
            "unknown stage 'x'",
        ),
        ({"code": 3, "for": "1s", "polls": 2}, "'polls' cannot stand beside 'for'"),
        ({"code": "3"}, "3"),
        ({"code": 3, "colour": 1}, "unknown key 'colour'"),
    ],
    ids=str,
)
def test_a_phase_that_makes_no_sense_is_refused(phase: dict[str, Any], message: str):
    told = problems(products("Spectrum", phase))

    assert any(message in one for one in told), told


def test_a_stage_needs_its_product():
    phase = {"code": 3, "stage": "Prepare data."}

    assert "name the product" in problems(products("default", phase))[0]


def test_an_unknown_product_is_refused_by_name():
    (told,) = problems(products("Lightcurve", {"code": 1}))

    assert "Lightcurve" in told
    assert "LightCurve" in told


def test_products_that_wait_in_a_circle_are_refused():
    text = products("default", {"code": 2, "until": {"track": "Image"}}, {"code": 3}, {"code": 4})

    assert "Image -> Image" in problems(text)[0]


def test_a_standard_position_cannot_wait_for_the_position_that_waits_for_it():
    text = products("StandardPos", {"code": 2, "until": {"track": "AstromPos"}}, {"code": 3})

    assert "in a circle" in problems(text)[0]
    assert load(text + "  AstromPos: [{code: 1, for: 5s}, {code: 3}, {code: 4}]\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cancel: {}\n", "a cancel needs 'lag' or 'code'"),
        ("cancel: {code: 3, lag: 5s}\n", "a cancel refused with code 3 has no lag"),
        ("cancel: {code: 2}\n", "2"),
        ("faults: [{operation: poll, effect: {status: 500}}]\n", "unknown operation 'poll'"),
        ("faults: [{effect: {error: {code: 1}}}]\n", "unknown key 'code'"),
        ("faults: [{effect: {error: {listErr: []}}}]\n", "needs the key 'ERROR'"),
        ("faults: [{effect: {error: {ERROR: x, listErr: 1}}}]\n", "'listErr' is a list"),
        ("envelope: {apiversion: 1}\n", "did you mean 'APIVersion'"),
        ("results: {StandardPos: nothing}\n", "nothing"),
        ("files: {expire: 7}\n", "no unit"),
        ("unresolved: [names]\n", "names"),
    ],
)
def test_what_else_makes_no_sense_is_refused(text: str, message: str):
    told = problems(text)

    assert any(message in one for one in told), told


@pytest.mark.parametrize(
    "text",
    [
        "cancel: refuse\n",
        "cancel: {lag: 5s}\n",
        "cancel: {code: 3}\n",
        "cancel: {code: 4, lag: 5s}\n",
        "files: {expire: 7d, failed: missing}\n",
        "envelope: {APIVersion: 1.13, deprecationWarning: {type: a, message: b}}\n",
        'envelope: {APIVersion: "1.13.0"}\n',
        "submit: {refuse: no, listErr: [{label: these, list: [RA]}]}\n",
        "results: {StandardPos: none, EnhancedPos: {RA: 1.5}, Spectrum: {slices: 156}}\n",
        "results: {SourceDet: {sources: 0}, LightCurve: none, AstromPos: {WhichSXPS: 2SXPS}}\n",
        "unresolved: [coords, targets, T0]\n",
        "faults: [{operation: positions, effect: {error: {ERROR: x}}}]\n",
    ],
)
def test_what_a_scenario_may_say_beside_its_phases(text: str):
    assert load(text)


def test_faults_may_name_what_is_served():
    for name in OPERATIONS:
        assert load(f"faults: [{{operation: {name}, effect: {{status: 500}}}}]\n")


def test_an_error_that_a_fault_describes_is_in_the_services_own_form():
    assert error_problem({"ERROR": "no", "listErr": []}) is None
