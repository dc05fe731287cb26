"""Builds the image for real, from the Dockerfile as it is, with buildah: no daemon, no registry.

What it keeps lies in one folder, and is gone with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from container.dockerfile import ROOT, Config, Image
from container.pip_settings import PipSettings
from container.room import Room, output_of

BASE = os.environ.get("MOCKSTATUS_BASE")
"""A folder that `tests/container/base` has made already, if there is one."""
_NAME = "localhost/mockstatus"
_PROGRAMS = ("buildah", "debootstrap")


def missing() -> str:
    """What this machine lacks to build an image; empty if nothing."""
    lacking = [name for name in _PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


@contextmanager
def build(image: Image, folder: Path, pip: PipSettings) -> Iterator[tuple[Room, Config]]:
    """The built image as a room, with what it says about itself. Removed on exit."""
    buildah = _Buildah(folder)
    try:
        base = Path(BASE) if BASE else _stand_in(folder / "base")
        for name in set(image.bases):
            buildah.import_folder(base, name)
        settings = folder / "pip.conf"
        settings.write_text(pip.text, encoding="utf-8")
        seen = {"/etc/pip.conf": settings, **{str(path): path for path in pip.paths}}
        volumes = [f"--volume={outside}:{inside}:ro" for inside, outside in seen.items()]
        flags = ["--pull-never", "--isolation=chroot", "--format=docker", *volumes]
        buildah.run("bud", *flags, f"--tag={_NAME}", f"--file={ROOT / 'Dockerfile'}", str(ROOT))
        container = buildah.run("from", "--pull-never", _NAME)
        root = Path(buildah.run("mount", container))
        yield Room(root=root, mounts={}), buildah.config(_NAME)
    finally:
        buildah.forget()


def _stand_in(folder: Path) -> Path:
    output_of([Path(__file__).parent / "base", folder])
    return folder


class _Buildah:
    """buildah with a storage of its own below a folder."""

    def __init__(self, folder: Path) -> None:
        self._options = [
            "--storage-driver=vfs",
            f"--root={folder / 'storage'}",
            f"--runroot={folder / 'run'}",
        ]

    def run(self, command: str, *words: str) -> str:
        return output_of(["buildah", *self._options, command, *words])

    def import_folder(self, folder: Path, name: str) -> None:
        """Makes an image with this content, and no configuration, under this name."""
        container = self.run("from", "scratch")
        place = self.run("mount", container)
        output_of(["cp", "--archive", f"{folder}/.", place])
        self.run("commit", "--quiet", "--rm", container, name)

    def config(self, name: str) -> Config:
        told = json.loads(self.run("inspect", "--type=image", name))["Docker"]["config"]
        kind, *health = told["Healthcheck"]["Test"]
        assert kind == "CMD"
        return Config(
            env=dict(pair.split("=", 1) for pair in told["Env"]),
            labels=told["Labels"],
            entrypoint=told["Entrypoint"],
            command=told["Cmd"],
            health=health,
            user=told["User"],
            stop_signal=told.get("StopSignal", ""),
        )

    def forget(self) -> None:
        """Containers, their mounts, and images."""
        for command in (["umount", "--all"], ["rm", "--all"], ["rmi", "--all", "--force"]):
            subprocess.run(["buildah", *self._options, *command], check=False, capture_output=True)
