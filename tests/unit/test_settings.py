import pytest

from orchestration.settings import ROOT, SettingsError, load_settings


def test_the_defaults_lie_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNNEL_DATA_DIR")
    settings = load_settings()
    assert settings.landing_dir == ROOT / "data" / "landing"
    assert settings.published_file == ROOT / "data" / "published" / "engagement.duckdb"
    assert (settings.time_zone, settings.keep_versions) == ("UTC", 7)


def test_an_empty_time_zone_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_TIMEZONE", "")
    assert load_settings().time_zone == "UTC"


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


MAIL = {
    "FUNNEL_ALERT_SMTP_URL": "smtps://me:p%40ss@mail.example.org",
    "FUNNEL_ALERT_EMAIL_TO": "a@example.org, b@example.org",
}


def test_alerts_are_off_by_default() -> None:
    assert load_settings().alert_webhook is None
    assert load_settings().alert_mail is None


def test_a_mail_server_is_read_from_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MAIL.items():
        monkeypatch.setenv(name, value)
    mail = load_settings().alert_mail
    assert mail
    assert (mail.host, mail.port, mail.tls_from_start) == ("mail.example.org", 465, True)
    assert (mail.user, mail.password) == ("me", "p@ss")
    assert mail.recipients == ("a@example.org", "b@example.org")
    assert mail.sender == "a@example.org"
    assert "p@ss" not in repr(load_settings())
    monkeypatch.setenv("FUNNEL_ALERT_SMTP_URL", "smtp://localhost")
    mail = load_settings().alert_mail
    assert mail
    assert (mail.port, mail.tls_from_start, mail.user) == (587, False, None)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"FUNNEL_ALERT_WEBHOOK_URL": "ftp://secret.example.org/"}, "FUNNEL_ALERT_WEBHOOK_URL"),
        ({"FUNNEL_ALERT_WEBHOOK_URL": "https://secret.org:port/"}, "FUNNEL_ALERT_WEBHOOK_URL"),
        ({"FUNNEL_ALERT_WEBHOOK_URL": "secret"}, "FUNNEL_ALERT_WEBHOOK_URL"),
        ({"FUNNEL_ALERT_WEBHOOK_URL": "https://secret .org/"}, "FUNNEL_ALERT_WEBHOOK_URL"),
        ({**MAIL, "FUNNEL_ALERT_SMTP_URL": "http://secret"}, "FUNNEL_ALERT_SMTP_URL"),
        ({**MAIL, "FUNNEL_ALERT_SMTP_URL": "smtp://"}, "FUNNEL_ALERT_SMTP_URL"),
        ({**MAIL, "FUNNEL_ALERT_SMTP_URL": ""}, "FUNNEL_ALERT_SMTP_URL"),
        ({**MAIL, "FUNNEL_ALERT_EMAIL_TO": ""}, "FUNNEL_ALERT_EMAIL_TO"),
        ({**MAIL, "FUNNEL_ALERT_EMAIL_TO": "secret"}, "FUNNEL_ALERT_EMAIL_TO"),
        ({**MAIL, "FUNNEL_ALERT_EMAIL_FROM": "secret\nBcc: x@y.z"}, "FUNNEL_ALERT_EMAIL_FROM"),
    ],
)
def test_an_alert_setting_that_cannot_be_used_is_named_but_not_shown(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{named} ") as error:
        load_settings()
    assert "secret" not in str(error.value)
