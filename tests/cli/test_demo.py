"""The demonstration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cli.shop import SLOW_TOY, Shop

from mockstatus.cli.client import Reply
from mockstatus.cli.loopback import Loopback


def test_a_job_of_each_service_is_told_to_its_end(shop: Shop) -> None:
    slow = replace(SLOW_TOY, name="slow", client_path="/slow")
    shop.services = {"toy": shop.services["toy"], "slow": slow}

    said = shop.run("demo")

    assert said.code == 0
    assert said.lines[0].startswith("A server at http://127.0.0.1:")
    services, states = said.column("service"), said.column("state")
    assert [name for name in dict.fromkeys(services) if name in shop.services] == ["toy", "slow"]
    for name in shop.services:
        told = [s for n, s in zip(services, states, strict=True) if n == name]
        assert told[0] == "QUEUED"
        assert told[-1] == "DONE"
        assert 4 <= len(told) <= 10
    assert said.column("call").count("wind_up") == 1
    assert said.lines[-1] == "Now start your own: mockstatus serve"


def test_the_same_seed_tells_the_same(shop: Shop) -> None:
    runs = [shop.run("demo", "--seed", seed).out.split("\n", 1)[1] for seed in ("1", "1", "2")]

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_the_environment_does_not_change_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ADMIN_TOKEN": "x", "CLOCK": "fast", "MAX_SANDBOXES": "none"}.items():
        monkeypatch.setenv(f"MOCKSTATUS_{name}", value)

    assert shop.run("demo").code == 0


def test_a_service_that_refuses_its_sample_is_told(shop: Shop) -> None:
    shop.services["toy"] = replace(shop.services["toy"], sample={})

    said = shop.run("demo")

    assert said.code == 0
    assert "oops a toy needs a name" in said.out


def test_a_control_api_that_refuses_is_no_silent_failure(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(shop.services, seed=0) as server:
        monkeypatch.setattr(server, "ask", lambda *_: Reply(500, b"no"))
        with pytest.raises(RuntimeError, match="/_mock/clock/advance answered 500: b'no'"):
            server.advance(1)
