"""Documented exchanges, word for word.

Each file of `golden` says where it is from, of what standing, and when it was written down. Its
steps are played in order:
`post` (with `body` or `text`) and its `answer`, `get` and its `status`, `advance`. The documented
id of the job (`job`) stands for the real one, `{base}` for the service's address. A step compares
the whole answer, types and the order of keys included, unless it says "what is given".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.scenario.durations import parse_instant
from mockstatus.services.ukssdc import SERVICE
from mockstatus.services.ukssdc.products import BY_WIRE
from mockstatus.services.ukssdc.stages import Run, tree

if TYPE_CHECKING:
    from types import ModuleType

    from conftest import Mock

FOLDER = Path(__file__).parent / "golden"
GOLDEN = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def in_place(value: Any, mock: Mock, golden: dict[str, Any], job: str | None) -> Any:
    """A documented value with the real id and address in it."""
    documented = golden.get("job")
    if isinstance(value, dict):
        return {key: in_place(one, mock, golden, job) for key, one in value.items()}
    if isinstance(value, list):
        return [in_place(one, mock, golden, job) for one in value]
    if isinstance(value, str):
        value = value.replace("{base}", mock.base)
        return value if documented is None or job is None else value.replace(documented, job)
    if isinstance(value, int) and documented is not None and value == int(documented):
        return int(job) if job is not None else value
    return value


def given(answer: Any, expected: Any) -> Any:
    """The part of an answer that is documented."""
    if isinstance(answer, dict) and isinstance(expected, dict):
        return {key: given(answer[key], expected[key]) for key in expected if key in answer}
    return answer


def typed(value: Any) -> Any:
    """A value in which 1, 1.0, "1" and true are different, and so are orders of keys."""
    if isinstance(value, dict):
        return [(key, typed(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [typed(one) for one in value]
    return (type(value).__name__, value)


def played(mock: Mock, golden: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each step that has an answer, with the answer it got."""
    if "clock" in golden:
        mock.clock.set_now(parse_instant(golden["clock"]))
    mock.options(**golden.get("options", {}))
    scenario = golden.get("scenario")
    if isinstance(scenario, dict):
        scenario = mock.scenario(**{"products": {}, **scenario})
    headers = {} if scenario is None else {"X-Mock-Scenario": scenario}
    job: str | None = None
    for step in golden["steps"]:
        if "advance" in step:
            mock.advance(step["advance"])
        elif "get" in step:
            answer = mock.get(in_place(step["get"], mock, golden, job))
            yield {"answer": step["status"]}, answer.status_code
        else:
            sent = {"content": step["text"]} if "text" in step else {}
            if "body" in step:
                sent = {"json": in_place(step["body"], mock, golden, job)}
            path = f"/user_objects/{step['post']}"
            document = mock.call("POST", path, headers=headers, **sent).json()
            if step["post"] == "run_userobject.php":
                job = document.get("JobID", job)
            if "answer" in step:
                expected = in_place(step["answer"], mock, golden, job)
                yield {**step, "answer": expected}, document
            else:
                assert document["OK"] == 1, document


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_exchange_says_where_it_is_from(name: str) -> None:
    golden = GOLDEN[name]

    assert golden["title"]
    assert "UKSSDC wire notes" in golden["source"] or golden["source"].startswith("seed 00")
    assert golden["standing"].startswith(("documented", "confirmed", "a choice"))
    assert parse_instant(f"{golden['written']}T00:00:00Z")


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"stages", "submit-accepted"}))
def test_a_documented_exchange_is_what_is_answered(mock: Mock, name: str) -> None:
    compared = 0
    for step, answer in played(mock, GOLDEN[name]):
        expected = step["answer"]
        if step.get("compare") == "what is given":
            assert typed(given(answer, expected)) == typed(expected)
        else:
            assert typed(answer) == typed(expected)
        compared += 1
    assert compared


def test_the_documented_submission_is_accepted_and_completed(mock: Mock) -> None:
    ((step, answer),) = played(mock, GOLDEN["submit-accepted"])

    # In which order the echo tells its parameters is nobody's business.
    assert answer == step["answer"]
    assert list(answer) == list(step["answer"])


@pytest.mark.parametrize("name", [name for name in GOLDEN if "progressText" in str(GOLDEN[name])])
def test_the_real_client_renders_the_documented_text(
    mock: Mock, xrt_prods: ModuleType, name: str
) -> None:
    ((step, answer),) = played(mock, GOLDEN[name])
    request = xrt_prods.XRTProductRequest("me@x.org")

    for wire, text in step["progressText"].items():
        assert request._buildProgressString(answer[wire]["progress"]) == text


@pytest.mark.parametrize("wire", GOLDEN["stages"]["stages"])
def test_stages_have_the_documented_labels(wire: str) -> None:
    def labels(steps: list[dict[str, Any]]) -> Iterator[Any]:
        for step in steps:
            yield step["StepLabel"]
            if "SubStep" in step:
                yield [*labels(step["SubStep"])]

    told = tree(BY_WIRE[wire], Run(parts=(0, 1), running_us=0))

    assert [*labels(told["ProgressSteps"])] == GOLDEN["stages"]["stages"][wire]


def test_the_documented_codes_are_the_services_states() -> None:
    # Seed 002, "Status code".
    assert set(SERVICE.states) == {"-10", "-4", "-3", "-2", "-1", "1", "2", "3", "4", "5"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_golden_file_is_written_as_it_is_read(path: Path) -> None:
    text = json.dumps(json.loads(path.read_text()), indent=1, ensure_ascii=False) + "\n"

    assert path.read_text() == text
