"""Decides which form of an answer an Accept header asks for. Pure.

Source: VESTA wire notes, 1.7 (observed, with 40 values): of each type that could be sent, the most
specific range of the header that fits it counts, with its q. The highest q wins, then the more
specific range, then the order of the types. q=0 never wins; a range with parameters fits nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Form(StrEnum):
    """A form that an answer may have."""

    JSON = "application/json"
    HTML = "text/html"
    XML = "application/xml"


class Decision(StrEnum):
    """The three occasions to decide, each with its types in order."""

    STATE = "state"
    ERROR = "error"
    CANARIE = "canarie"


_CANDIDATES = {
    Decision.STATE: (Form.JSON, Form.HTML, Form.XML),
    Decision.ERROR: (Form.JSON, Form.HTML),
    Decision.CANARIE: (Form.HTML, Form.JSON),
}


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    q: float

    def specificity(self, form: Form) -> int | None:
        """How closely it fits: 2 exactly, 1 by `type/*`, 0 by `*/*`; None if it does not."""
        if self.kind == form:
            return 2
        if self.kind == f"{form.partition('/')[0]}/*":
            return 1
        return 0 if self.kind == "*/*" else None


@lru_cache(maxsize=128)
def form_of(decision: Decision, accept: str | None, *, is_by_the_docs: bool = True) -> Form:
    """The form to answer in.

    accept: the header; None if there is none. is_by_the_docs: whether JSON is what nobody has to
    ask for, as documented; the real program sends errors as HTML then.
    """
    won = best(_CANDIDATES[decision], accept or "")
    if decision is Decision.STATE:
        # A browser's text/html gets JSON, too: there is no page for a state.
        return Form.XML if won is Form.XML else Form.JSON
    if won is None:
        return Form.JSON if is_by_the_docs else Form.HTML
    return won


def best(candidates: Sequence[Form], accept: str) -> Form | None:
    """The candidate that the header prefers; None if it wants none of them."""
    ranges = list(_ranges(accept))
    won: Form | None = None
    won_by: tuple[float, int] = (0.0, -1)
    for form in candidates:
        fits = [(s, r.q) for r in ranges if (s := r.specificity(form)) is not None]
        if not fits:
            continue
        specificity, q = max(fits)
        if q > 0 and (q, specificity) > won_by:
            won, won_by = form, (q, specificity)
    return won


def _ranges(accept: str) -> Iterator[_Range]:
    for entry in accept.split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        q = 1.0
        if parameters:
            name, _, value = parameters[0].partition("=")
            if len(parameters) > 1 or name.strip().lower() != "q":
                continue  # observed: a range with parameters fits nothing
            q = _quality(value.strip())
        yield _Range(kind.lower(), q)


def _quality(text: str) -> float:
    """A q between 0 and 1; what is no number counts as 1 (a choice)."""
    try:
        q = float(text)
    except ValueError:
        return 1.0
    return min(max(q, 0.0), 1.0) if math.isfinite(q) else 1.0
