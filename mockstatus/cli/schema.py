"""`mockstatus schema`: the JSON Schema of scenario files."""

from __future__ import annotations

import json

from mockstatus import registry
from mockstatus.cli.library import models
from mockstatus.scenario.publish import json_schema


def text() -> str:
    """The schema as it is published, with a newline at its end."""
    return json.dumps(json_schema(models(registry.services())), indent=2, ensure_ascii=False) + "\n"
