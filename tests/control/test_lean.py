"""What a request to `/_mock` does not pay for."""

import pytest
from starlette.routing import Route

PATHS = (
    "jobs",
    "clock",
    "scenarios",
    "faults",
    "journal",
    "report",
    "seed",
    "options/toy",
    "health",
)


def test_routes_are_served_as_they_were_made(tester):
    """FastAPI makes an included router's routes anew, at the first request that looks there."""
    assert all(isinstance(route, Route) for route in tester.app.routes)


@pytest.mark.parametrize("path", PATHS)
def test_a_request_is_answered_by_the_event_loop_itself(tester, monkeypatch, path):
    def refuse(work, *_, **__):
        raise AssertionError(f"a thread is asked for {work}")

    monkeypatch.setattr("anyio.to_thread.run_sync", refuse)

    tester.get(f"/_mock/{path}")
    tester.put("/_mock/clock", {"mode": "manual"})
    tester.post("/_mock/reset")
