import pytest

from orchestration.settings import ROOT, SettingsError, load_settings


def test_the_defaults_lie_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNNEL_DATA_DIR")
    settings = load_settings()
    assert settings.landing_dir == ROOT / "data" / "landing"
    assert settings.published_file == ROOT / "data" / "published" / "engagement.duckdb"
    assert (settings.time_zone, settings.keep_versions) == ("UTC", 7)


def test_a_data_folder_that_reads_as_a_pattern_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_DATA_DIR", "/somewhere/data [1]")
    with pytest.raises(SettingsError, match=r"one of the characters"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("FUNNEL_TIMEZONE", "Berlin"), ("FUNNEL_KEEP_VERSIONS", "0"), ("FUNNEL_KEEP_VERSIONS", "x")],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}='{value}'"):
        load_settings()
