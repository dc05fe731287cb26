"""The identifiers of Krixik, and the signatures of its links: hashes, so that a run repeats itself.

Source: Krixik wire notes, 5.1. A process id is plain random hex in the layout of a UUID; file ids
and the ids of single answers are version-4 UUIDs.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from mockstatus.domain.draw import draw_bytes

_VARIANTS = "89ab"
GENERATED_NAME = "krixik_generated_file_name_"
_GENERATED_LETTERS = 10


def process_id(seed: int, sandbox: str, number: int) -> str:
    """The id of a job; the client's user knows it as `request_id`."""
    return _laid_out(draw_bytes(seed, sandbox, "krixik", number, "process").hex())


def file_id(seed: int, sandbox: str, number: int) -> str:
    """The id of the file that a job works on."""
    return _version_4(draw_bytes(seed, sandbox, "krixik", number, "file"))


def request_id(seed: int, sandbox: str, number: int, now_us: int) -> str:
    """The id of one answer. number: counts a sandbox's answers.

    The instant keeps answers apart that come before anything is kept of their sandbox.
    """
    key = _answers_key(seed, sandbox)
    return _version_4(blake2b(b"%d %d" % (number, now_us), key=key, digest_size=16).digest())


@lru_cache(maxsize=1024)
def _answers_key(seed: int, sandbox: str) -> bytes:
    return draw_bytes(seed, sandbox, "krixik", "answer")


def signature(seed: int, file: str, what: str) -> str:
    """What a link to a file's upload or output is signed with."""
    return draw_bytes(seed, "krixik", file, what, size=32).hex()


def generated_name(seed: int, sandbox: str, number: int, extension: str) -> str:
    """The name of a file whose client gives none, as the real client makes one up."""
    drawn = draw_bytes(seed, sandbox, "krixik", number, "name", size=_GENERATED_LETTERS)
    letters = "".join(chr(ord("a") + byte % 26) for byte in drawn)
    return f"{GENERATED_NAME}{letters}{extension}"


def _version_4(drawn: bytes) -> str:
    digits = drawn.hex()
    return _laid_out(f"{digits[:12]}4{digits[13:16]}{_VARIANTS[drawn[8] >> 4 & 3]}{digits[17:]}")


def _laid_out(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
