"""What modules make: plausible, always the same, and readable by the readers of its kind."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
from contextlib import closing
from typing import Any

import pytest

from mockstatus.services.krixik import content as content_module
from mockstatus.services.krixik import outputs
from mockstatus.services.krixik.modules import MODULES, chain_problem, successors

TEXT = b"The whale swam away. It was\ncalm. Nobody came.\n\nA new day"


def output(krixik: Any, *chain: str, content: bytes = TEXT, **fields: Any) -> bytes:
    accepted = krixik.finish(*chain, content=content, **fields)
    document = krixik.about("fetch-output", accepted)
    assert document["process_output"][0]["extension"] == MODULES[chain[-1]].extension
    answer = krixik.call("GET", document["process_output"][0]["url"])
    assert answer.status_code == 200
    again = krixik.call("GET", document["process_output"][0]["url"])
    assert again.content == answer.content
    return bytes(answer.content)


def test_parser_finds_sentences_and_their_lines(krixik: Any) -> None:
    assert json.loads(output(krixik, "parser")) == [
        {"snippet": "The whale swam away.", "line_numbers": [1]},
        {"snippet": "It was calm.", "line_numbers": [1, 2]},
        {"snippet": "Nobody came.", "line_numbers": [2]},
        {"snippet": "A new day", "line_numbers": [4]},
    ]


def test_an_empty_line_ends_a_sentence(krixik: Any) -> None:
    found = json.loads(output(krixik, "parser", content=b"no end\n\nhere either"))

    assert [piece["snippet"] for piece in found] == ["no end", "here either"]


def test_the_fixed_parser_cuts_overlapping_chunks(krixik: Any) -> None:
    model = {"model": "fixed", "params": {"chunk_size": 5, "overlap_size": 2}}
    content = b"a b c d e f\ng h i j k"

    found = json.loads(output(krixik, "parser", content=content, modules={"module_1": model}))

    assert found == [
        {"snippet": "a b c d e", "line_numbers": [1]},
        {"snippet": "d e f g h", "line_numbers": [1, 2]},
        {"snippet": "g h i j k", "line_numbers": [2]},
    ]


@pytest.mark.parametrize("params", [{}, {"chunk_size": "x"}, {"chunk_size": 0, "overlap_size": 99}])
def test_the_fixed_parser_takes_its_defaults_for_what_makes_no_sense(
    krixik: Any, params: dict[str, Any]
) -> None:
    model = {"model": "fixed", "params": params}
    content = " ".join(map(str, range(12))).encode()

    found = json.loads(output(krixik, "parser", content=content, modules={"module_1": model}))

    assert found[0]["snippet"] == "0 1 2 3 4 5 6 7 8 9"


def test_sentiment_shares_add_up_to_one(krixik: Any) -> None:
    found = json.loads(output(krixik, "parser", "sentiment"))

    assert len(found) == 4
    for piece in found:
        assert list(piece) == ["snippet", "positive", "negative", "neutral"]
        shares = [piece[key] for key in ("positive", "negative", "neutral")]
        assert sum(shares) == pytest.approx(1)
        assert all(share == round(share, 3) and share >= 0 for share in shares)


def test_translate_keeps_the_number_of_snippets(krixik: Any) -> None:
    model = {"model": "opus-mt-en-fr", "params": {}}

    found = json.loads(output(krixik, "parser", "translate", modules={"module_2": model}))

    assert [list(piece) for piece in found] == [["snippet"]] * 4
    assert found[0]["snippet"] == "[fr] The whale swam away."


def test_json_to_txt_joins_what_a_json_file_holds(krixik: Any) -> None:
    content = json.dumps(
        [
            {"snippet": "one", "line_numbers": [1]},
            {"other": 1, "text": "two"},
            "three",
            {"nothing": "of use"},
            4,
        ]
    ).encode()

    assert output(krixik, "json-to-txt", content=content) == b"one\ntwo\nthree\n\n"


@pytest.mark.parametrize("content", [b"no json\nat all", b'{"snippet": 1}', b"[" * 100_000])
def test_a_json_file_that_is_none_counts_as_text(krixik: Any, content: bytes) -> None:
    assert output(krixik, "json-to-txt", content=content) == content


def test_half_characters_in_json_do_no_harm(krixik: Any) -> None:
    content = b'[{"snippet": "a \\ud83d b"}]'
    chain = ("json-to-txt", "parser", "text-embedder", "vector-db")

    output(krixik, *chain, content=content)
    body = {"pipeline": "demo", "query": "half", "file_names": ["*"]}

    assert krixik.ask("/semantic-search", body)["items"][0]["search_results"]


def test_summarize_keeps_the_first_third_of_the_sentences(krixik: Any) -> None:
    assert output(krixik, "summarize") == b"The whale swam away.\nIt was calm."


def test_caption_is_a_line_about_a_picture(krixik: Any) -> None:
    (found,) = json.loads(output(krixik, "caption", content=b"\xff\xd8jpg"))

    assert list(found) == ["caption"]
    assert found["caption"].startswith(("a", "two"))


def test_ocr_tells_where_each_word_is(krixik: Any) -> None:
    (found,) = json.loads(output(krixik, "ocr", content=b"\x89PNG"))

    assert list(found) == ["text", "detections"]
    words = [detection["text"] for detection in found["detections"]]
    assert words == found["text"].split()
    for detection in found["detections"]:
        assert list(detection) == ["left", "top", "width", "height", "text", "conf"]
        assert 80 <= detection["conf"] <= 100


def test_transcribe_tells_when_each_word_was_said(krixik: Any) -> None:
    (found,) = json.loads(output(krixik, "transcribe", content=b"ID3mp3"))

    (segment,) = found["timestamped_transcript"]
    assert segment["text"] == found["transcript"]
    assert [word["text"] for word in segment["words"]] == found["transcript"].split()
    assert segment["start"] == segment["words"][0]["start"] == 0
    assert segment["end"] == segment["words"][-1]["end"]


@pytest.mark.parametrize(
    ("model", "dimensions"),
    [("all-MiniLM-L6-v2", 384), ("all-mpnet-base-v2", 768), ("msmarco-distilbert-dot-v5", 768)],
)
def test_numpy_reads_the_vectors(krixik: Any, model: str, dimensions: int) -> None:
    numpy = pytest.importorskip("numpy")
    modules = {"module_2": {"model": model, "params": {"quantize": True}}}

    vectors = numpy.load(io.BytesIO(output(krixik, "parser", "text-embedder", modules=modules)))

    assert vectors.shape == (4, dimensions)
    assert vectors.dtype == numpy.float32
    assert numpy.linalg.norm(vectors, axis=1) == pytest.approx(numpy.ones(4), abs=1e-5)


def test_an_empty_text_has_no_vectors(krixik: Any) -> None:
    numpy = pytest.importorskip("numpy")

    vectors = numpy.load(io.BytesIO(output(krixik, "parser", "text-embedder", content=b"")))

    assert vectors.shape == (0, 384)


def test_the_index_has_the_header_that_faiss_reads(krixik: Any) -> None:
    found = output(krixik, "parser", "text-embedder", "vector-db")

    magic, rest = found[:4], found[4:]
    head = struct.unpack("<iqqqBiQ", rest[:41])
    assert magic == b"IxFI"
    assert head == (384, 4, 1 << 20, 1 << 20, 1, 0, 4 * 384)
    assert len(rest) == 41 + 4 * 4 * 384


def test_vectors_of_an_npy_file_become_an_index(krixik: Any) -> None:
    found = output(krixik, "vector-db", content=b"\x93NUMPY")

    assert struct.unpack("<iq", found[4:16]) == (384, 4)


@pytest.mark.parametrize(
    ("module", "content", "snippets"),
    [
        pytest.param("parser", b"One.\nTwo.\nSix.\nTen.\n", ["One.", "Two.", "Six."], id="lines"),
        pytest.param("parser", b"x" * 100, ["x" * 40], id="characters"),
        pytest.param("parser", b"No. " * 9, ["No."] * 4, id="sentences"),
        pytest.param("translate", b"[1,2,3,4,5,6]", ["[es] "] * 4, id="entries"),
    ],
)
def test_what_no_client_can_send_is_not_looked_at(
    krixik: Any,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    content: bytes,
    snippets: list[str],
) -> None:
    for limit, value in {"TEXT_LIMIT": 40, "LINES_LIMIT": 3, "PIECES_LIMIT": 4}.items():
        monkeypatch.setattr(content_module, limit, value)

    found = json.loads(output(krixik, module, content=content))

    assert [one["snippet"] for one in found] == snippets


LIMIT = 5_000_000


def test_vectors_stay_below_the_documented_5_mb(krixik: Any) -> None:
    content = b"One. " * 5000

    assert 4_900_000 < len(output(krixik, "parser", "text-embedder", content=content)) <= LIMIT


def test_a_json_output_stays_below_it_too(krixik: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "OUTPUT_LIMIT", 10_000)

    found = output(krixik, "parser", content=b"One. " * 1000)

    assert 9_900 < len(found) <= 10_000
    assert json.loads(found)[-1] == {"snippet": "One.", "line_numbers": [1]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(" ".join(f"word{n}" for n in range(5000)), id="many words"),
        pytest.param("x\n" * 5000, id="the shortest words"),
        pytest.param(" ".join(str(n) * 400 for n in range(100)), id="words larger than a page"),
        pytest.param("x" * 60_000, id="one word"),
    ],
)
def test_a_database_stays_below_it_and_can_be_read(
    krixik: Any, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(outputs, "OUTPUT_LIMIT", 100_000)

    found = output(krixik, "keyword-db", content=content.encode())

    assert len(found) <= 100_000
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(found)
        (kept,) = database.execute("SELECT count(*) FROM keyword_search").fetchone()
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert (kept > 0) is (len(content.split()) > 1)


def test_sqlite_reads_the_words(krixik: Any) -> None:
    found = output(krixik, "keyword-db", content=b"The whales swam.\nYears went by")

    database = sqlite3.connect(":memory:")
    database.deserialize(found)
    rows = database.execute("SELECT * FROM keyword_search").fetchall()
    indexes = database.execute("PRAGMA index_list(keyword_search)").fetchall()
    database.close()
    assert rows == [
        ("whales", "whale", 1, 2),
        ("swam", "swam", 1, 3),
        ("Years", "year", 2, 1),
        ("went", "went", 2, 2),
    ]
    assert len(indexes) == 2


def test_texts_that_are_no_utf_8_are_read_all_the_same(krixik: Any) -> None:
    assert json.loads(output(krixik, "parser", content=b"\xef\xbb\xbfna\xefve."))[0] == {
        "snippet": "na\ufffdve.",
        "line_numbers": [1],
    }


@pytest.mark.parametrize("name", MODULES)
def test_each_module_has_an_output_and_counts_its_entries(krixik: Any, name: str) -> None:
    krixik.finish(name)

    (item,) = krixik.list(file_names=["*"])["items"]

    data = item["file_metadata"]["modules_data"]["module_1"][name]
    assert data["data_files_extensions"] == [MODULES[name].extension]
    assert data["num_lines"] >= 1


@pytest.mark.parametrize("first", MODULES)
@pytest.mark.parametrize("second", MODULES)
def test_a_chain_is_one_of_the_documented_ones(first: str, second: str) -> None:
    json_makers = {"caption", "ocr", "parser", "sentiment", "transcribe", "translate"}
    after_json = {"json-to-txt", "sentiment", "text-embedder", "translate"}
    text_makers = {"json-to-txt", "summarize"}
    after_text = {"keyword-db", "parser", "summarize"}

    expected = (
        (first in json_makers and second in after_json)
        or (first in text_makers and second in after_text)
        or (first, second) == ("text-embedder", "vector-db")
    )

    assert (chain_problem((first, second)) is None) is expected
    assert (second in successors(first)) is expected


OUTPUTS = [
    pytest.param("{size: 524288}", 524_288, None, id="filled up"),
    pytest.param("{size: 1}", None, None, id="larger anyway"),
    pytest.param("{body: 'no {json'}", 8, b"no {json", id="a body of one's own"),
    pytest.param("{body: '[]', size: 10}", 10, b"[]        ", id="a body of one's own, filled up"),
    pytest.param("{status: 206}", None, None, id="another success"),
]


@pytest.mark.parametrize(("spec", "size", "expected"), OUTPUTS)
def test_a_scenario_shapes_the_output(
    krixik: Any, spec: str, size: int | None, expected: bytes | None
) -> None:
    accepted = krixik.finish("parser", scenario=krixik.scenario(f"output: {spec}"))

    answer = krixik.output(accepted)

    assert answer.status_code in {200, 206}
    assert size is None or len(answer.content) == size
    if expected is None:
        assert json.loads(answer.content)
    else:
        assert answer.content == expected


def test_a_scenario_breaks_the_download(krixik: Any) -> None:
    accepted = krixik.finish("parser", scenario=krixik.scenario("output: {status: 404}"))

    answer = krixik.output(accepted)

    assert answer.status_code == 404
    assert "<Code>NoSuchKey</Code>" in answer.text


def test_a_scenario_gives_several_outputs(krixik: Any) -> None:
    accepted = krixik.finish("parser", scenario=krixik.scenario("output: {copies: 3}"))

    outputs = krixik.about("fetch-output", accepted)["process_output"]

    assert len({output["url"] for output in outputs}) == 3
    assert len({krixik.call("GET", output["url"]).content for output in outputs}) == 1


def test_a_scenario_never_has_the_output_ready(krixik: Any) -> None:
    accepted = krixik.finish("parser", scenario=krixik.scenario("output: {not_ready: true}"))

    assert krixik.status(accepted)["process_status"] == {"module_1": True}
    assert krixik.about("fetch-output", accepted)["process_output"] is None
