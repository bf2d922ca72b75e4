"""Settings name what is wrong with them, and find what `marquee run` started."""

import json
from pathlib import Path

import pytest

from runtime.settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "CATALOG_DATABASE_URL", "REDIS_URL", "STORAGE_URL", "MARQUEE_PORT", "MARQUEE_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value"), [("MARQUEE_PORT", "abc"), ("MARQUEE_PORT", "70000"), ("MARQUEE_DEFAULT_COUNTRY", "usa")]
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_settings()


def test_without_an_address_or_a_run_it_says_what_to_set(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with pytest.raises(SettingsError, match=r"DATABASE_URL is not set.*marquee run"):
        settings.database_of("catalog")
    with pytest.raises(SettingsError, match="REDIS_URL"):
        _ = settings.valkey


def test_what_runs_on_the_data_folder_is_found_and_what_is_set_goes_first(tmp_path: Path) -> None:
    noted = {"DATABASE_URL": "postgresql://run", "REDIS_URL": "redis://run", "MARQUEE_PUBLIC_URL": "http://run:8200"}
    (tmp_path / "services.json").write_text(json.dumps(noted))
    settings = Settings(data=tmp_path)
    assert (settings.database_of("billing"), settings.valkey) == ("postgresql://run", "redis://run")
    assert settings.address == "http://run:8200", "so that tokens of the command line are the server's"
    given = Settings(data=tmp_path, database_url="postgresql://own", public_url="https://marquee.example/")
    assert given.database_of("billing") == "postgresql://own"
    assert given.address == "https://marquee.example"


def test_a_subgraph_may_have_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://all")
    monkeypatch.setenv("CATALOG_DATABASE_URL", "postgresql://catalog")
    settings = read_settings()
    assert settings.database_of("catalog") == "postgresql://catalog"
    assert settings.database_of("identity") == "postgresql://all"


def test_objects_lie_below_the_data_folder_unless_a_store_is_named(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).storage == (tmp_path / "storage").as_uri()
    assert Settings(data=tmp_path, storage_url="s3://films").storage == "s3://films"
