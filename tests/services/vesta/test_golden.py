"""Exchanges whose every byte has a source, replayed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mockstatus.scenario.durations import parse_instant
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.services.vesta.codes import CODES
from mockstatus.services.vesta.states import STATES

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_there_is_one_for_every_state_and_every_code() -> None:
    names = " ".join(path.stem for path in GOLDEN)

    for state in STATES:
        assert f"state-{state.lower()}" in names
    for code, row in CODES.items():
        # 109 is told by REVOKED alone.
        wanted = "state-revoked" if code == 109 else f"code-{code}"
        assert wanted in names, row


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_each_cites_its_source_and_its_date(path: Path) -> None:
    golden = read(path)

    assert re.search(r"seed 004, \"[a-z_]+\"|VESTA wire notes, [0-9.]+", golden["source"])
    assert golden["standing"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", golden["date"])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_exchange_is_answered_byte_for_byte(gateway: Any, path: Path) -> None:
    golden = read(path)
    if "now" in golden:
        gateway.clock.set_now(parse_instant(golden["now"]))
    gateway.options(**golden.get("options", {}))
    uuid = "U"
    if "phases" in golden:
        story = gateway.scenario(*golden["phases"])
        annotator = golden.get("annotator", "diarisation")
        uuid = gateway.submit(story, annotator=annotator, ann_doc_id="541a0e")
    for fault in golden.get("faults", []):
        posted = FaultSpec.model_validate(fault).to_domain()
        gateway.sandbox.faults.post(posted, gateway.clock.now_us())

    for step in golden["steps"]:
        if "advance" in step:
            gateway.advance(step["advance"])
            continue
        asked, expected = step["request"], step["answer"]
        url = asked["path"].replace("uuid=U", f"uuid={uuid}")
        answer = gateway.call(asked["method"], url, headers=asked.get("headers", {}))
        assert answer.status_code == expected["status"], answer.text
        for name, value in expected["headers"].items():
            assert answer.headers[name] == value
        assert UUID.sub("U", answer.content.decode()) == expected["body"]
