"""What a service may ask of its clients."""

import pytest

from mockstatus.domain.etiquette import Etiquette


def test_a_service_asks_for_nothing_unless_it_says_so():
    assert Etiquette().poll_interval_us == 0


@pytest.mark.parametrize("asked", [{"poll_interval_us": -1}, {"polls_after_end": -1}])
def test_nobody_can_be_asked_for_less_than_nothing(asked):
    with pytest.raises(ValueError, match="cannot be negative"):
        Etiquette(**asked)
