"""Options of more than one command, and the words that an option may be."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class CheckFormat(StrEnum):
    """How problems are written."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"


class ListFormat(StrEnum):
    """How a list is written."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class ShowFormat(StrEnum):
    """How a story is drawn."""

    TABLE = "table"
    MERMAID = "mermaid"
    YAML = "yaml"


def setting(text: str, variable: str, **more: Any) -> Any:
    """An option that is also an environment variable; reading that is `Settings`' affair."""
    return typer.Option(help=f"{text} Also {variable}.", show_default=False, **more)


Scenarios = Annotated[
    list[Path] | None,
    setting(
        "A folder with scenarios of one's own; may be given several times, later ones win.",
        "MOCKSTATUS_SCENARIOS",
        metavar="DIR",
    ),
]
Seed = Annotated[
    int, typer.Option(help="Where draws and ids come from: the same seed, the same story.")
]
