"""Recorded exchanges, each with its source: what is asked is answered just so, ids apart.

In a golden file `{name}` stands for an id, the same wherever the name comes again, `{*}` for
anything, `{base}` for the service's address. Keys of objects are compared in their order.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "golden"
GOLDEN = sorted(path for path in FOLDER.glob("*.json") if path.stem != "seeds")
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = re.compile(r"\{([a-z_]+|\*)\}")


class Names:
    """What the names of a golden file stand for in this run."""

    def __init__(self, base: str) -> None:
        self.known = {"base": base}

    def filled(self, value: Any) -> Any:
        """A request with its names replaced."""
        if isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if isinstance(value, str):
            return NAME.sub(lambda found: self.known.get(found[1], found[0]), value)
        return value

    def check(self, expected: Any, found: Any, at: str = "") -> None:
        """Holds a part of an answer against the golden one."""
        if expected == "{*}":
            return
        assert type(found) is type(expected), at
        if isinstance(expected, dict):
            assert list(found) == list(expected), at
            for key, value in expected.items():
                self.check(value, found[key], f"{at}.{key}")
        elif isinstance(expected, list):
            assert len(found) == len(expected), at
            for index, value in enumerate(expected):
                self.check(value, found[index], f"{at}[{index}]")
        elif isinstance(expected, str):
            self._check_text(expected, found, at)
        else:
            assert found == expected, at

    def _check_text(self, expected: str, found: str, at: str) -> None:
        new: list[str] = []

        def pattern(name: str) -> str:
            if name in self.known:
                return re.escape(self.known[name])
            if name == "*":
                return ".*"
            new.append(name)
            return f"(?P<{name}>{ID})"

        parts = NAME.split(expected)
        whole = "".join(
            pattern(part) if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        matched = re.fullmatch(whole, found)
        assert matched is not None, f"{at}: {found!r} is not {expected!r}"
        self.known.update({name: matched[name] for name in new})


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_recorded_exchange_happens_again(krixik: Any, path: Path) -> None:
    golden = json.loads(path.read_text())
    assert golden["source"]
    assert golden["standing"]
    assert golden["date"]
    krixik.options(**golden.get("options", {}))
    if "default" in golden:
        krixik.default("krixik/" + krixik.scenario(golden["default"]))
    names = Names(krixik.base)
    accepted: dict[str, Any] = {}
    for step in golden["steps"]:
        if "advance" in step:
            krixik.advance(step["advance"])
        elif "upload" in step:
            assert krixik.upload(accepted, step["upload"].encode()).status_code == 204
        else:
            request, answer = step["request"], step["answer"]
            found = krixik.post(request["path"], names.filled(request["body"]))
            assert found.status_code == answer["status"], found.text
            names.check(answer["body"], found.json())
            if "presigned_post_url_results" in answer["body"]:
                accepted = found.json()


def test_the_seeds_have_what_the_wire_has(krixik: Any) -> None:
    """What the client makes of a status answer: Krixik wire notes, 1.4, last part."""
    golden = json.loads((FOLDER / "seeds.json").read_text())
    pipeline = golden["seeds"][0]["ongoing"]["pipeline"]
    accepted = krixik.submit("keyword-db", pipeline=pipeline, expire_time=60 * 30)
    kept = ("request_id", "file_id", "message", "pipeline", "process_status")

    def reported(document: dict[str, Any]) -> dict[str, Any]:
        done = all(document["process_status"].values())
        status = {key: document[key] for key in kept}
        return {"status_code": 200, **status, "overall_status": "complete" if done else "ongoing"}

    ongoing = reported(krixik.status(accepted))
    krixik.advance("1s")
    complete = reported(krixik.status(accepted))

    assert ongoing["file_id"] == complete["file_id"] == accepted["file_id"]
    for seed in golden["seeds"]:
        assert seed["source"].startswith("seed 00")
        for found, told in ((ongoing, seed["ongoing"]), (complete, seed["complete"])):
            assert list(found) == list(told)
            assert {**found, "request_id": 0, "file_id": 0} == {
                **told,
                "request_id": 0,
                "file_id": 0,
            }
