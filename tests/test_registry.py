"""The services that there are: ours, and those of other packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint

import pytest
from toy_service import SERVICE

from mockstatus import registry

Offer = Callable[[str], None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    """Has another package offer what is at this place."""

    def make(value: str) -> None:
        def offered(*, group: str) -> list[EntryPoint]:
            return [EntryPoint("theirs", value, group)]

        monkeypatch.setattr(registry, "entry_points", offered)

    registry.services.cache_clear()
    yield make
    registry.services.cache_clear()


def test_ours_go_first_and_others_come_by_the_same_door(offer: Offer) -> None:
    offer("toy_service:SERVICE")

    assert tuple(registry.services()) == (*registry.OURS, "toy")
    assert registry.services()["toy"] is SERVICE


def test_what_is_no_service_is_refused_each_time(offer: Offer) -> None:
    offer("toy_service:__doc__")

    for _ in range(2):
        with pytest.raises(TypeError, match="'toy_service:__doc__' is no mockstatus Service"):
            registry.services()


def test_nobody_changes_what_all_are_told() -> None:
    with pytest.raises(TypeError):
        registry.services()["mine"] = SERVICE  # type: ignore[index]
