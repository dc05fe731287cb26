"""From a file to a scenario, or to all that is wrong with it at once."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_scenario import MODELS, ToyFile

from mockstatus.errors import CircularWaitError, ScenarioError
from mockstatus.scenario.load import Loaded, load_folder, load_scenario
from mockstatus.scenario.schema import ScenarioFile, ScriptError
from mockstatus.scenario.source import MOST_BYTES
from mockstatus.scenario.strict import Located

GOOD = """\
service: toy
summary: A toy is made and done.
expires: {after: 2h, idle: true}
phases:
  - {state: QUEUED, for: 30s..5m}
  - {state: RUNNING, polls: 3}
  - {state: DONE, result: [{"@id": x, n: 0.5.1}]}
faults:
  - {operation: status, nth: 2, effect: {status: 503}}
"""


def load(content: str | bytes, expected: str | None = None) -> ScenarioFile:
    return load_scenario(content, path="toy/x.yaml", models=MODELS, expected_service=expected)


def problems(content: str | bytes, expected: str | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        load(content, expected)
    return [str(problem).removeprefix("toy/x.yaml:") for problem in refused.value.problems]


def wrong(text: str) -> list[str]:
    """What is wrong with these lines in an otherwise good file; they begin at line 3."""
    end = "" if "phases:" in text else "phases: [{state: DONE}]\n"
    return problems(f"service: toy\nsummary: x\n{text}\n{end}")


def test_a_good_file_becomes_its_services_scenario() -> None:
    scenario = load(GOOD)

    assert isinstance(scenario, ToyFile)
    assert [phase.state for phase in scenario.phases] == ["QUEUED", "RUNNING", "DONE"]
    assert scenario.phases[2].result == [{"@id": "x", "n": "0.5.1"}]


def test_json_is_taken_as_well() -> None:
    value = {"service": "toy", "summary": "Done 😀.", "phases": [{"state": "DONE", "for": "1s"}]}

    for indent in (None, 2, "\t"):
        assert load(json.dumps(value, indent=indent)).summary == "Done 😀."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "phases:\n  - {state: RUNING}",
            "4:13: unknown state 'RUNING', expected one of QUEUED, RUNNING, DONE, BROKEN; "
            "did you mean 'RUNNING'?",
            id="an unknown state",
        ),
        pytest.param(
            "phases:\n  - {state: DONE, forr: 3s}",
            "4:19: unknown key 'forr', expected one of for, polls, until, state, result; "
            "did you mean 'for'?",
            id="an unknown key is pointed at",
        ),
        pytest.param(
            "phases:\n  - {for: 3s}", "4:5: missing key 'state'", id="a missing key: its mapping"
        ),
        pytest.param(
            "phases: [{state: DONE, for: 30}]",
            "3:29: 30 has no unit, expected a duration such as 250ms, 1.5s, 1h30m, 2d or PT1H30M",
            id="a bare number",
        ),
        pytest.param(
            "phases: [{state: DONE, for: 5m..30s}]",
            "3:29: '5m..30s' ends before it begins, expected the shorter span first",
            id="a range the wrong way round",
        ),
        pytest.param(
            "phases: [{state: DONE, for: 3s, polls: 1}]",
            "3:33: 'polls' cannot stand beside 'for': a phase has one way out",
            id="two ways out point at the second",
        ),
        pytest.param(
            "phases: [{state: DONE, polls: 0}]",
            "3:31: polls is 0, expected at least 1",
            id="a number out of bounds",
        ),
        pytest.param(
            "phases: [{state: DONE, polls: yes}]",
            "3:31: polls is 'yes', expected a whole number",
            id="yes is text",
        ),
        pytest.param(
            "phases: [{state: DONE, until: Go}]",
            "3:31: 'Go' is not the name of a signal, expected one such as go-on, or a mapping",
            id="a union of text and mapping, text found",
        ),
        pytest.param(
            "phases: [{state: DONE, until: {trak: x}}]",
            "3:32: unknown key 'trak', expected one of track, failed; did you mean 'track'?",
            id="a union of text and mapping, mapping found",
        ),
        pytest.param(
            "phases: [{state: DONE, until: {track: x, failed: {state: DON}}}]",
            "3:58: unknown state 'DON', expected one of QUEUED, RUNNING, DONE, BROKEN; "
            "did you mean 'DONE'?",
            id="deep within a union",
        ),
        pytest.param(
            "phases: [{state: DONE, until: 4}]",
            "3:31: until is 4, expected text or a mapping",
            id="no branch fits",
        ),
        pytest.param(
            "phases: {state: DONE}", "3:9: phases is a mapping, expected a list", id="no list"
        ),
        pytest.param("phases: []", "3:9: phases has 0 item(s), expected at least 1", id="empty"),
        pytest.param("phases:", "3:8: phases is null, expected a list", id="nothing"),
        pytest.param(
            "phases: [3]", "3:10: item 1 of phases is 3, expected a mapping", id="no mapping"
        ),
        pytest.param(
            "phases: [{state: [1]}]",
            "3:18: state is a list, expected one of 'QUEUED', 'RUNNING', 'DONE', 'BROKEN'",
            id="a list for a word",
        ),
        pytest.param(
            "cancel: refus",
            "3:9: cancel is 'refus', expected 'refuse' or a mapping; did you mean 'refuse'?",
            id="a word in a union",
        ),
        pytest.param(
            "cancel: {code: 30}", "3:16: code is 30, expected at most 9", id="one of two mappings"
        ),
        pytest.param(
            "expires: {after: requst}",
            "3:18: 'requst' is not a duration, expected one such as 250ms, 1.5s, 1h30m, 2d or "
            "PT1H30M (units d, h, m, s, ms), or 'request'; did you mean 'request'?",
            id="a duration or a word",
        ),
        pytest.param(
            "expires: {after: 2h, idle: 1}", "3:28: idle is 1, expected true or false", id="idle"
        ),
        pytest.param(
            "seed:", "3:6: null is not allowed here, leave the key out instead", id="nothing given"
        ),
        pytest.param(
            "match: {a: 3}", "3:12: a is 3, expected text", id="a pattern that is no text"
        ),
        pytest.param(
            'match: {"": x}',
            "3:9: the key '' is '', expected at least 1 character(s)",
            id="an empty name",
        ),
        pytest.param(
            "faults: [{effect: {headers: {'A B': x}}}]",
            "3:30: 'A B' is not the name of a header that may be set, expected one such as "
            "Retry-After",
            id="a bad key is pointed at",
        ),
        pytest.param(
            "faults: [{effect: {status: 503, wire: reset}}]",
            "3:20: 'status' cannot stand beside 'wire'",
            id="keys that exclude each other",
        ),
        pytest.param(
            "faults: [{effect: {delay: {median: 1s}}}]", "3:27: missing key 'max'", id="a spread"
        ),
        pytest.param(
            "faults: [{effect: {delay: {median: 2s, max: 1s}}}]",
            "3:45: the longest delay is below the median",
            id="what a mapping's own model says",
        ),
        pytest.param(
            "faults: [{effect: {wire: reset}, probability: high}]",
            "3:47: probability is 'high', expected a number",
            id="a word for a number",
        ),
        pytest.param(
            "faults: [{effect: {wire: reset}, at: {state: true}}]",
            "3:46: state is true, expected text or a whole number",
            id="two kinds of scalar",
        ),
        pytest.param(
            "faults: [{operation: stats, effect: {wire: reset}}]",
            "3:22: unknown operation 'stats', expected one of submit, status, cancel; "
            "did you mean 'status'?",
            id="an unknown operation",
        ),
        pytest.param(
            "phases:\n  - {state: DONE}\n  - {state: RUNNING}",
            "5:13: DONE is an end, nothing can follow it",
            id="what only the service can see",
        ),
        pytest.param(
            "seed: &x 3", "3:7: anchors are not allowed, expected plain YAML", id="an anchor"
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(text: str, told: str) -> None:
    assert wrong(text) == [told]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
service: toy
summry: x
seed: !x 3
phases:
  - {state: DONE, polls: 0, polls: 1}
  - {state: RUNING, for: 3}
faults: [{effect: {}}]
"""

    assert [line.split(": ")[0] for line in problems(text)] == [
        "2:1",
        "3:7",
        "5:26",
        "5:29",
        "6:13",
        "6:26",
        "7:19",
    ]


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        ("[1]", None, ["1:1: the file holds a list, expected a mapping with the key 'service'"]),
        ("~", None, ["1:1: the file holds null, expected a mapping with the key 'service'"]),
        ("summary: x", None, ["1:1: missing key 'service', expected other or toy"]),
        (
            "service: toi",
            None,
            ["1:10: unknown service 'toi', expected one of other, toy; did you mean 'toy'?"],
        ),
        ("service: [1]", None, ["1:10: unknown service a list, expected one of other, toy"]),
        ("summary: x", "other", ["1:1: missing key 'service', expected other"]),
        (
            "service: toy\nsummary: x\nphases: [{state: DONE}]",
            "other",
            ["1:10: service is 'toy', expected other, as its folder says"],
        ),
        (
            "service: othr\nsumary: x",
            "other",
            [
                "1:10: unknown service 'othr', expected other; did you mean 'other'?",
                "2:1: unknown key 'sumary'",
            ],
        ),
    ],
)
def test_the_service_decides_what_a_file_may_say(
    text: str, expected: str | None, told: list[str]
) -> None:
    found = problems(text, expected)

    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ScriptError("too late", at=("phases", 1, "polls")), ["6:29: too late"]),
        (
            ScriptError.of([Located("b", ("phases", 2)), Located("a", ("phases",), True)]),
            ["4:1: a", "7:5: b"],
        ),
        (CircularWaitError(["a", "b", "a"]), ["1:1: tracks wait for one another in a circle: "]),
        (ValueError("a track has at least one phase"), ["1:1: a track has at least one phase"]),
    ],
)
def test_what_the_service_finds_when_it_compiles_is_a_problem_of_the_file(
    error: Exception, told: list[str]
) -> None:
    def check(_: ScenarioFile) -> None:
        raise error

    with pytest.raises(ScenarioError) as refused:
        load_scenario(GOOD, path="x", models=MODELS, check=check)

    found = [str(problem).removeprefix("x:") for problem in refused.value.problems]
    assert [line[: len(start)] for line, start in zip(found, told, strict=True)] == told


