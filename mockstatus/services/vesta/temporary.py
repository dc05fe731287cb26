"""Temporary files, in memory: bounded in number, in bytes, and in time on the sandbox's clock."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from mockstatus.scenario.planning import Draws

LIFE_US = 24 * 3600 * 1_000_000
"""Files live 24 hours: VESTA wire notes, 1.5 (documented)."""

# choice: the real service drops files beyond 10 GB.
NUMBER_LIMIT = 1_000
BYTES_LIMIT = 64 << 20

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class File:
    """What was stored, and when."""

    content: bytes
    at_us: int


@dataclass(slots=True, eq=False)
class Files:
    """Files by name. The oldest make room for new ones."""

    _files: OrderedDict[str, File] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _names: int = 0

    def store(self, name: str, content: bytes, now_us: int) -> None:
        """Keeps a file, in place of one of this name."""
        self._drop(name)
        self._files[name] = File(content, now_us)
        self._bytes += len(content)
        self._forget_old(now_us)
        while len(self._files) > NUMBER_LIMIT or self._bytes > BYTES_LIMIT:
            self._drop(next(iter(self._files)))

    def get(self, name: str, now_us: int) -> bytes | None:
        """A file's content; None if it is not there any more, or never was."""
        self._forget_old(now_us)
        found = self._files.get(name)
        return found.content if found is not None else None

    def new_name(self, draws: Draws, extension: str) -> str:
        """A name that no other file has: a UUID, some random characters, the extension."""
        self._names += 1
        digits = draws.hex(40, "file", self._names)
        parts = (digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:32])
        return f"{'-'.join(parts)}{digits[32:]}{extension}"

    def _forget_old(self, now_us: int) -> None:
        while self._files:
            name, file = next(iter(self._files.items()))
            if now_us < file.at_us + LIFE_US:
                return
            self._drop(name)

    def _drop(self, name: str) -> None:
        dropped = self._files.pop(name, None)
        if dropped is not None:
            self._bytes -= len(dropped.content)


def safe_name(name: str) -> str:
    """A name without anything that could lead elsewhere: `n ame.txt` becomes `n_ame.txt`."""
    flat = name.replace("/", " ").replace("\\", " ")
    return _UNSAFE.sub("_", flat.strip()).strip("._")[:200] or "file"


def extension_of(filename: str) -> str:
    """`.wav` of `talk.wav`; empty where there is none of use."""
    _, dot, extension = safe_name(filename).rpartition(".")
    return f".{extension[:20]}" if dot and extension else ""
