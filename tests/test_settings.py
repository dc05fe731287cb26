"""Settings: from arguments, then variables, then defaults; mistakes are told."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from mockstatus.settings import Settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MOCKSTATUS_{name.upper()}", raising=False)


def test_a_variable_sets_what_no_argument_says(monkeypatch):
    monkeypatch.setenv("MOCKSTATUS_PORT", "9000")
    monkeypatch.setenv("MOCKSTATUS_SEED", "7")

    settings = Settings(port=9001)

    assert (settings.port, settings.seed) == (9001, 7)


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    # As docker compose hands on variables that are not set.
    for name in ("PORT", "SEED", "SCENARIOS", "PUBLIC_URL", "ADMIN_TOKEN", "ALIASES"):
        monkeypatch.setenv(f"MOCKSTATUS_{name}", "")

    assert Settings() == Settings(port=8000)


def test_several_folders_and_names_fit_into_one_variable(monkeypatch):
    monkeypatch.setenv("MOCKSTATUS_SCENARIOS", "/a:/b")
    monkeypatch.setenv("MOCKSTATUS_ALIASES", "mock, mock.example ,")

    settings = Settings()

    assert settings.scenarios == (Path("/a"), Path("/b"))
    assert settings.aliases == ("mock", "mock.example")


def test_folders_can_be_given_as_they_are(tmp_path):
    assert Settings(scenarios=(tmp_path,), aliases=("mock",)).scenarios == (tmp_path,)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("clock", "fast", "expected 'real', 'manual' or 'xN'"),
        ("public_url", "mock:8000", "such as http://mock.example:8000"),
        ("seed", 2**63, "less than 9223372036854775808"),
        ("port", 70000, "less than or equal to 65535"),
        ("log_format", "xml", "'text' or 'json'"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(field, value, told):
    with pytest.raises(ValidationError, match=told):
        Settings(**{field: value})


def test_an_address_needs_no_slash_at_its_end():
    assert Settings(public_url="http://mock:1/").public_url == "http://mock:1"


def test_a_token_is_not_shown():
    assert "hush" not in repr(Settings(admin_token="hush"))
