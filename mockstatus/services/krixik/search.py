"""What a search finds in one file: words by their stems, snippets by what they share with a query.

Source: Krixik wire notes, 5.7. The distances of a semantic search are a choice: no model runs, but
they are stable, and a snippet that shares words with the query is nearer than one that does not.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from math import sqrt

from mockstatus.services.krixik.content import Piece, drawn
from mockstatus.services.krixik.words import STOP_WORDS, Stems, Word, query_words, words_of

_FAR = 0.5
_NEARER = 0.4
_SCATTER = 0.05


class KeywordIndex:
    """The words of a text that a keyword search can find."""

    def __init__(self, text: str) -> None:
        self._places: dict[str, array[int]] = {}
        self._spellings: dict[str, list[str]] = {}
        stems = Stems()
        for word in words_of(text):
            if word.text.lower() in STOP_WORDS:
                continue
            places = self._places.get(word.text)
            if places is None:
                places = self._places[word.text] = array("L")
                self._spellings.setdefault(stems.of(word.text), []).append(word.text)
            places.extend((word.line, word.number))

    def find(self, words: Iterable[str]) -> list[Word]:
        """Where words of the same stems stand, by line, then by word."""
        stems = Stems()
        wanted = dict.fromkeys(stems.of(word) for word in words if word not in STOP_WORDS)
        found = [
            Word(spelling, line, number)
            for stem in wanted
            for spelling in self._spellings.get(stem, ())
            for line, number in _pairs(self._places[spelling])
        ]
        return sorted(found, key=lambda word: (word.line, word.number))


def _pairs(numbers: array[int]) -> Iterable[tuple[int, int]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


@dataclass(frozen=True, slots=True)
class Near:
    """A snippet, and how far it is from the query."""

    piece: Piece
    distance: float


class SemanticIndex:
    """The snippets of a file, each once."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = list({piece.text: piece for piece in reversed(list(pieces))}.values())[::-1]
        self._sizes: list[int] = []
        self._holders: dict[str, array[int]] = {}
        stems = Stems()
        for number, piece in enumerate(self._pieces):
            own = _stems(piece.text, stems)
            self._sizes.append(len(own))
            for stem in own:
                self._holders.setdefault(stem, array("L")).append(number)

    def nearest(self, query: str, k: int) -> list[Near]:
        """The `k` nearest snippets, or all of fewer; of more, the first ones are the same."""
        wanted = _stems(query, Stems())
        shared: Counter[int] = Counter()
        for stem in wanted:
            shared.update(self._holders.get(stem, ()))
        ranked = (
            (self._distance(number, shared[number], len(wanted), query), number)
            for number in range(len(self._pieces))
        )
        return [Near(self._pieces[number], distance) for distance, number in nsmallest(k, ranked)]

    def _distance(self, number: int, shared: int, wanted: int, query: str) -> float:
        likeness = shared / sqrt(wanted * self._sizes[number]) if shared else 0.0
        scatter = drawn(self._pieces[number].text, query) % 1000 / 1000
        return round(_FAR - _NEARER * likeness + _SCATTER * scatter, 3)


def _stems(text: str, stems: Stems) -> dict[str, None]:
    """The stems that tell what a text is about, in their order."""
    return dict.fromkeys(stems.of(word) for word in query_words(text) if word not in STOP_WORDS)
