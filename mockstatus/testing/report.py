"""What was learned about a client, as a test reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """document: as `/_mock/report` answers it."""

    document: dict[str, Any]

    @property
    def coverage(self) -> dict[str, dict[str, Any]]:
        """By service: `documented`, `shown`, `never`, `percent`, `summary`."""
        return dict(self.document["coverage"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Each with `name`, `about`, `service`, `job`, `text` and the `exchanges` that show it."""
        return list(self.document["findings"])

    @property
    def manners(self) -> list[str]:
        """The names of the findings, each once."""
        return list(dict.fromkeys(one["name"] for one in self.findings))

    def of(self, names: Iterable[str] | None) -> list[dict[str, Any]]:
        """The findings of these names; those about the client where None."""
        if names is None:
            return [one for one in self.findings if one["about"] == "client"]
        wanted = set(names)
        return [one for one in self.findings if one["name"] in wanted]
