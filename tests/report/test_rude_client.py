"""What a test learns about its client: a rude one, and the report about it.

The client below is how many begin: it works, as long as nothing goes wrong and nobody minds. The
report says what its author would otherwise hear from the service's operators.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockstatus.app import create_app
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

REPORT = Path(__file__).parent / "rude_client.txt"


class Sleep:
    """Waits by moving the server's clock."""

    def __init__(self, tester: httpx.Client) -> None:
        self.tester = tester

    def __call__(self, seconds: int) -> None:
        self.tester.post("/clock/advance", json={"by": f"{seconds}s"}).raise_for_status()


class RudeClient:
    """Asks two services for work. sleep: how it waits."""

    def __init__(self, http: httpx.Client, sleep: Sleep) -> None:
        self.http = http
        self.sleep = sleep

    def annotate(self, document: str) -> dict[str, object]:
        """Has VESTA annotate a document; never gives up, and never looks at what it is told."""
        try:
            answer = self.http.post("/vesta/diarisation/annotate", params={"doc_url": document})
        except httpx.HTTPError:
            answer = self.http.post("/vesta/diarisation/annotate", params={"doc_url": document})
        uuid = answer.json()["uuid"]
        for _ in range(6):
            status = self.http.get("/vesta/diarisation/status", params={"uuid": uuid})
            self.sleep(10)
        return dict(status.json())

    def observe(self, request: dict[str, object]) -> None:
        """Has the UKSSDC make products; asks every ten seconds, and forgets to fetch them."""
        job = self.http.post("/ukssdc/user_objects/run_userobject.php", json=request).json()
        about = {"UserID": request["UserID"], "JobID": job["JobID"], "what": "lc", "whatProg": ""}
        code = 0
        while code not in {4, -3}:
            answer = self.http.post("/ukssdc/user_objects/checkProductStatus.php", json=about)
            if answer.status_code == 200:
                code = answer.json()["lc"]["statusCode"]
            self.sleep(10)
        self.http.post("/ukssdc/user_objects/canceljob.php", json=about)


@pytest.fixture
def server() -> Iterator[ThreadServer]:
    with ThreadServer(create_app(Settings(seed=7, clock="manual"))) as server:
        yield server


def test_a_rude_client_is_told_what_it_did(server: ThreadServer) -> None:
    with httpx.Client(base_url=f"{server.url}/_mock") as tester:
        tester.put("/clock", json={"now": "2026-01-01T00:00:00Z"})
        # VESTA: the first answer is lost, and the task fails.
        lost = {"service": "vesta", "operation": "submit", "times": 1, "when": "after"}
        tester.post("/faults", json={**lost, "effect": {"wire": "empty"}})
        tester.post("/next", json={"scenario": "vesta/failure", "count": 3})
        # UKSSDC: one call is asked to come back in a minute.
        busy = {"status": 503, "headers": {"Retry-After": "60"}}
        tester.post(
            "/faults",
            json={"service": "ukssdc", "operation": "status", "nth": 3, "effect": busy},
        )

        with httpx.Client(base_url=server.url) as http:
            client = RudeClient(http, Sleep(tester))
            client.annotate("http://example.org/interview.wav")
            client.observe(ORDER)
        report = tester.get("/report", params={"format": "text"}).text

    assert report == REPORT.read_text(encoding="utf-8")


ORDER: dict[str, object] = {
    "UserID": "me@example.org",
    "name": "GRB 200416A",
    "targ": "00966554",
    "RA": 335.6985,
    "Dec": -7.5179,
    "cent": 1,
    "poserr": 1,
    "useSXPS": 0,
    "T0": 608713541.952,
    "lc": 1,
    "binMeth": "counts",
    "pccounts": 20,
    "wtcounts": 30,
    "dynamic": 1,
}