def test_a_file_that_compiles_is_handed_over() -> None:
    seen: list[ScenarioFile] = []

    scenario = load_scenario(GOOD, path="x", models=MODELS, check=seen.append)

    assert seen == [scenario]


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)),
            st.integers(0, 12),
            st.sampled_from(
                [
                    "",
                    "\t",
                    "\n",
                    "~",
                    "[",
                    "]",
                    "{",
                    "}",
                    ": ",
                    "- ",
                    "'",
                    "3",
                    "x",
                    "&a ",
                    "true",
                    ".inf",
                ]
            ),
        ),
        max_size=5,
    )
)
def test_whatever_is_changed_in_a_good_file_only_a_scenario_error_escapes(
    changes: list[tuple[int, int, str]],
) -> None:
    text = GOOD
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]

    with suppress(ScenarioError):
        load(text)


@pytest.mark.parametrize(
    "text",
    ["phases:\n" + "- {a: 1}\n" * 3_000, "".join(f"k{number}: 1\n" for number in range(3_000))],
    ids=["in many mappings", "in one mapping"],
)
def test_thousands_of_mistakes_are_told_in_a_bounded_list(text: str) -> None:
    found = problems(f"service: toy\n{text}")

    assert len(found) == 101
    assert "more problems from here on" in found[-1]


