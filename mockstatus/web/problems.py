"""Our own errors as `application/problem+json` (RFC 9457): what, where, and what was expected.

Only for what the imitated services have no words for: `/_mock`, and names of sandboxes.
"""

from __future__ import annotations

from mockstatus.web.answer import Answer, json_answer

PROBLEM = b"application/problem+json"


def problem(status: int, title: str, detail: str, **more: object) -> Answer:
    """A problem document. more: further members, such as `where` or `errors`."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return json_answer(document, status, content_type=PROBLEM)
