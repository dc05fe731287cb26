"""Keyword and semantic searches over what was uploaded."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from mockstatus.services.krixik.content import Piece
from mockstatus.services.krixik.search import KeywordIndex, SemanticIndex
from mockstatus.services.krixik.words import STOP_WORDS, lines_of, query_words, words_of

STOPPED = (
    "WARNING: the following words in the query are in the stop_words list and thus no results will"
    " be returned for them"
)
WITHOUT = "WARNING: the following file_ids returned no results for the given query"
VECTORS = ("parser", "text-embedder", "vector-db")
STORY = b"""The whale swam away. The sea was calm.
Nobody spoke about the whale again. Years went by.
A ship came home. Nobody was on board.
"""


def keyword(krixik: Any, query: str, *, status: int = 200, **arguments: Any) -> dict[str, Any]:
    body = {
        "pipeline": "demo",
        "pipeline_ordered_modules": ["keyword-db"],
        "query": query,
        **(arguments or {"file_names": ["*"]}),
    }
    return dict(krixik.ask("/keyword-search", body, status=status))


def semantic(krixik: Any, query: str, **arguments: Any) -> dict[str, Any]:
    body = {"pipeline": "demo", "query": query, "file_names": ["*"], **arguments}
    return dict(krixik.ask("/semantic-search", body))


def test_a_keyword_search_finds_words_where_they_stand(krixik: Any) -> None:
    accepted = krixik.finish("keyword-db", file_name="whale.txt", file_tags=[{"a": "b"}])

    document = keyword(krixik, "the years ago")

    assert document.pop("request_id")
    assert document == {
        "message": "Successfully queried 1 user file.",
        "warnings": [{STOPPED: ["the"]}],
        "items": [
            {
                "file_id": accepted["file_id"],
                "file_metadata": {
                    "file_name": "whale.txt",
                    "symbolic_directory_path": "/etc",
                    "file_tags": [{"a": "b"}],
                    "num_lines": 2,
                    "created_at": "2026-01-01 00:00:00",
                    "last_updated": "2026-01-01 00:00:00",
                },
                "search_results": [
                    {"keyword": "years", "line_number": 1, "keyword_number": 5},
                    {"keyword": "ago", "line_number": 1, "keyword_number": 6},
                ],
            }
        ],
    }


def test_words_of_one_stem_find_each_other_and_are_told_as_they_stand(krixik: Any) -> None:
    krixik.finish("keyword-db")

    (item,) = keyword(krixik, "COUNTRY whaling whale-boat")["items"]

    assert item["search_results"] == [
        {"keyword": "whale", "line_number": 2, "keyword_number": 2},
        {"keyword": "countries", "line_number": 2, "keyword_number": 4},
        {"keyword": "whales", "line_number": 2, "keyword_number": 6},
    ]


def test_stop_words_are_told_in_the_order_of_the_query(krixik: Any) -> None:
    krixik.finish("keyword-db")

    document = keyword(krixik, "About THE whale and the sea")

    assert document["warnings"][0] == {STOPPED: ["about", "the", "and"]}


def test_files_without_a_hit_are_left_out_and_told(krixik: Any) -> None:
    hit = krixik.finish("keyword-db", content=b"a whale in the sea")
    missed = [krixik.finish("keyword-db", content=b"a ship")["file_id"] for _ in range(3)]

    document = keyword(krixik, "whale")

    assert [item["file_id"] for item in document["items"]] == [hit["file_id"]]
    assert document["message"] == (
        "Successfully queried the first 1 user file out of 4 defined by input query arguments."
    )
    assert document["warnings"] == [{WITHOUT: missed[::-1]}]


def test_several_of_more_files_are_told_in_the_plural(krixik: Any) -> None:
    for content in (b"a whale", b"the whale", b"a ship"):
        krixik.finish("keyword-db", content=content)

    assert keyword(krixik, "whale")["message"] == (
        "Successfully queried the first 2 user files out of 3 defined by input query arguments."
    )
    assert keyword(krixik, "whale ship")["message"] == "Successfully queried 3 user files."


def test_no_hit_at_all_has_an_empty_message(krixik: Any) -> None:
    accepted = krixik.finish("keyword-db")

    document = keyword(krixik, "zeppelin")

    assert document["message"] == ""
    assert document["items"] == []
    assert document["warnings"] == [{WITHOUT: [accepted["file_id"]]}]


def test_no_file_selected_is_told_before_anything_else(krixik: Any) -> None:
    krixik.submit("keyword-db")

    document = keyword(krixik, "the whale", file_ids=["nope"], file_names=["nope"])

    assert document["message"] == "No files were found for the given query arguments"
    assert [next(iter(warning)) for warning in document["warnings"]] == [
        "WARNING: the following file_ids were not found",
        "WARNING: the following arguments returned zero results",
        STOPPED,
    ]


@pytest.mark.parametrize("query", ["x", "x" * 257, 7])
def test_a_query_has_2_to_256_characters(krixik: Any, query: object) -> None:
    body = {"pipeline": "demo", "query": query, "file_names": ["*"]}

    assert krixik.post("/keyword-search", body).status_code == 400


def test_a_search_needs_a_pipeline_that_ends_with_its_database(krixik: Any) -> None:
    krixik.finish("parser")

    refused = keyword(krixik, "whale", status=400)
    body = {"pipeline": "demo", "query": "whale", "file_names": ["*"]}

    assert refused["message"] == "BAD REQUEST: this pipeline has no keyword_search"
    assert krixik.post("/semantic-search", body).status_code == 400


def test_words_behind_other_modules_are_searched_in_what_those_made(krixik: Any) -> None:
    krixik.finish("parser", "json-to-txt", "keyword-db", content=STORY)

    (item,) = keyword(krixik, "nobody")["items"]

    assert item["file_metadata"]["num_lines"] == 6
    assert item["search_results"] == [
        {"keyword": "Nobody", "line_number": 3, "keyword_number": 1},
        {"keyword": "Nobody", "line_number": 6, "keyword_number": 1},
    ]


def test_a_semantic_search_answers_the_nearest_snippets_first(krixik: Any) -> None:
    accepted = krixik.finish(*VECTORS, content=STORY)

    document = semantic(krixik, "what about the whale?", k=3)

    assert document["message"] == "Successfully queried 1 user file."
    (item,) = document["items"]
    assert item["file_id"] == accepted["file_id"]
    assert item["file_metadata"]["num_vectors"] == 6
    results = item["search_results"]
    assert [list(result) for result in results] == [["snippet", "line_numbers", "distance"]] * 3
    assert {result["snippet"] for result in results[:2]} == {
        "The whale swam away.",
        "Nobody spoke about the whale again.",
    }
    distances = [result["distance"] for result in results]
    assert distances == sorted(distances)
    assert all(distance == round(distance, 3) for distance in distances)


def test_a_semantic_search_is_stable_in_k(krixik: Any) -> None:
    krixik.finish(*VECTORS, content=STORY)

    found = [semantic(krixik, "a calm sea", k=k)["items"][0]["search_results"] for k in range(1, 9)]

    assert [len(results) for results in found] == [1, 2, 3, 4, 5, 6, 6, 6]
    for fewer, more in pairwise(found):
        assert more[: len(fewer)] == fewer
    assert len({result["snippet"] for result in found[-1]}) == 6


@pytest.mark.parametrize("k", [0, 11, "5"])
def test_k_is_1_to_10(krixik: Any, k: object) -> None:
    body = {"pipeline": "demo", "query": "whale", "file_names": ["*"], "k": k}

    assert krixik.post("/semantic-search", body).status_code == 400


def test_a_snippet_that_stands_twice_is_found_once() -> None:
    index = SemanticIndex([Piece("Ahoy!", (1,)), Piece("Ahoy!", (2,)), Piece("Land", (3,))])

    found = index.nearest("ahoy", 10)

    assert [near.piece for near in found] == [Piece("Ahoy!", (1,)), Piece("Land", (3,))]


def test_an_empty_file_has_no_words_and_no_snippets() -> None:
    assert KeywordIndex("").find(["whale"]) == []
    assert SemanticIndex([]).nearest("whale", 5) == []


def test_words_count_within_their_line_and_lose_their_punctuation() -> None:
    text = "“Thar she blows!” -- he cried;\n\n don't... (x-ray)—42\n"

    assert [(word.text, word.line, word.number) for word in words_of(text)] == [
        ("Thar", 1, 1),
        ("she", 1, 2),
        ("blows", 1, 3),
        ("he", 1, 4),
        ("cried", 1, 5),
        ("don't", 3, 1),
        ("x", 3, 2),
        ("ray", 3, 3),
        ("42", 3, 4),
    ]


def test_the_stop_list_has_the_documented_words() -> None:
    assert len(STOP_WORDS) == 179
    assert {"about", "the", "don't", "wouldn't", "i"} <= STOP_WORDS


def test_lines_end_at_line_breaks() -> None:
    assert lines_of("") == []
    assert lines_of("a") == lines_of("a\n") == ["a"]
    assert lines_of("a\n\n") == ["a", ""]


def test_a_query_is_split_at_blanks_and_hyphens() -> None:
    assert query_words("Well-known  WORDS, well") == ("well", "known", "words")
