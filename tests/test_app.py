"""The parts of a server, joined: no globals, and settings that reach where they belong."""

import subprocess
import sys
from dataclasses import replace

import pytest
from tester import Tester
from toy_service import SERVICE

from mockstatus.app import create_app
from mockstatus.scenario.library import Library
from mockstatus.scenario.strict import ScriptError
from mockstatus.settings import Settings

TOYS = {"toy": SERVICE}
STORY = "service: toy\nsummary: A story.\nphases: [{state: DONE}]\n"


def an_app(**settings):
    return create_app(
        Settings(**{"clock": "manual", **settings}),
        services=TOYS,
        library=Library({"toy": SERVICE.scenario_model}),
    )


def test_a_server_starts_without_what_few_of_its_answers_need():
    program = "import sys; from mockstatus.app import create_app; create_app(); print(*sys.modules)"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    imported = ran.stdout.decode().split()
    assert "mockstatus.services.vesta" in imported
    assert not {"jwt", "cryptography", "snowballstemmer", "hypothesis"} & set(imported)


def test_two_apps_know_nothing_of_each_other():
    one, other = Tester(an_app()), Tester(an_app())

    toy = one.submit()

    assert [job["id"] for job in one.get("/_mock/jobs")] == [toy]
    assert other.get("/_mock/jobs") == []


def test_clock_and_seed_are_the_start_of_every_sandbox():
    tester = Tester(an_app(clock="x60", seed=7))

    for name in ("alice", "bob"):
        assert tester.inside(name).get("/_mock/clock")["mode"] == "x60"
        assert tester.inside(name).get("/_mock/seed") == {"seed": 7}


class Ticking:
    """A time source that goes on by a second whenever somebody looks."""

    def __init__(self):
        self.now_us = 1_767_225_600_000_000

    def wall_us(self):
        self.now_us += 1_000_000
        return self.now_us

    elapsed_us = wall_us


@pytest.mark.parametrize("mode", ["manual", "x60"])
def test_looks_at_a_sandbox_that_nobody_used_agree_on_the_time(mode):
    source = Ticking()
    app = create_app(
        Settings(clock=mode, seed=1), services=TOYS, library=Library({}), source=source
    )
    start_us = source.now_us
    rate = app.world.sandboxes.look("a").clock.mode.rate

    for name in ("alice", "alice", "bob"):
        now_us = app.world.sandboxes.look(name).clock.now_us()
        passed_us = source.now_us - start_us
        assert 0 <= passed_us * rate - (now_us - start_us) <= 2_000_000 * rate


def test_a_manual_clock_stands_still_for_all_who_only_look():
    source = Ticking()
    app = create_app(
        Settings(clock="manual", seed=1), services=TOYS, library=Library({}), source=source
    )

    seen = {app.world.sandboxes.look(name).clock.now_us() for name in ("alice", "alice", "bob")}

    assert len(seen) == 1


def test_without_a_seed_it_is_a_fresh_one_and_known():
    one, other = an_app(), an_app()

    assert one.seed != other.seed
    assert Tester(one).get("/_mock/seed") == {"seed": one.seed}


def test_mounted_scenarios_are_read_and_what_is_wrong_with_them_is_told(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "good.yaml").write_text(STORY)
    (tmp_path / "toy" / "bad.yaml").write_text(STORY.replace("DONE", "DON"))

    app = create_app(Settings(seed=1, scenarios=(tmp_path,)), services=TOYS)

    assert Tester(app).poll(Tester(app).submit("good")) == "DONE"
    problems = [one for one in app.world.library.problems if str(tmp_path) in one.path]
    assert [one.message.partition(",")[0] for one in problems] == ["unknown state 'DON'"]


def test_what_only_a_service_finds_wrong_with_a_scenario_is_told(tmp_path):
    def refuse(scenario):
        raise ScriptError(f"nothing good about {scenario.summary}", at=("summary",))

    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "story.yaml").write_text(STORY)

    app = create_app(
        Settings(seed=1, scenarios=(tmp_path,)), services={"toy": replace(SERVICE, check=refuse)}
    )

    problems = [one for one in app.world.library.problems if str(tmp_path) in one.path]
    assert [(one.line, one.message) for one in problems] == [(2, "nothing good about A story.")]
    tester = Tester(app)
    tester.refused(422, "PUT", "/_mock/scenarios/toy/own", content=STORY)


@pytest.mark.parametrize("path", ["/nothing", "/~alice/nothing"])
def test_what_nobody_serves_is_not_found(path):
    Tester(an_app()).refused(404, "GET", path)


def test_the_registered_services_are_there_by_default():
    app = create_app(Settings(seed=1))

    assert {"krixik", "ukssdc", "vesta"} <= set(app.world.services)
