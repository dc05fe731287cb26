"""The identifiers of Krixik, and the signatures of its links: hashes, so that a run repeats itself.

Source: Krixik wire notes, 5.1. A process id is plain random hex in the layout of a UUID; file ids
and the ids of single answers are version-4 UUIDs.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from mockstatus.domain.draw import begun, draw_bytes

_SEPARATOR = "\x1f"
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
GENERATED_NAME = "krixik_generated_file_name_"
_GENERATED_LETTERS = 10


def process_id(seed: int, sandbox: str, number: int) -> str:
    """The id of a job; the client's user knows it as `request_id`."""
    drawn = begun(seed, sandbox, "krixik").copy()
    drawn.update(b"%d\x1fprocess" % number)
    return _laid_out(drawn.hexdigest())


def file_id(seed: int, sandbox: str, number: int) -> str:
    """The id of the file that a job works on."""
    drawn = begun(seed, sandbox, "krixik").copy()
    drawn.update(b"%d\x1ffile" % number)
    return _version_4(drawn.hexdigest())


def request_id(seed: int, sandbox: str, number: int, now_us: int) -> str:
    """The id of one answer. number: counts a sandbox's answers.

    The instant keeps answers apart that come before anything is kept of their sandbox.
    """
    drawn = _answers(seed, sandbox).copy()
    drawn.update(b"%d %d" % (number, now_us))
    return _version_4(drawn.hexdigest())


@lru_cache(maxsize=1024)
def _answers(seed: int, sandbox: str) -> blake2b:
    key = draw_bytes(seed, sandbox, "krixik", "answer")
    return blake2b(key=key, digest_size=16)


def signature(seed: int, file: str, what: str) -> str:
    """What a link to a file's upload or output is signed with."""
    drawn = begun(seed, "krixik", size=32).copy()
    drawn.update(f"{file}{_SEPARATOR}{what}".encode("utf-8", "surrogatepass"))
    return drawn.hexdigest()


def generated_name(seed: int, sandbox: str, number: int, extension: str) -> str:
    """The name of a file whose client gives none, as the real client makes one up."""
    drawn = draw_bytes(seed, sandbox, "krixik", number, "name", size=_GENERATED_LETTERS)
    letters = "".join(chr(ord("a") + byte % 26) for byte in drawn)
    return f"{GENERATED_NAME}{letters}{extension}"


def _version_4(digits: str) -> str:
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}"
        f"-{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"
    )


def _laid_out(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
