"""The mock shows of each story what AsyncResult shows of a real Celery worker's task."""

from __future__ import annotations

import pytest
from evidence.mock_gateway import MockGateway
from evidence.real_celery import RealCelery
from evidence.stories import NOTED, STORIES, WRONG
from evidence.watching import difference, sequence

# One process of pytest-xdist, one worker of Celery. Other ways of spreading the tests
# (`--dist load`) work, too: each process then starts its own.
pytestmark = pytest.mark.xdist_group("celery")


@pytest.mark.parametrize("name", STORIES)
def test_the_mock_shows_what_a_real_worker_shows(
    name: str, real_celery: RealCelery, mock_gateway: MockGateway
) -> None:
    story = STORIES[name]
    real = real_celery.recording(story)

    imitated = mock_gateway.recording(story.phases, cancel_in=story.cancel_in)

    assert not difference(real, imitated)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_story_is_told_from_what_a_real_worker_shows(
    name: str, real_celery: RealCelery, mock_gateway: MockGateway
) -> None:
    wrong = WRONG[name]
    real = real_celery.recording(STORIES[wrong.of])

    imitated = mock_gateway.recording(wrong.phases, wrong.more, cancel_in=wrong.cancel_in)

    assert wrong.difference in difference(real, imitated)


@pytest.mark.parametrize("name", STORIES)
def test_a_real_worker_shows_what_the_wire_notes_say(name: str, real_celery: RealCelery) -> None:
    seen = real_celery.recording(STORIES[name])

    assert [shown.brief for shown in sequence(seen)] == list(NOTED[name])
    assert "RECEIVED" not in {shown.state for shown in seen}  # VESTA wire notes, 2.1
