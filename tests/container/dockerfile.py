"""Reads a Dockerfile: the instructions of its stages, and what its last one promises."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]

Instruction = tuple[str, str]
"""A word such as RUN, and the rest of its line, with continued lines joined."""


@dataclass
class Config:
    """What an image tells an engine about how to run it."""

    env: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    user: str = ""
    stop_signal: str = ""


@dataclass
class Image:
    """lines: all instructions. stages: the same, by stage. The rest: what the last stage says."""

    lines: list[Instruction]
    stages: list[list[Instruction]]
    config: Config
    health_options: dict[str, str]
    folders: list[str]

    @property
    def bases(self) -> list[str]:
        return [stage[0][1].split()[0] for stage in self.stages]


def read(path: Path) -> Image:
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    lines = [
        (line.split(maxsplit=1)[0].upper(), line.split(maxsplit=1)[1].strip())
        for line in joined.splitlines()
        if line.strip()
    ]
    starts = [number for number, (word, _) in enumerate(lines) if word == "FROM"]
    stages = [lines[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    last = stages[-1]
    return Image(
        lines=lines,
        stages=stages,
        config=_config(last),
        health_options=_health_options(last),
        folders=[rest for word, rest in last if word == "WORKDIR"],
    )


def _config(stage: Sequence[Instruction]) -> Config:
    config = Config()
    for word, rest in stage:
        match word:
            case "ENV":
                config.env |= _pairs(rest)
            case "LABEL":
                config.labels |= _pairs(rest)
            case "ENTRYPOINT":
                config.entrypoint = json.loads(rest)
            case "CMD":
                config.command = json.loads(rest)
            case "HEALTHCHECK":
                config.health = json.loads(rest.partition("CMD ")[2])
            case "USER":
                config.user = rest
            case "STOPSIGNAL":
                config.stop_signal = rest
    return config


def _health_options(stage: Sequence[Instruction]) -> dict[str, str]:
    [options] = [rest.partition("CMD ")[0] for word, rest in stage if word == "HEALTHCHECK"]
    return _pairs(options.replace("--", ""))


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))
