"""What a process call orders: a pipeline, and all that is said of a file but its name; checked."""

from __future__ import annotations

from functools import lru_cache

from mockstatus.services.krixik.file import Order
from mockstatus.services.krixik.metadata import (
    Metadata,
    RefusedError,
    checked,
    checked_expiry,
    tag_pairs,
)
from mockstatus.services.krixik.modules import MODULES, chain_problem
from mockstatus.services.krixik.pipeline import ChosenModel, Pipeline
from mockstatus.services.krixik.wire import ModelChoice, ProcessBody

_SHARED_LENGTH = 4096
"""Characters that a pipeline has at most that is kept to be shared."""


def ordered(body: ProcessBody, pipeline: Pipeline, file_name: str) -> Order:
    """What a body orders of its pipeline for a file of this name. Raises RefusedError."""
    metadata = Metadata(
        file_name,
        body.symbolic_directory_path,
        tag_pairs(body.file_tags),
        body.file_description,
    )
    checked(metadata)
    expire_s = checked_expiry(body.expire_time)
    return Order(pipeline, expire_s, metadata.directory, metadata.tags, metadata.description)


def pipeline_of(body: ProcessBody) -> Pipeline:
    """The pipeline that a body describes; what it leaves out has the module's defaults.

    Raises RefusedError.
    """
    chain = tuple(body.pipeline_ordered_modules)
    problem = chain_problem(chain)
    if problem is not None:
        raise RefusedError(f"BAD REQUEST: {problem}")
    models = tuple(
        _model(name, body.modules.get(f"module_{index}"))
        for index, name in enumerate(chain, start=1)
    )
    keys = tuple(body.pipeline_output_process_keys)
    if len(keys) != len(chain):
        keys = tuple(MODULES[name].key for name in chain)
    told = repr((keys, models))
    pipeline = Pipeline(body.pipeline, chain, keys, models)
    return pipeline if len(told) > _SHARED_LENGTH else _shared(told, pipeline)


@lru_cache(maxsize=1024)
def _shared(_told: str, pipeline: Pipeline) -> Pipeline:
    """The one of all equal pipelines that files share. _told: 1, 1.0 and true are equal, too."""
    return pipeline


def _model(name: str, choice: ModelChoice | None) -> ChosenModel:
    module = MODULES[name]
    if choice is None:
        return ChosenModel(module.models[0], module.params)
    if choice.model not in module.models:
        raise RefusedError(f"BAD REQUEST: module '{name}' has no model '{choice.model}'")
    return ChosenModel(choice.model, tuple(choice.params.items()))
