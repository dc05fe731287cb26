"""Sandboxes come to be, are bounded, and are reset one by one."""

from types import SimpleNamespace

import pytest

from mockstatus.errors import LimitReachedError
from mockstatus.runtime import sandboxes as sandboxes_module
from mockstatus.runtime.clock import Clock, ClockMode
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.runtime.sandboxes import IDLE_US, Sandboxes


class HandTime:
    """A machine whose time is moved by hand."""

    now_us = 0

    def wall_us(self) -> int:
        return self.now_us

    def elapsed_us(self) -> int:
        return self.now_us


def make(name: str) -> Sandbox:
    return Sandbox(name, clock=Clock(ClockMode.parse("manual"), now_us=0), seed=1)


def test_a_look_brings_no_sandbox_to_be():
    sandboxes = Sandboxes(make)

    assert sandboxes.look("alice") is not sandboxes.look("alice")
    assert sandboxes.names() == ()


def test_a_kept_sandbox_is_the_one_that_is_found():
    sandboxes = Sandboxes(make)
    alice = sandboxes.keep(sandboxes.look("alice"))

    assert sandboxes.look("alice") is alice
    assert sandboxes.keep(make("alice")) is alice
    assert sandboxes.kept() == (alice,)


def test_a_reset_leaves_the_neighbours_alone():
    sandboxes = Sandboxes(make)
    alice = sandboxes.keep(sandboxes.look("alice"))
    bob = sandboxes.keep(sandboxes.look("bob"))

    fresh = sandboxes.reset("alice")

    assert sandboxes.look("alice") is fresh is not alice
    assert sandboxes.look("bob") is bob


def test_a_reset_wakes_those_who_wait_on_the_old_one():
    sandboxes = Sandboxes(make)
    alice = sandboxes.keep(sandboxes.look("alice"))
    heard = []
    alice.listen(lambda: heard.append(sandboxes.look("alice") is alice))

    sandboxes.reset("alice")

    assert heard == [False]


def test_a_reset_of_what_never_was_brings_nothing_to_be():
    sandboxes = Sandboxes(make)

    sandboxes.reset("alice")

    assert sandboxes.names() == ()


def test_the_oldest_idle_sandbox_makes_room():
    machine = HandTime()
    sandboxes = Sandboxes(make, limit=2, source=machine)
    sandboxes.keep(make("alice"))
    sandboxes.keep(make("bob"))
    machine.now_us = IDLE_US
    sandboxes.look("alice")

    sandboxes.keep(make("carol"))

    assert set(sandboxes.names()) == {"alice", "carol"}


def test_where_no_sandbox_is_idle_the_limit_is_named():
    sandboxes = Sandboxes(make, limit=1, source=HandTime())
    sandboxes.keep(make("alice"))
    machine_has_not_moved = sandboxes.look("alice")
    assert machine_has_not_moved.name == "alice"

    with pytest.raises(LimitReachedError, match="1 sandboxes already") as caught:
        sandboxes.keep(make("bob"))
    assert caught.value.limit == "sandboxes"


def test_a_sandbox_that_goes_while_a_thread_looks_at_it_is_gone_for_good():
    class Late(HandTime):
        """Another thread takes the room of whatever is looked at."""

        is_looked_at = False

        def elapsed_us(self) -> int:
            if self.is_looked_at:
                self.is_looked_at = False
                sandboxes.keep(make("bob"))
            return self.now_us

    time = Late()
    sandboxes = Sandboxes(make, limit=1, source=time)
    sandboxes.keep(make("alice"))
    time.now_us += IDLE_US
    time.is_looked_at = True

    sandboxes.look("alice")
    assert sandboxes.names() == ("bob",)
    time.now_us += 1
    sandboxes.look("bob")
    time.now_us += IDLE_US
    carol = sandboxes.keep(make("carol"))

    assert sandboxes.kept() == (carol,)


def test_the_idlest_sandbox_makes_room_where_too_many_bytes_are_kept(monkeypatch):
    monkeypatch.setattr(sandboxes_module, "BYTES_LIMIT", 100)
    monkeypatch.setattr(sandboxes_module, "WEIGH_EVERY", 1)
    machine = HandTime()
    sandboxes = Sandboxes(make, source=machine)
    alice = sandboxes.keep(make("alice"))
    alice.stash["acme"] = SimpleNamespace(size=101)

    with pytest.raises(LimitReachedError, match="more than 100 bytes") as caught:
        sandboxes.keep(make("bob"))
    machine.now_us = IDLE_US
    sandboxes.keep(make("bob"))

    assert caught.value.limit == "bytes"
    assert sandboxes.names() == ("bob",)
