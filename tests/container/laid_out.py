"""Does what a Dockerfile says, one instruction after the other, in folders and without an engine.

This machine's own system and Python stand in for the base image: they are seen in the folder,
read-only, and whatever the instructions bring is the folder's own.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from container.dockerfile import ROOT, Image
from container.pip_settings import PipSettings
from container.room import Room

_SYSTEM = ("bin", "etc", "lib", "lib32", "lib64", "libx32", "sbin", "usr")
_OWN = ("dev", "opt", "proc", "root", "tmp")
_PIP_SETTINGS = "/pip.conf"


def lay_out(image: Image, folder: Path, pip: PipSettings) -> Room:
    """The room that the last stage makes. Raises CalledProcessError where a step of it fails."""
    stages: dict[str, Room] = {}
    room = Room(root=folder, mounts={})
    for number, instructions in enumerate(image.stages):
        room = _base(folder / str(number), pip)
        _, _, name = instructions[0][1].partition(" AS ")
        stages[name or str(number)] = room
        env, cwd = {"PATH": f"{sys.base_prefix}/bin:/usr/local/bin:/usr/bin:/bin"}, "/"
        for word, rest in instructions:
            match word:
                case "WORKDIR":
                    cwd = rest
                    _inside(room, cwd).mkdir(parents=True, exist_ok=True)
                case "COPY":
                    _copy(rest.split(), room, cwd, stages)
                case "RUN":
                    settings = {"PIP_CONFIG_FILE": _PIP_SETTINGS, "HOME": "/root"}
                    room.run_as_root(json.loads(rest), env={**env, **settings}, cwd=cwd)
    return room


def _base(root: Path, pip: PipSettings) -> Room:
    mounts: dict[str, Path] = {}
    for name in _OWN:
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in _SYSTEM:
        outside = Path("/") / name
        if outside.is_symlink():
            (root / name).symlink_to(outside.readlink())
        elif outside.is_dir():
            mounts[f"/{name}"] = outside
    for outside in {Path(sys.base_prefix), Path(sys.base_prefix).resolve(), *pip.paths}:
        if not any(outside.is_relative_to(seen) for seen in mounts.values()):
            mounts[str(outside)] = outside
    (root / _PIP_SETTINGS.lstrip("/")).write_text(pip.text, encoding="utf-8")
    room = Room(root=root, mounts=mounts)
    for inside, outside in mounts.items():
        _place(_inside(room, inside), outside)
    return room


def _place(place: Path, outside: Path) -> None:
    """Something to mount on."""
    if outside.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()


def _copy(words: list[str], room: Room, cwd: str, stages: Mapping[str, Room]) -> None:
    *sources, target = words
    outside = [ROOT / name for name in sources]
    if sources[0].startswith("--from="):
        stage = stages[sources.pop(0).removeprefix("--from=")]
        outside = [_inside(stage, name) for name in sources]
    place = _inside(room, str(Path(cwd) / target))
    for source in outside:
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__") if source.is_relative_to(ROOT) else None
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=ignore)
        else:
            shutil.copy(source, place / source.name if place.is_dir() else place)


def _inside(room: Room, path: str) -> Path:
    return room.root / path.lstrip("/")
