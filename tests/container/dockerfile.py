"""Reads a Dockerfile: the instructions of its last stage, and what they promise."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Image:
    """What the last stage says. lines: all instructions of the file, continued lines joined."""

    lines: list[tuple[str, str]]
    env: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    health_options: str = ""
    user: str = ""
    folders: list[str] = field(default_factory=list)


def read(path: Path) -> Image:
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    lines = [
        (line.split(maxsplit=1)[0].upper(), line.split(maxsplit=1)[1].strip())
        for line in joined.splitlines()
        if line.strip()
    ]
    image = Image(lines)
    last = max(number for number, (word, _) in enumerate(lines) if word == "FROM")
    for word, rest in lines[last:]:
        match word:
            case "ENV":
                image.env |= _pairs(rest)
            case "LABEL":
                image.labels |= _pairs(rest)
            case "ENTRYPOINT":
                image.entrypoint = json.loads(rest)
            case "CMD":
                image.command = json.loads(rest)
            case "HEALTHCHECK":
                image.health_options, _, command = rest.partition("CMD ")
                image.health = json.loads(command)
            case "USER":
                image.user = rest
            case "WORKDIR":
                image.folders.append(rest)
    return image


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))
