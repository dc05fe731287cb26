"""One JSON object a line, for programs: imported where they read what a server says."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from mockstatus.scenario.durations import format_instant


class JsonLines(JsonFormatter):
    """A record's time, level and first line, and the facts that came with it."""

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        log_data |= {
            "time": format_instant(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "message": record.getMessage().partition("\n")[0],
            **getattr(record, "facts", {}),
        }
        if "exc_info" in message_dict:
            log_data["exception"] = message_dict["exc_info"]
