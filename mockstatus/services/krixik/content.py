"""What a file holds after each module of its pipeline: plausible, and always the same.

No model runs here. Texts are split, joined and shortened for real; what only a model could say is
made up from a hash of what it would look at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from mockstatus.services.krixik.modules import JSON, MODULES, TEXT, Module
from mockstatus.services.krixik.pipeline import ChosenModel, Pipeline
from mockstatus.services.krixik.words import lines_of

TEXT_LIMIT = 3_000_000
LINES_LIMIT = 100_000
"""Characters of a text or of JSON, and lines of a text, that the client sends at most
(documented). choice: what is beyond them is not looked at."""
PIECES_LIMIT = 200_000
"""choice: entries of a list at most; the client cannot send so many that a model would read."""

SHARED_BYTES = 4096
"""Bytes of an upload that others of the same content share at most."""

CHUNK_SIZE = 10
OVERLAP_SIZE = 4
SUMMARY_PART = 3
"""choice: a summary is the first third of the sentences."""
STRANGE_ROWS = 4
"""choice: how many vectors are read from an .npy file that a client uploads."""

_ENTRY_KEYS = ("snippet", "text", "transcript", "caption")
_SENTENCE_END = re.compile(r"""[.!?]+["'\u201d\u2019)\]]*$""")

