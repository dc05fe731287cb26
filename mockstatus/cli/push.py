"""`mockstatus push`: uploads the scenarios of a folder to a sandbox of a server that runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import typer

from mockstatus.cli.exits import Code, WrongUseError
from mockstatus.cli.remote import RemoteServer, Reply
from mockstatus.errors import Problem
from mockstatus.scenario.source import MOST_BYTES

_KINDS = {".yaml", ".yml"}


def push(folder: Path, server: RemoteServer) -> Code:
    """Uploads `folder`/SERVICE/NAME.yaml, or the files of one service's own folder.

    Good files are uploaded even where others are not; every problem is written, as
    file:line:column. Raises WrongUseError where there is no folder, no file, or no server.
    """
    files = list(_files(folder))
    if not files:
        raise WrongUseError(f"no scenario files in {folder}, expected SERVICE/NAME.yaml")
    problems = [problem for file in files for problem in _uploaded(server, file)]
    for problem in problems:
        typer.echo(str(problem), err=True)
    good = len(files) - len({problem.path for problem in problems})
    typer.echo(f"{good} of {len(files)} scenarios uploaded to {server.url}")
    return Code.FAILED if problems else Code.FINE


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise WrongUseError(f"{folder} is no folder")
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from (one for one in sorted(entry.iterdir()) if _is_scenario(one))
        elif _is_scenario(entry):
            yield entry.resolve() if folder == Path() else entry


def _is_scenario(path: Path) -> bool:
    is_shown = not path.name.startswith(".")
    return is_shown and path.suffix.lower() in _KINDS and path.is_file()


def _uploaded(server: RemoteServer, file: Path) -> Iterator[Problem]:
    """Uploads one file; what is wrong with it."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        yield Problem(str(file), 1, 1, f"cannot be read: {error.strerror}")
        return
    name = f"{quote(file.parent.name, safe='')}/{quote(file.stem, safe='')}"
    reply = server.ask("PUT", f"/scenarios/{name}", content, "application/yaml")
    if not reply.is_good:
        yield from _problems(reply, file)


def _problems(reply: Reply, file: Path) -> Iterator[Problem]:
    document = reply.document()
    if not isinstance(document, dict):
        yield Problem(str(file), 1, 1, f"the server answered {reply.status}")
        return
    errors = document.get("errors") or [{"what": document.get("detail", "it was refused")}]
    for one in errors:
        yield Problem(str(file), int(one.get("line", 1)), int(one.get("column", 1)), one["what"])
