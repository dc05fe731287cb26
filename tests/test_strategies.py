from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockstatus import strategies
from mockstatus.registry import services
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.scenario.load import load_scenario
from mockstatus.testing.handle import Mock
from mockstatus.testing.site import serve

SERVICES = services()
MODELS = {name: service.scenario_model for name, service in SERVICES.items()}
_NUMBERS = count(1)


@given(strategies.scenarios())
def test_every_scenario_that_is_drawn_is_valid(document: dict[str, Any]) -> None:
    def check(scenario: Any) -> None:
        SERVICES[scenario.service].check(scenario)

    loaded = load_scenario(json.dumps(document), path="drawn", models=MODELS, check=check)

    assert loaded.service == document["service"]


@given(st.sampled_from(sorted(SERVICES)).flatmap(strategies.faults))
def test_every_fault_that_is_drawn_is_valid(document: dict[str, Any]) -> None:
    fault = FaultSpec.model_validate_json(json.dumps(document)).to_domain()

    assert fault.service == document["service"]


@pytest.mark.parametrize("draw", [strategies.scenarios, strategies.faults])
def test_a_service_that_there_is_not_is_refused(draw: Any) -> None:
    with pytest.raises(ValueError, match="expected one of krixik, ukssdc, vesta"):
        draw("acme")


def test_a_job_of_any_lifecycle_lives_through_any_steps() -> None:
    with serve(seed=7) as site:

        @settings(max_examples=25, suppress_health_check=list(HealthCheck))
        @given(
            strategies.scenarios("vesta"),
            st.lists(strategies.faults("vesta"), max_size=2),
            strategies.steps(),
        )
        def live(
            scenario: dict[str, Any], faults: list[dict[str, Any]], steps: list[strategies.Step]
        ) -> None:
            with Mock(site, f"drawn-{next(_NUMBERS)}") as mock:
                mock.begin(clock="manual")
                job = mock.submit("vesta", mock.scenario(scenario))
                for fault in faults:
                    mock.fault(fault)
                for step in steps:
                    step.apply(mock, job)
                assert job.state in SERVICES["vesta"].states or job.view()["gone"]

        live()


@given(st.lists(strategies.steps(), min_size=20, max_size=20))
def test_steps_of_all_kinds_are_drawn_as_values(drawn: list[list[strategies.Step]]) -> None:
    assert all(hash(step) is not None for steps in drawn for step in steps)
