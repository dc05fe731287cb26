"""How this machine's pip reaches its index: handed to a build, which is not to know it by itself.

Whatever is set by files or variables (an index of one's own, certificates, a proxy, folders of
wheels) becomes one file for the build, with the files that it names beside it. What decides about
versions does not: the lock does.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

WAYS = (
    *("index-url", "extra-index-url", "no-index", "find-links", "trusted-host"),
    *("cert", "client-cert", "proxy", "timeout", "default-timeout", "retries"),
)
# Where no option of pip's says it, its libraries look here.
_CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class PipSettings:
    """text: a configuration file. paths: what of this machine it names, and has to be seen."""

    text: str
    paths: tuple[Path, ...]


def of_this_machine() -> PipSettings:
    """What `pip config list` tells, a variable before a file as pip has it."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    ways = dict(_ways(listed))
    bundle = next((os.environ[name] for name in _CERTIFICATES if os.environ.get(name)), None)
    if bundle is not None:
        ways.setdefault("cert", bundle)
    lines = [f"{name} = {' '.join(value.split())}" for name, value in ways.items()]
    words = " ".join(ways.values()).split()
    paths = sorted({path for word in words for path in [_path(word)] if path is not None})
    return PipSettings("\n".join(["[global]", *lines, ""]), tuple(paths))


def _ways(listed: str) -> Iterator[tuple[str, str]]:
    """From lines such as `global.cert='/a/file'` and, later and stronger, `:env:.cert='…'`."""
    lines = [line.split("=", 1) for line in listed.splitlines() if "=" in line]
    for key, value in sorted(lines, key=lambda line: line[0].startswith(":env:")):
        name = key.rpartition(".")[2]
        if name in WAYS:
            yield name, str(ast.literal_eval(value))


def _path(word: str) -> Path | None:
    """The file or folder that a setting names, if there is one; of an index what lies beside it."""
    url = urlsplit(word)
    path = Path(unquote(url.path)) if url.scheme == "file" else Path(word)
    if url.scheme == "file" and path.name == "simple":
        path = path.parent  # its pages link to files that are kept next to them
    return path if path.is_absolute() and path.exists() else None
