"""The eleven modules of Krixik: what they take, what they make, what may follow them.

Source: Krixik wire notes, 4 (documented; the successors observed in the client).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

CHAIN_LIMIT = 10

TEXT, JSON, IMAGE, AUDIO, NPY = "text", "json", "image", "audio", "npy"


@dataclass(frozen=True, slots=True)
class Module:
    """One module. takes, makes: types of data. key: where its output keeps its text; None if the
    output is no list of objects. models: the first is the default. params: the default ones.
    """

    name: str
    takes: str
    makes: str
    extension: str
    key: str | None
    models: tuple[str, ...]
    params: tuple[tuple[str, object], ...] = ()


_ROWS = (
    Module(
        "caption",
        IMAGE,
        JSON,
        ".json",
        "caption",
        (
            "vit-gpt2-image-captioning",
            "git-base",
            "blip-image-captioning-base",
            "blip-image-captioning-large",
        ),
    ),
    Module("json-to-txt", JSON, TEXT, ".txt", None, ("base",)),
    # The documentation calls the model `base`; the client accepts only `sqlite`.
    Module("keyword-db", TEXT, "db", ".db", None, ("sqlite", "base")),
    Module("ocr", IMAGE, JSON, ".json", "text", ("tesseract-en", "tesseract-es")),
    Module("parser", TEXT, JSON, ".json", "snippet", ("sentence", "fixed")),
    Module(
        "sentiment",
        JSON,
        JSON,
        ".json",
        "snippet",
        (
            "distilbert-base-uncased-finetuned-sst-2-english",
            "bert-base-multilingual-uncased-sentiment",
            "distilbert-base-multilingual-cased-sentiments-student",
            "distilroberta-finetuned-financial-news-sentiment-analysis",
        ),
    ),
    Module("summarize", TEXT, TEXT, ".txt", None, ("bart-large-cnn", "text-summarization")),
    Module(
        "text-embedder",
        JSON,
        NPY,
        ".npy",
        "data",
        (
            "all-MiniLM-L6-v2",
            "all-mpnet-base-v2",
            "all-MiniLM-L12-v2",
            "multi-qa-MiniLM-L6-cos-v1",
            "msmarco-distilbert-dot-v5",
        ),
        (("quantize", True),),
    ),
    Module(
        "transcribe",
        AUDIO,
        JSON,
        ".json",
        "transcript",
        ("whisper-tiny", "whisper-base", "whisper-small", "whisper-medium", "whisper-large-v3"),
    ),
    Module(
        "translate",
        JSON,
        JSON,
        ".json",
        "snippet",
        (
            "opus-mt-en-es",
            "opus-mt-de-en",
            "opus-mt-es-en",
            "opus-mt-en-fr",
            "opus-mt-fr-en",
            "opus-mt-it-en",
            "opus-mt-zh-en",
        ),
    ),
    Module("vector-db", NPY, "faiss", ".faiss", None, ("faiss",)),
)

MODULES: Mapping[str, Module] = MappingProxyType({row.name: row for row in _ROWS})
"""All modules by name."""

_AFTER_TEXT = ("keyword-db", "parser", "summarize")
_AFTER_JSON = ("json-to-txt", "sentiment", "text-embedder", "translate")
_SUCCESSORS = {TEXT: _AFTER_TEXT, JSON: _AFTER_JSON, NPY: ("vector-db",)}


def successors(name: str) -> tuple[str, ...]:
    """The modules that may follow this one; none behind a database."""
    return _SUCCESSORS.get(MODULES[name].makes, ())


def chain_problem(chain: tuple[str, ...]) -> str | None:
    """What is wrong with a chain of modules; None if nothing is."""
    if not 1 <= len(chain) <= CHAIN_LIMIT:
        return f"a pipeline has 1 to {CHAIN_LIMIT} modules, not {len(chain)}"
    for name in chain:
        if name not in MODULES:
            return f"module '{name}' does not exist"
    for before, after in pairwise(chain):
        if after not in successors(before):
            return f"module '{after}' cannot follow module '{before}'"
    return None


def can_search_keywords(chain: tuple[str, ...]) -> bool:
    """Whether a pipeline has a keyword search."""
    return chain[-1:] == ("keyword-db",)


def can_search_semantically(chain: tuple[str, ...]) -> bool:
    """Whether a pipeline has a semantic search."""
    return chain[-2:] == ("text-embedder", "vector-db")
