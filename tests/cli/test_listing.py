"""Listing scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.shop import SUCCESS, Shop


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a scenario of one's own."""
    folder = tmp_path / "own"
    (folder / "toy").mkdir(parents=True)
    text = SUCCESS.replace("It is made.", "'[bold]Mine[/bold].'")
    (folder / "toy" / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def test_scenarios_are_listed_with_their_summary_and_where_they_come_from(
    shop: Shop, own: Path
) -> None:
    said = shop.run("list", "--scenarios", own)

    assert said.code == 0
    assert said.column("scenario") == ["toy/mine", "toy/success"]
    assert said.column("source") == [str(own / "toy" / "mine.yaml"), "shipped"]
    assert said.column("summary") == ["[bold]Mine[/bold].", "It is made."]
    assert "\x1b" not in said.out


def test_programs_get_json(shop: Shop) -> None:
    said = shop.run("list", "toy", "--format", "json")

    assert json.loads(said.out) == [
        {"name": "toy/success", "source": "shipped", "summary": "It is made."}
    ]


def test_only_one_service_is_listed_where_one_is_named(shop: Shop) -> None:
    shop.services["bear"] = shop.services["toy"]

    assert json.loads(shop.run("list", "bear", "--format", "json").out) == []


def test_an_unknown_service_is_told_with_one_like_it(shop: Shop) -> None:
    said = shop.run("list", "toys")

    assert (said.code, said.out) == (2, "")
    assert said.err == "unknown service 'toys', expected toy; did you mean 'toy'?\n"


def test_what_is_wrong_with_the_files_is_told_instead(shop: Shop, own: Path) -> None:
    (own / "toy" / "bad.yaml").write_text("service: toy\n", encoding="utf-8")

    said = shop.run("list", "--scenarios", own)

    assert (said.code, said.out) == (2, "")
    assert [line.partition("bad.yaml")[2] for line in said.err.splitlines()] == [
        ":1:1: missing key 'phases'",
        ":1:1: missing key 'summary'",
    ]
