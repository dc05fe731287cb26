"""The output of a module as a file: JSON, text, and the binary forms in `binary`.

Source: Krixik wire notes, 4, "Output file contents".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from mockstatus.services.krixik import binary
from mockstatus.services.krixik.content import Data, Piece, Pieces, Stage, drawn

OUTPUT_LIMIT = 5_000_000
"""Bytes that an output has at most, as documented. choice: what is beyond it is left out."""

DIMENSIONS = 384
WIDE_DIMENSIONS = 768
# The first is documented; the other is known of the model, which the documentation does not tell.
WIDE_MODELS = ("all-mpnet-base-v2", "msmarco-distilbert-dot-v5")
_WORD_S = 0.4
"""How long a spoken word takes, in seconds."""


def rendered(stages: tuple[Stage, ...]) -> bytes:
    """The output of a pipeline, which is that of its last module."""
    last = stages[-1]
    match last.module.name:
        case "text-embedder":
            return binary.npy(_texts(last.made, last.model.model), _dimensions(last.model.model))
        case "vector-db":
            model = stages[-2].model.model if len(stages) > 1 else ""
            return binary.faiss(_texts(last.made, model), _dimensions(model))
        case "keyword-db":
            return binary.keyword_db(last.made if isinstance(last.made, str) else "", OUTPUT_LIMIT)
    if isinstance(last.made, str):
        return last.made.encode("utf-8", "surrogatepass")
    return _listed(_objects(last, last.made))


def _listed(objects: Iterable[dict[str, object]]) -> bytes:
    """A JSON list. The client reads the file in its own encoding: nothing but ASCII is safe."""
    texts: list[str] = []
    size = 0
    for one in objects:
        text = json.dumps(one)
        size += len(text) + len(", ")
        if size > OUTPUT_LIMIT:
            break
        texts.append(text)
    return f"[{', '.join(texts)}]".encode()


def _dimensions(model: str) -> int:
    return WIDE_DIMENSIONS if model in WIDE_MODELS else DIMENSIONS


def _texts(made: Data, model: str) -> list[str]:
    pieces = () if isinstance(made, str) else made
    rows = OUTPUT_LIMIT // (4 * _dimensions(model))
    return [piece.text for piece in pieces[:rows]]


def _objects(stage: Stage, pieces: Pieces) -> Iterator[dict[str, object]]:
    for piece in pieces:
        match stage.module.name:
            case "caption":
                yield {"caption": piece.text}
            case "ocr":
                yield {"text": piece.text, "detections": list(_detections(piece))}
            case "parser":
                yield {"snippet": piece.text, "line_numbers": list(piece.lines)}
            case "sentiment":
                yield {"snippet": piece.text, **_sentiment(piece.text, stage.model.model)}
            case "transcribe":
                segments = [_segment(piece.text)]
                yield {"transcript": piece.text, "timestamped_transcript": segments}
            case _:
                yield {"snippet": piece.text}


def _sentiment(text: str, model: str) -> dict[str, float]:
    """Shares of a thousand that add up to one."""
    positive = drawn(text, model, "positive") % 1001
    negative = drawn(text, model, "negative") % (1001 - positive)
    neutral = 1000 - positive - negative
    return {
        "positive": positive / 1000,
        "negative": negative / 1000,
        "neutral": neutral / 1000,
    }


def _detections(piece: Piece) -> Iterator[dict[str, object]]:
    for row, line in enumerate(piece.text.split("\n")):
        left = 40
        for word in line.split():
            width = 12 * len(word)
            confidence = 80 + drawn(word, row) % 2000 / 100
            yield {
                "left": left,
                "top": 40 + 30 * row,
                "width": width,
                "height": 22,
                "text": word,
                "conf": round(confidence, 2),
            }
            left += width + 12


def _segment(text: str) -> dict[str, object]:
    words = text.split()
    return {
        "id": 0,
        "start": 0.0,
        "end": _at(len(words)),
        "text": text,
        "no_speech_prob": 0.01,
        "confidence": 0.95,
        "words": [
            {
                "text": word,
                "start": _at(index),
                "end": _at(index + 1),
                "confidence": round(0.8 + drawn(word, index) % 200 / 1000, 3),
            }
            for index, word in enumerate(words)
        ],
    }


def _at(word: int) -> float:
    return round(word * _WORD_S, 2)
