"""A job's timeline as a Mermaid state diagram. Pure.

Ids are ours; whatever comes from a scenario stands in labels, without the characters that mean
something to Mermaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from mockstatus.cli.outline import Line

_MEANINGFUL = re.compile(r"[^A-Za-z0-9 .,_+/()-]")


def diagram(lines: Sequence[Line], *, title: str = "") -> str:
    """The source of a `stateDiagram-v2`, with a newline at its end; each track is a composite."""
    tracks = [list(group) for _, group in groupby(lines, key=lambda line: line.track)]
    parts = [f"---\ntitle: {_label(title.replace(': ', ' - '))}\n---"] if title else []
    parts.append("stateDiagram-v2")
    for number, track in enumerate(tracks, start=1):
        if len(tracks) == 1:
            parts += [f"    {part}" for part in _track("p", track)]
            continue
        parts.append(f'    state "{_label(track[0].track)}" as t{number} {{')
        parts += [f"        {part}" for part in _track(f"t{number}p", track)]
        parts.append("    }")
    return "\n".join(parts) + "\n"


def _track(prefix: str, lines: Sequence[Line]) -> Iterator[str]:
    """A track's states, then the ways between them."""
    for line in lines:
        text = f"{line.phase.state} {line.progress}".rstrip()
        yield f"{_id(prefix, line)} : {_label(text)}"
    story = [line for line in lines if not line.instead]
    yield f"[*] --> {_id(prefix, story[0])}"
    for line, following in pairwise(story):
        yield f"{_id(prefix, line)} --> {_id(prefix, following)} : {_label(line.leaves)}"
    for line in lines:
        if line.instead:
            yield f"{prefix}{line.number} --> {_id(prefix, line)} : if that ended badly"
    yield from _ends(prefix, [story[-1], *(line for line in lines if line.instead)])


def _ends(prefix: str, lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        if line.phase.ending is not None:
            yield f"{_id(prefix, line)} --> [*]"


def _id(prefix: str, line: Line) -> str:
    return f"{prefix}{line.number}{'b' if line.instead else ''}"


def _label(text: str) -> str:
    return _MEANINGFUL.sub(" ", text).strip() or "-"
