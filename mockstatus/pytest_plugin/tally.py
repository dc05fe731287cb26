"""What a session learned, from all of its tests and workers. Knows no pytest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any


class Tally:
    """Sums up reports. Its records are documents, so that workers can hand them over."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def add(self, test: str, sandbox: str, seed: int, report: dict[str, Any]) -> None:
        """Takes the report of a test's sandbox in."""
        coverage = {
            name: {"documented": one["documented"], "shown": one["shown"]}
            for name, one in report["coverage"].items()
        }
        findings = [{"name": one["name"], "text": one["text"]} for one in report["findings"]]
        self.records.append(
            {
                "test": test,
                "sandbox": sandbox,
                "seed": seed,
                "coverage": coverage,
                "findings": findings,
            }
        )

    def coverage(self) -> dict[str, dict[str, list[str]]]:
        """By service: what it documents, and what of that any test's client was shown."""
        found: dict[str, dict[str, list[str]]] = {}
        for record in self.records:
            for name, one in record["coverage"].items():
                known = found.setdefault(name, {"documented": one["documented"], "shown": []})
                words = {*known["shown"], *one["shown"]}
                known["shown"] = [word for word in known["documented"] if word in words]
        return dict(sorted(found.items()))

    def percent(self) -> float:
        """Of a hundred documented states, how many were shown; 0 if no service was used."""
        covered = self.coverage().values()
        documented = sum(len(one["documented"]) for one in covered)
        shown = sum(len(one["shown"]) for one in covered)
        return 1000 * shown // documented / 10 if documented else 0.0

    def findings(self) -> dict[str, int]:
        """How often there was each finding."""
        found = Counter(one["name"] for record in self.records for one in record["findings"])
        return dict(sorted(found.items()))

    def lines(self) -> Iterator[str]:
        """The summary for a terminal."""
        for name, one in self.coverage().items():
            never = [word for word in one["documented"] if word not in one["shown"]]
            told = f": never {', '.join(never)}" if never else ""
            yield f"{name} {len(one['shown'])}/{len(one['documented'])}{told}"
        for name, times in self.findings().items():
            yield f"{name}: {times}"
        seeds = sorted({record["seed"] for record in self.records})
        yield f"seed{'s' if len(seeds) > 1 else ''} {' '.join(map(str, seeds))}"

    def write(self, file: Path) -> None:
        """Writes all of it: a page where the file's name ends in .html, else JSON."""
        document = {
            "percent": self.percent(),
            "coverage": self.coverage(),
            "findings": self.findings(),
            "tests": self.records,
        }
        is_page = file.suffix == ".html"
        text = self._page() if is_page else json.dumps(document, indent=2)
        file.write_text(text + "\n", encoding="utf-8")

    def _page(self) -> str:
        rows = "\n".join(
            f"<tr><td>{escape(record['test'])}<td>{record['seed']}<td>"
            + "<br>".join(escape(f"{one['name']}: {one['text']}") for one in record["findings"])
            for record in self.records
        )
        summary = escape("\n".join(self.lines()))
        return (
            '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>mockstatus</title>\n'
            f"<h1>mockstatus: {self.percent()} %</h1>\n<pre>{summary}</pre>\n"
            f"<table><tr><th>test<th>seed<th>findings\n{rows}\n</table></html>"
        )
