"""Hypothesis strategies: any lifecycle that a service could show, for tests of its clients.

    @given(scenario=strategies.scenarios("vesta"), steps=strategies.steps())
    def test_my_client_never_hangs(mockstatus, scenario, steps): ...

What is drawn are documents as a scenario file and the control API spell them: every one is valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mockstatus.registry import services
from mockstatus.scenario.durations import format_duration
from mockstatus.services.ukssdc import products
from mockstatus.services.vesta import states

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock
    from mockstatus.testing.job import Job

Document = dict[str, Any]

SECOND_US = 1_000_000
_MOST_PHASES = 8


def durations(*, most: int = 3600) -> st.SearchStrategy[str]:
    """Spans of whole seconds up to `most`, as text."""
    return st.integers(0, most).map(lambda seconds: format_duration(seconds * SECOND_US))


def scenarios(service: str | None = None) -> st.SearchStrategy[Document]:
    """Scenarios of this service, or of any of ours. Raises ValueError for another one."""
    if service is None:
        return st.one_of([make() for make in _SCENARIOS.values()])
    if service not in _SCENARIOS:
        known = ", ".join(_SCENARIOS)
        raise ValueError(f"no scenarios of {service!r} can be drawn, expected one of {known}")
    return _SCENARIOS[service]()


def faults(service: str) -> st.SearchStrategy[Document]:
    """Faults on calls of this service; a delay is real time, and so at most 20 ms.

    Raises ValueError if there is no such service.
    """
    known = services()
    if service not in known:
        raise ValueError(f"there is no service {service!r}, expected one of {', '.join(known)}")
    counts = st.integers(1, 5)
    return st.fixed_dictionaries(
        {"service": st.just(service), "effect": _effects()},
        optional={
            "operation": st.sampled_from(known[service].operation_names()),
            "nth": counts,
            "every": counts,
            "times": counts,
            "until": durations(),
        },
    )


@dataclass(frozen=True, slots=True)
class Advance:
    """Time passes. by: a span such as 30s."""

    by: str

    def apply(self, mock: Mock, job: Job) -> None:  # noqa: ARG002  # as its siblings
        """Moves the sandbox's clock."""
        mock.clock.advance(self.by)


@dataclass(frozen=True, slots=True)
class Signal:
    """The tester sends a signal."""

    name: str

    def apply(self, mock: Mock, job: Job) -> None:  # noqa: ARG002  # as its siblings
        """Sends it to the job; one that is gone is left alone."""
        if job.view()["gone"] is None:
            job.signal(self.name)


@dataclass(frozen=True, slots=True)
class Delete:
    """The tester deletes the job."""

    def apply(self, mock: Mock, job: Job) -> None:  # noqa: ARG002  # as its siblings
        """For its client it is gone."""
        job.delete()


Step = Advance | Signal | Delete


def steps(*, most: int = 10) -> st.SearchStrategy[list[Step]]:
    """What happens to a job from outside, in order; each step has `apply(mock, job)`."""
    one: st.SearchStrategy[Step] = st.one_of(
        durations().map(Advance),
        durations().map(Advance),
        st.sampled_from(("cancel", "fail", "complete", "expire")).map(Signal),
        st.just(Delete()),
    )
    return st.lists(one, max_size=most)


def _effects() -> st.SearchStrategy[Document]:
    status = st.sampled_from((429, 500, 502, 503, 504))
    return st.one_of(
        st.fixed_dictionaries({"status": status}),
        st.fixed_dictionaries({"status": status, "headers": st.just({"Retry-After": "5"})}),
        st.just({"status": 200, "body": "<html>back soon</html>", "content_type": "text/html"}),
        st.sampled_from(("reset", "empty", "truncate", "malformed", "garbage")).map(
            lambda wire: {"wire": wire}
        ),
        st.integers(0, 20).map(lambda ms: {"delay": f"{ms}ms"}),
    )


def _way_out() -> st.SearchStrategy[Document]:
    return st.one_of(
        durations().map(lambda span: {"for": span}),
        st.integers(1, 5).map(lambda polls: {"polls": polls}),
    )


def _walk(draw: st.DrawFn, following: Mapping[Any, Any], key: str, ends: Any) -> list[Document]:
    """A way through a service's graph of states, from anywhere to an end."""
    phases: list[Document] = []
    state = draw(st.sampled_from(sorted(following, key=str)))
    while following[state]:
        phases.append({key: state, **draw(_way_out())})
        is_long = len(phases) >= _MOST_PHASES
        nearer = [after for after in following[state] if not is_long or after in ends]
        state = draw(st.sampled_from(sorted(nearer, key=str)))
    return [*phases, {key: state}]


@st.composite
def _vesta(draw: st.DrawFn) -> Document:
    # What expires is a matter of time, not of the script; and a retry is followed by something.
    following = {
        state: after - {states.EXPIRED}
        for state, after in states.NEXT.items()
        if state != states.EXPIRED
    }
    ends = {state for state, after in following.items() if not after}
    return _document("vesta", phases=_walk(draw, following, "state", ends))


@st.composite
def _ukssdc(draw: st.DrawFn) -> Document:
    # Only the astrometric position waits: that is the service's own rule, which needs no script.
    following = {
        code: {one for one in after if one != products.WAITING}
        for code, after in products.NEXT.items()
        if code != products.WAITING
    }
    ends = {code for code, after in following.items() if not after or code == products.RUNNING}
    names = draw(st.lists(st.sampled_from(["default", *products.BY_NAME]), unique=True, max_size=3))
    return _document(
        "ukssdc", products={name: _walk(draw, following, "code", ends) for name in names}
    )


@st.composite
def _krixik(draw: st.DrawFn) -> Document:
    module = st.fixed_dictionaries(
        {"then": st.sampled_from(("complete", "complete", "failed", "stuck"))},
        optional={"for": durations()},
    )
    places = st.sampled_from(("default", "1", "2", "3"))
    return _document("krixik", modules=draw(st.dictionaries(places, module, max_size=3)))


def _document(service: str, **own: Any) -> Document:
    return {"service": service, "summary": "A story that was drawn.", **own}


_SCENARIOS = {"krixik": _krixik, "ukssdc": _ukssdc, "vesta": _vesta}
