"""The words of a text, their stems, and the words that a keyword search leaves out.

Source: Krixik wire notes, 5.7 (documented). How punctuation is cut off is a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Split at blanks and hyphens; long dashes, which texts use like blanks, too.
_PARTS = re.compile(r"[^\s\-\u2010-\u2015]+")
_CORE = re.compile(r"\w(?:.*\w)?")

_STOP_WORDS = """
i me my myself we our ours ourselves you you're you've you'll you'd your yours yourself yourselves
he him his himself she she's her hers herself it it's its itself they them their theirs themselves
what which who whom this that that'll these those am is are was were be been being have has had
having do does did doing a an the and but if or because as until while of at by for with about
against between into through during before after above below to from up down in out on off over
under again further then once here there when where why how all any both each few more most other
some such no nor not only own same so than too very s t can will just don don't should should've
now d ll m o re ve y ain aren aren't couldn couldn't didn didn't doesn doesn't hadn hadn't hasn
hasn't haven haven't isn isn't ma mightn mightn't mustn mustn't needn needn't shan shan't shouldn
shouldn't wasn wasn't weren weren't won won't wouldn wouldn't
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that a keyword search finds nothing for."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in a text. line, number: count from 1, number within its line."""

    text: str
    line: int
    number: int


def words_of(text: str) -> Iterator[Word]:
    """All words of a text, stop words among them, in their order."""
    for line, content in enumerate(lines_of(text), start=1):
        for number, word in enumerate(_cores(content), start=1):
            yield Word(word, line, number)


def lines_of(text: str) -> list[str]:
    """The lines of a text; a line break at its very end begins no further line."""
    return text.removesuffix("\n").split("\n") if text else []


def query_words(query: str) -> tuple[str, ...]:
    """The words of a query in lower case, each once, in their order."""
    return tuple(dict.fromkeys(_cores(query.lower())))


class Stems:
    """Finds the stems of words, each word only once."""

    def __init__(self) -> None:
        # Only a keyword search pays for importing it, 10 ms, not each start of a server.
        from snowballstemmer.english_stemmer import (  # type: ignore[import-untyped]
            EnglishStemmer,
        )

        self._stemmer = EnglishStemmer()
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """The stem of a word, whatever its case."""
        stem = self._known.get(word)
        if stem is None:
            stem = self._known[word] = self._stemmer.stemWord(word.lower())
        return stem


def _cores(line: str) -> Iterator[str]:
    """Words without the punctuation around them; what has no letter or digit is no word."""
    for part in _PARTS.findall(line):
        core = _CORE.search(part)
        if core is not None:
            yield core[0]
