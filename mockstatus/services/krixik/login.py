"""Checks a key in, and says what may still be used.

Source: Krixik wire notes, 1.1, 1.4 and 9; what these answers hold is a choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.services.krixik import answer
from mockstatus.services.krixik.gate import forbidden, has_good_key, new_request_id, options
from mockstatus.services.krixik.jobs import CAP_REACHED
from mockstatus.services.krixik.store import store_of
from mockstatus.web.answer import Answer, json_answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call


def checkin(call: Call) -> Answer:
    """Says whether a key is good. The body is not read: the client sends a JSON string."""
    if not has_good_key(call):
        return forbidden(call)
    return json_answer({"request_id": new_request_id(call), "message": answer.SUCCESS})


def cap_check(call: Call) -> Answer:
    """Says whether more files may be processed; 400 and the text of the refusal if not."""
    if not has_good_key(call):
        return forbidden(call)
    cap = options(call).cap
    is_reached = cap is not None and store_of(call.sandbox).accepted >= cap
    message = CAP_REACHED if is_reached else answer.SUCCESS
    document = {"request_id": new_request_id(call), "message": message, "warnings": []}
    return json_answer(document, 400 if is_reached else 200)