_SUBJECTS = ("a dog", "a red car", "a small boat", "an old house", "two people", "a bowl of fruit")
_PLACES = ("on a beach", "in a field", "by the sea", "on a wooden table", "in the snow")
_VOICE = (
    "Good morning and welcome back to our little programme.",
    "Today we talk about the sea and the people who live by it.",
    "Many of them have been fishing here all their lives.",
    "The boats go out at night and come home before noon.",
    "Thank you for listening and see you next week.",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of a list of texts. lines: where it stands in the text that it comes from."""

    text: str
    lines: tuple[int, ...]


Pieces = tuple[Piece, ...]
Data = str | Pieces
"""A text (or a digest, for what is no text), or a list of texts."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one module made of what it was given. of: that."""

    module: Module
    model: ChosenModel
    of: Data
    made: Data

    @property
    def entries(self) -> int:
        """How many lines, objects or vectors it made."""
        return len(lines_of(self.made)) if isinstance(self.made, str) else len(self.made)


def kept(first_module: str, content: bytes) -> str:
    """What is kept of an upload: its text, or a digest of what is no text.

    Small ones of the same content are kept once: tests upload the same file over and over.
    """
    takes = MODULES[first_module].takes
    return (_kept_once if len(content) <= SHARED_BYTES else _kept)(takes, content)


def _kept(takes: str, content: bytes) -> str:
    if takes not in {TEXT, JSON}:
        return blake2b(content, digest_size=16).hexdigest()
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")[:TEXT_LIMIT]
    if takes == TEXT and text.count("\n") > LINES_LIMIT:
        text = "\n".join(text.split("\n", LINES_LIMIT)[:LINES_LIMIT])
    return text


_kept_once = lru_cache(maxsize=256)(_kept)


def stages(pipeline: Pipeline, upload: str) -> tuple[Stage, ...]:
    """What each module of a pipeline makes, of what is kept of an upload."""
    data: Data = upload
    if MODULES[pipeline.chain[0]].takes == JSON:
        data = _entries(upload)
    made = []
    for name, model in zip(pipeline.chain, pipeline.models, strict=True):
        before, data = data, _WORK[name](data, model)
        made.append(Stage(MODULES[name], model, before, data))
    return tuple(made)


def drawn(*key: object) -> int:
    """A large number that looks random, always the same for the same key."""
    text = "\x1f".join(map(str, key)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _entries(upload: str) -> Pieces:
    """The texts of an uploaded list of objects; the lines of what is none."""
    try:
        listed = json.loads(upload)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        listed = lines_of(upload)
    return tuple(
        Piece(_text_of(entry), _lines_of(entry) or (number,))
        for number, entry in enumerate(listed[:PIECES_LIMIT], start=1)
    )


def _text_of(entry: object) -> str:
    found = entry if isinstance(entry, str) else ""
    if isinstance(entry, dict):
        texts = (entry[key] for key in _ENTRY_KEYS if isinstance(entry.get(key), str))
        found = next(texts, "")
    # JSON may hold halves of characters, which nothing behind this can write.
    return found.encode("utf-8", "replace").decode()


def _lines_of(entry: object) -> tuple[int, ...]:
    numbers = entry.get("line_numbers") if isinstance(entry, dict) else None
    if not isinstance(numbers, list):
        return ()
    return tuple(number for number in numbers if type(number) is int)


# What the modules do.


def _text(data: Data) -> str:
    return data if isinstance(data, str) else "\n".join(piece.text for piece in data)


def _pieces(data: Data) -> Pieces:
    if not isinstance(data, str):
        return data
    rows = range(1, STRANGE_ROWS + 1)
    return tuple(Piece(f"row {row} of {data}", (row,)) for row in rows)


def _captioned(data: Data, model: ChosenModel) -> Pieces:
    subject = _SUBJECTS[drawn(data, model.model, "subject") % len(_SUBJECTS)]
    place = _PLACES[drawn(data, model.model, "place") % len(_PLACES)]
    return (Piece(f"{subject} {place}", (1,)),)


def _recognised(data: Data, _model: ChosenModel) -> Pieces:
    number = drawn(data, "invoice") % 100_000
    total = drawn(data, "total") % 10_000 / 100
    return (Piece(f"Invoice {number:05d}\nThank you for your order\nTotal {total:.2f}", (1, 2, 3)),)


def _transcribed(data: Data, _model: ChosenModel) -> Pieces:
    first = drawn(data, "voice") % len(_VOICE)
    said = [*_VOICE[first:], *_VOICE[:first]]
    return (Piece(" ".join(said), (1,)),)


def _translated(data: Data, model: ChosenModel) -> Pieces:
    # choice: no translation is made up; the language that was asked for is told before the text.
    target = model.model.rpartition("-")[2]
    return tuple(Piece(f"[{target}] {piece.text}", piece.lines) for piece in _pieces(data))


def _parsed(data: Data, model: ChosenModel) -> Pieces:
    text = _text(data)
    if model.model != "fixed":
        return tuple(islice(_sentences(text), PIECES_LIMIT))
    params = dict(model.params)
    size = _whole(params.get("chunk_size"), CHUNK_SIZE)
    overlap = _whole(params.get("overlap_size"), OVERLAP_SIZE)
    return tuple(islice(_chunks(list(_tokens(text)), size, max(size - overlap, 1)), PIECES_LIMIT))


def _whole(value: object, default: int) -> int:
    return value if type(value) is int and value > 0 else default


def _summarised(data: Data, _model: ChosenModel) -> str:
    sentences = [piece.text for piece in _sentences(_text(data))]
    return "\n".join(sentences[: -(-len(sentences) // SUMMARY_PART)])


_WORK: Mapping[str, Callable[[Data, ChosenModel], Data]] = {
    "caption": _captioned,
    "json-to-txt": lambda data, _: _text(data),
    "keyword-db": lambda data, _: _text(data),
    "ocr": _recognised,
    "parser": _parsed,
    "sentiment": lambda data, _: _pieces(data),
    "summarize": _summarised,
    "text-embedder": lambda data, _: _pieces(data),
    "transcribe": _transcribed,
    "translate": _translated,
    "vector-db": lambda data, _: _pieces(data),
}


# How texts fall into pieces.


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """What stands between blanks, each with its line."""
    for number, line in enumerate(lines_of(text), start=1):
        for token in line.split():
            yield token, number


def _sentences(text: str) -> Iterator[Piece]:
    """Sentences; one ends at a full stop, a question or exclamation mark, or an empty line."""
    held: list[tuple[str, int]] = []
    last = 0
    for token, line in _tokens(text):
        if held and line > last + 1:
            yield _joined(held)
            held = []
        held.append((token, line))
        last = line
        if _SENTENCE_END.search(token):
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _chunks(tokens: list[tuple[str, int]], size: int, step: int) -> Iterator[Piece]:
    """So many words each, the next ones beginning `step` words on."""
    for start in range(0, len(tokens), step):
        yield _joined(tokens[start : start + size])
        if start + size >= len(tokens):
            return


def _joined(tokens: Sequence[tuple[str, int]]) -> Piece:
    lines = dict.fromkeys(line for _, line in tokens)
    return Piece(" ".join(token for token, _ in tokens), tuple(lines))
