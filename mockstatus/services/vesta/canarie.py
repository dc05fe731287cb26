"""What the gateway tells about itself and its annotators: the CANARIE routes. Pure.

Source: VESTA wire notes, 1.6 (observed; the default texts are a choice).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockstatus.scenario.durations import format_instant
from mockstatus.services.vesta.options import HERE, Annotator, VestaOptions

API_VERSION = "1.9.3"
PAGES = ("doc", "releasenotes", "support", "source", "tryme", "licence", "provenance")
GLOBAL = "."
"""The annotator that paths without an annotator's name are about, if there is one."""

_TOLD = ("synopsis", "institution", "releaseTime", "supportEmail", "category", "researchSubject")


@dataclass(frozen=True, slots=True)
class Redirect:
    """The configured answer is somewhere else."""

    url: str


@dataclass(frozen=True, slots=True)
class Said:
    """The configured answer is this text, with this HTTP status."""

    text: str
    status: int


@dataclass(frozen=True, slots=True)
class Template:
    """The configured answer is a page of the gateway's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """The configuration holds nothing that could be answered."""

    value: str


Configured = Redirect | Said | Template | Unusable


def configured(name: str, annotator: Annotator, page: str) -> Configured:
    """What is answered for a page (or `home`) of an annotator."""
    value = _value(name, annotator, page)
    if value.startswith("http"):
        return Redirect(value)
    text, comma, status = value.rpartition(",")
    if comma and status.strip().isdecimal() and 200 <= int(status) <= 599:
        return Said(text, int(status))
    return Template(value) if value.endswith(".html") else Unusable(value)


def global_info(options: VestaOptions) -> dict[str, Any]:
    """All annotators and their configurations."""
    services = {
        name: _configuration(name, annotator) for name, annotator in options.all_annotators.items()
    }
    return {"services": services, "version": API_VERSION}


def service_info(name: str, annotator: Annotator) -> dict[str, Any]:
    """What is told about one annotator."""
    return {
        "version": f"{API_VERSION}_{annotator.version}",
        "name": annotator.name or name,
        **_texts(annotator, name),
        "tags": annotator.tags.split(","),
        "activeWorkers": annotator.activeWorkers,
    }


def stats(invocations: int, since_us: int) -> dict[str, Any]:
    """How often an annotator was called, and since when that is counted."""
    whole_us = since_us - since_us % 1_000_000
    return {"invocations": invocations, "lastReset": format_instant(whole_us)}


def _value(name: str, annotator: Annotator, page: str) -> str:
    value: str = getattr(annotator, page)
    return HERE.format(name=name, page=page) if value == HERE else value


def _texts(annotator: Annotator, name: str) -> dict[str, str]:
    texts = {key: str(getattr(annotator, key)) for key in _TOLD}
    texts["synopsis"] = texts["synopsis"] or f"Annotates documents by {name}."
    return texts


def _configuration(name: str, annotator: Annotator) -> Mapping[str, Any]:
    """An annotator's configuration, all texts."""
    told: dict[str, Any] = {
        "route_keyword": name,
        "celery_task_name": annotator.type or name,
        "celery_queue_name": annotator.type or name,
        "name": annotator.name or name,
        "version": annotator.version,
        "tags": annotator.tags,
        **_texts(annotator, name),
    }
    for page in ("home", *PAGES):
        value = str(getattr(annotator, page))
        told[page] = (
            value.replace("{name}", name).replace("{page}", page) if value == HERE else value
        )
    optional = {key: getattr(annotator, key) for key in ("noparams", "os_args", "rubber_params")}
    return told | {key: value for key, value in optional.items() if value}
