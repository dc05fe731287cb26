"""What Krixik serves of the file system around its pipelines: list, update, delete, show, search.

Source: Krixik wire notes, 1.2.
"""

from __future__ import annotations

from mockstatus.services.krixik import documented as shown
from mockstatus.services.krixik import documented_files as of_files
from mockstatus.services.krixik import examples, files, gate, wire
from mockstatus.web.operation import Operation

_FILES = "Krixik files"
_SEARCH = "Krixik search"

_LIST = Operation(
    id="list",
    name="list",
    method="POST",
    path="/krixik-core-list",
    handle=gate.keyed(wire.ListBody, files.list_files),
    summary="List files",
    description="Metadata arguments combine with OR, timestamps with AND. At least one is needed.",
    tag=_FILES,
    parameters=(shown.KEY,),
    body=examples.body(wire.ListBody, "All below /novels", examples.LIST_EXAMPLE),
    answers=(
        of_files.LISTED,
        shown.refusals(
            "list",
            400,
            "The body is not good.",
            no_argument="BAD REQUEST: please provide at least one query argument",
        ),
        shown.FORBIDDEN,
    ),
)
_UPDATE = Operation(
    id="update",
    name="update",
    method="POST",
    path="/krixik-core-update",
    handle=gate.keyed(wire.UpdateBody, files.update),
    identify=gate.by_field("file_id"),
    summary="Change a file's metadata",
    description="null leaves a field as it is. An expire_time counts from now.",
    tag=_FILES,
    parameters=(shown.KEY,),
    body=examples.body(wire.UpdateBody, "A new name and a longer life", examples.UPDATE_EXAMPLE),
    answers=(
        of_files.about_file("Changed, or not yet finished.", "Successfully updated file metadata"),
        shown.no_such_file("update"),
        shown.FORBIDDEN,
    ),
)
_DELETE = Operation(
    id="delete",
    name="delete",
    method="POST",
    path="/krixik-core-delete",
    handle=gate.keyed(wire.FileBody, files.delete),
    identify=gate.by_field("file_id"),
    summary="Delete a file",
    description="Wipes the file and its process; afterwards nothing remembers them. The client"
    " also calls it by itself, to clean up after a failure.",
    tag=_FILES,
    parameters=(shown.KEY,),
    body=examples.body(wire.FileBody, "What the client sends", examples.FILE_EXAMPLE),
    answers=(
        of_files.about_file(
            "Deleted, or being processed.", f"Successfully deleted file_id: {examples.FILE_ID}"
        ),
        shown.no_such_file("delete"),
        shown.FORBIDDEN,
    ),
)
_SHOW_TREE = Operation(
    id="show_tree",
    name="show_tree",
    method="POST",
    path="/krixik-core-show-tree",
    handle=gate.keyed(wire.TreeBody, files.show_tree),
    summary="List paths",
    description="The client draws them as a tree.",
    tag=_FILES,
    parameters=(shown.KEY,),
    body=examples.body(wire.TreeBody, "All below /novels", examples.TREE_EXAMPLE),
    answers=(
        of_files.TREE,
        shown.refusals("show_tree", 400, "The body is not good.", type="BAD REQUEST: max_files"),
        shown.FORBIDDEN,
    ),
)
_KEYWORD_SEARCH = Operation(
    id="keyword_search",
    name="keyword_search",
    method="POST",
    path="/keyword-search",
    handle=gate.keyed(wire.SearchBody, files.keyword_search),
    summary="Find words",
    description="For pipelines that end with keyword-db: finds words of the same stems.",
    tag=_SEARCH,
    parameters=(shown.KEY,),
    body=examples.body(wire.SearchBody, "Two words and a stop word", examples.KEYWORD_EXAMPLE),
    answers=(
        of_files.KEYWORDS,
        shown.refusals(
            "keyword_search",
            400,
            "The body is not good.",
            no_argument="BAD REQUEST: please provide at least one query argument",
        ),
        shown.FORBIDDEN,
        shown.refusals(
            "keyword_search",
            500,
            "An outage; only where a fault asks for it.",
            outage="FAILURE: Error querying user files",
        ),
    ),
)
_SEMANTIC_SEARCH = Operation(
    id="semantic_search",
    name="semantic_search",
    method="POST",
    path="/semantic-search",
    handle=gate.keyed(wire.SemanticBody, files.semantic_search),
    summary="Find snippets by meaning",
    description="For pipelines that end with text-embedder and vector-db: the `k` nearest snippets"
    " of each file.",
    tag=_SEARCH,
    parameters=(shown.KEY,),
    body=examples.body(wire.SemanticBody, "Up to five snippets", examples.SEMANTIC_EXAMPLE),
    answers=(
        of_files.SNIPPETS,
        shown.refusals(
            "semantic_search",
            400,
            "The body is not good.",
            no_argument="BAD REQUEST: please provide at least one query argument",
        ),
        shown.FORBIDDEN,
    ),
)

FILE_OPERATIONS = (
    _LIST,
    _UPDATE,
    _DELETE,
    _SHOW_TREE,
    _KEYWORD_SEARCH,
    _SEMANTIC_SEARCH,
)
