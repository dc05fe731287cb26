"""The mock shows of each story what AsyncResult shows of a real Celery worker's task."""

from __future__ import annotations

from pathlib import Path

import pytest
from evidence.mock_gateway import MockGateway
from evidence.real_celery import RealCelery
from evidence.stories import STORIES, WRONG
from evidence.watching import difference

# One worker process of pytest-xdist starts one worker of Celery. Other ways of spreading the
# tests (`--dist load`) work, too: each process then starts its own.
pytestmark = pytest.mark.xdist_group("celery")

# VESTA wire notes, 4 (OBS5).
_NOTED = {
    "success": ["PENDING", "PROGRESS", "STORING", "SUCCESS"],
    "failure": ["PENDING", "FAILURE"],
    "retry": ["PENDING", "PROGRESS", "RETRY", "PROGRESS", "SUCCESS"],
    "retry to failure": ["PENDING", "PROGRESS", "RETRY", "PROGRESS", "FAILURE"],
    "revoked while queued": ["PENDING", "REVOKED"],
    "revoked while running": ["PENDING", "PROGRESS", "REVOKED"],
    "revoked while waiting to retry": ["PENDING", "PROGRESS", "RETRY", "REVOKED"],
    "revoked when it has ended": ["PENDING", "PROGRESS", "SUCCESS"],
}


@pytest.mark.parametrize("name", STORIES)
def test_the_mock_shows_what_a_real_worker_shows(
    name: str, real_celery: RealCelery, tmp_path: Path
) -> None:
    story = STORIES[name]
    real = real_celery.recording(story)

    imitated = MockGateway(tmp_path, story.phases).recording(cancel_in=story.cancel_in)

    assert not difference(real, imitated)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_story_is_told_from_what_a_real_worker_shows(
    name: str, real_celery: RealCelery, tmp_path: Path
) -> None:
    wrong = WRONG[name]
    real = real_celery.recording(STORIES[wrong.of])

    imitated = MockGateway(tmp_path, wrong.phases, wrong.more).recording(cancel_in=wrong.cancel_in)

    assert wrong.difference in difference(real, imitated)
