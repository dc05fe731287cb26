"""Scenario files that change while the server runs."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from cli.shop import SUCCESS, Shop

from mockstatus.cli.library import checker, models
from mockstatus.cli.watching import read_again, watching
from mockstatus.scenario.library import Library


@pytest.fixture
def library(shop: Shop) -> Library:
    services = shop.services
    return Library(models(services), folders=(shop.folder,), check=checker(services))


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="mockstatus.serve")
    return caplog


def test_good_changes_are_told_by_name(
    shop: Shop, library: Library, said: pytest.LogCaptureFixture
) -> None:
    shop.story(SUCCESS, "fresh")
    shop.story(SUCCESS.replace("2s", "3s"), "success")
    read_again(library)
    (shop.folder / "toy" / "fresh.yaml").unlink()
    read_again(library)

    assert said.messages == [
        "scenarios read again: new toy/fresh; changed toy/success",
        "scenarios read again: gone toy/fresh",
    ]


def test_a_bad_change_is_told_in_a_line_each_and_the_last_good_one_stays(
    shop: Shop, library: Library, said: pytest.LogCaptureFixture
) -> None:
    before = library.get("toy/success")
    file = shop.story("service: toy\nsummary: x\nphases: [{state: DON}]\nsede: 7\n", "success")

    read_again(library)

    assert [message.split(" ")[0] for message in said.messages] == [f"{file}:3:18:", f"{file}:4:1:"]
    assert all(message.endswith("; the last good one stays") for message in said.messages)
    assert library.get("toy/success") is before


def test_nothing_is_said_where_nothing_changed(
    library: Library, said: pytest.LogCaptureFixture
) -> None:
    read_again(library)

    assert said.messages == []


def test_a_change_on_disk_is_seen_while_watching(
    shop: Shop, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()
    monkeypatch.setattr("mockstatus.cli.watching.read_again", lambda _: seen.set())

    with watching(library):
        for number in range(50):  # the watcher may not be there yet for the first ones
            shop.story(SUCCESS, f"number-{number}")
            if seen.wait(0.2):
                break

    assert seen.is_set()
    assert not any(thread.name == "mockstatus-watch" for thread in threading.enumerate())


def test_serving_with_watch_watches_all_folders(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    watched: list[object] = []
    monkeypatch.setattr("mockstatus.cli.serve.serve_forever", lambda *_, **__: None)
    monkeypatch.setattr(
        "mockstatus.cli.watching.watch", lambda *folders, **_: watched.extend(folders) or ()
    )

    said = shop.run("serve", "--port", "0", "--watch", "--scenarios", own)

    assert (said.code, said.err) == (0, "")
    assert watched == [shop.folder, own]
