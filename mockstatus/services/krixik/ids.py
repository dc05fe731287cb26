"""The identifiers of Krixik, and the signatures of its links: hashes, so that a run repeats itself.

Source: Krixik wire notes, 5.1. A process id is plain random hex in the layout of a UUID; file ids
and the ids of single answers are version-4 UUIDs.
"""

from __future__ import annotations

from mockstatus.domain.draw import draw_bytes

_LAYOUT = (8, 4, 4, 4, 12)
GENERATED_NAME = "krixik_generated_file_name_"
_GENERATED_LETTERS = 10


def process_id(seed: int, sandbox: str, number: int) -> str:
    """The id of a job; the client's user knows it as `request_id`."""
    return _laid_out(draw_bytes(seed, sandbox, "krixik", number, "process"))


def file_id(seed: int, sandbox: str, number: int) -> str:
    """The id of the file that a job works on."""
    return _version_4(draw_bytes(seed, sandbox, "krixik", number, "file"))


def request_id(seed: int, sandbox: str, number: int, now_us: int) -> str:
    """The id of one answer. number: counts a sandbox's answers.

    The instant keeps answers apart that come before anything is kept of their sandbox.
    """
    return _version_4(draw_bytes(seed, sandbox, "krixik", number, now_us, "answer"))


def signature(seed: int, file: str, what: str) -> str:
    """What a link to a file's upload or output is signed with."""
    return draw_bytes(seed, "krixik", file, what, size=32).hex()


def generated_name(seed: int, sandbox: str, number: int, extension: str) -> str:
    """The name of a file whose client gives none, as the real client makes one up."""
    drawn = draw_bytes(seed, sandbox, "krixik", number, "name", size=_GENERATED_LETTERS)
    letters = "".join(chr(ord("a") + byte % 26) for byte in drawn)
    return f"{GENERATED_NAME}{letters}{extension}"


def _version_4(drawn: bytes) -> str:
    marked = bytearray(drawn)
    marked[6] = marked[6] & 0x0F | 0x40
    marked[8] = marked[8] & 0x3F | 0x80
    return _laid_out(bytes(marked))


def _laid_out(drawn: bytes) -> str:
    digits, parts, at = drawn.hex(), [], 0
    for length in _LAYOUT:
        parts.append(digits[at : at + length])
        at += length
    return "-".join(parts)
