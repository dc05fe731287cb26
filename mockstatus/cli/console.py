"""Where commands write: tables and colours on a terminal, plain text everywhere else.

rich decides about colours: none where NO_COLOR is set or nobody looks.
"""

from __future__ import annotations

import os
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 160
"""Columns where the output goes to no terminal, which would say how many it has."""


def console() -> Console:
    """Standard output. What is printed is taken as it is: no markup, no highlighting."""
    is_fixed = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    width = _WIDTH if is_fixed else None
    return Console(width=width, highlight=False, markup=False, emoji=False)


def table(*columns: str) -> Table:
    """A table without frames; only the last column makes room where there is too little."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold underline")
    for column in columns[:-1]:
        made.add_column(column, no_wrap=True)
    made.add_column(columns[-1], overflow="fold")
    return made


def printable(text: str) -> str:
    """The text in one line, without what would disturb a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def plain(text: str, style: str = "", *, is_cut: bool = False) -> Text:
    """Text that is printed as it is. is_cut: what does not fit into a line is left out."""
    if is_cut:
        return Text(text, style=style, no_wrap=True, overflow="ellipsis")
    return Text(text, style=style)