def put(folder: Path, name: str, text: str | bytes = GOOD) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


OTHER = "service: other\nsummary: Nothing.\n"


def test_a_folder_gives_its_scenarios_by_service_and_name(tmp_path: Path) -> None:
    file = put(tmp_path, "toy/one.yaml")
    put(tmp_path, "toy/Two_2-b.yaml")
    put(tmp_path, "other/one.yaml", OTHER)

    loaded, wrong_ones = load_folder(tmp_path, MODELS)

    assert wrong_ones == []
    assert sorted(loaded) == ["other/one", "toy/Two_2-b", "toy/one"]
    one = loaded["toy/one"]
    assert one == Loaded("toy/one", load(GOOD), GOOD, str(file))
    assert one.service == "toy"


def test_what_is_no_scenario_is_passed_over(tmp_path: Path) -> None:
    for name in (".git/x.yaml", "toy/.hidden.yaml", "toy/README.md", "notes.txt", "docs/a.txt"):
        put(tmp_path, name)
    (tmp_path / "toy" / ".hidden").mkdir()

    assert load_folder(tmp_path, MODELS) == ({}, [])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("toy/x.yml", GOOD, "toy/x.yml:1:1: rename to x.yaml"),
        ("toy/x.YAML", GOOD, "toy/x.YAML:1:1: rename to x.yaml"),
        ("toy/my story.yaml", GOOD, "toy/my story.yaml:1:1: 'my story' is no name"),
        ("x.yaml", GOOD, "x.yaml:1:1: expected in a folder named after its service, toy or other"),
        ("toi/x.yaml", GOOD, "toi:1:1: unknown service 'toi', expected one of other, toy; did you"),
        ("toy/deep/x.yaml", GOOD, "toy/deep:1:1: a folder, expected scenario files alone"),
        ("other/x.yaml", GOOD, "other/x.yaml:1:10: service is 'toy', expected other"),
        ("toy/x.yaml", b"\xff", "toy/x.yaml:1:1: byte 0xff is not UTF-8"),
        ("toy/x.yaml", b" " * (MOST_BYTES + 9), "toy/x.yaml:1:1: the file has 262145 bytes"),
    ],
)
def test_what_should_not_be_in_a_folder_is_a_problem_beside_the_good_ones(
    tmp_path: Path, name: str, text: str | bytes, told: str
) -> None:
    put(tmp_path, "toy/good.yaml")
    put(tmp_path, name, text)

    loaded, (problem, *more) = load_folder(tmp_path, MODELS)

    assert list(loaded) == ["toy/good"]
    assert str(problem).startswith(f"{tmp_path}{os.sep}{told}")
    assert not more or name == "other/x.yaml"


def test_a_link_may_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside.yaml")
    inside = put(tmp_path, "all/..data/x.yaml")
    toy = tmp_path / "all" / "toy"
    toy.mkdir()
    (toy / "out.yaml").symlink_to(outside)
    (toy / "in.yaml").symlink_to(inside)
    (toy / "gone.yaml").symlink_to(tmp_path / "nowhere")

    loaded, wrong_ones = load_folder(tmp_path / "all", MODELS)

    assert list(loaded) == ["toy/in"]
    assert [problem.message for problem in wrong_ones] == [
        "not a file that can be read",
        "a link that leads out of the folder",
    ]


def test_a_whole_service_folder_may_not_be_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/x.yaml")
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "toy").symlink_to(tmp_path / "elsewhere")

    loaded, (problem,) = load_folder(tmp_path / "all", MODELS)

    assert loaded == {}
    assert problem.message == "a link that leads out of the folder"


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    loaded, (problem,) = load_folder(tmp_path / "gone", MODELS)

    assert loaded == {}
    assert problem.message.startswith("not a folder that can be read")


def test_a_file_that_vanishes_or_is_locked_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "toy/x.yaml")
    monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "No")))

    loaded, (problem,) = load_folder(tmp_path, MODELS)

    assert loaded == {}
    assert problem.message == "cannot be read: No"


def test_a_folder_within_that_cannot_be_listed_counts_as_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "lost+found/x.yaml")
    listed = Path.iterdir

    def iterdir(self: Path):  # type: ignore[no-untyped-def]  # stands in for a method
        if self.name == "lost+found":
            raise PermissionError(13, "No")
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)

    assert load_folder(tmp_path, MODELS) == ({}, [])


def test_files_beyond_the_bound_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockstatus.scenario.load.MOST_SCENARIOS", 2)
    for number in range(3):
        put(tmp_path, f"toy/x{number}.yaml")

    loaded, (problem,) = load_folder(tmp_path, MODELS)

    assert list(loaded) == ["toy/x0", "toy/x1"]
    assert problem.message == "more than 2 files, the rest was not read"


def test_a_file_that_did_not_change_keeps_its_object(tmp_path: Path) -> None:
    put(tmp_path, "toy/same.yaml")
    put(tmp_path, "toy/changed.yaml")
    before, _ = load_folder(tmp_path, MODELS)
    put(tmp_path, "toy/changed.yaml", GOOD.replace("made", "built"))

    after, _ = load_folder(tmp_path, MODELS, known=before)

    assert after["toy/same"] is before["toy/same"]
    assert "built" in after["toy/changed"].scenario.summary
