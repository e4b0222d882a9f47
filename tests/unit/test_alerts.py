"""Alerts as they arrive at real servers, and what becomes of those that do not."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.alerts import is_configured, masked, run_failed, send, send_once_a_day
from orchestration.settings import load_settings
from tests.servers import MailServer, Webhook, mail_server, webhook

FAILED = run_failed(
    "nightly_refresh", "run-1", ["generic/orders: check batch_expectations: 1 row breaks it"]
)
MORNING = datetime(2026, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with webhook() as server:
        monkeypatch.setenv("FUNNEL_ALERT_WEBHOOK_URL", server.url)
        yield server


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("FUNNEL_ALERT_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        monkeypatch.setenv("FUNNEL_ALERT_EMAIL_TO", "night@example.org, data@example.org")
        monkeypatch.setenv("FUNNEL_ALERT_EMAIL_FROM", "funnel@example.org")
        yield server


def tell(stale: dict[str, str], after: timedelta = timedelta()) -> list[str]:
    return send_once_a_day(stale, load_settings(), MORNING + after)


def test_nothing_is_sent_where_nothing_is_configured() -> None:
    assert not is_configured(load_settings())
    assert send(FAILED, load_settings()) == []


def test_a_webhook_gets_a_text_to_show_and_the_parts_to_read(hook: Webhook) -> None:
    assert send(FAILED, load_settings()) == []
    [post] = hook.posts
    assert post["text"].splitlines() == [
        "nightly_refresh failed. The published tables are as they were.",
        "- generic/orders: check batch_expectations: 1 row breaks it",
        "`make run`, where the data lies, shows the files, the rows and what to do; `make dev`"
        " shows the run.",
        "Job nightly_refresh, run run-1",
    ]
    assert (post["kind"], post["job"], post["run_id"]) == (
        "run_failed", "nightly_refresh", "run-1",
    )  # fmt: skip
    assert post["findings"] == ["generic/orders: check batch_expectations: 1 row breaks it"]


def test_mail_reaches_every_recipient(mail: MailServer) -> None:
    assert send(FAILED, load_settings()) == []
    [message] = mail.messages
    assert message["Subject"] == "nightly_refresh failed. The published tables are as they were."
    assert (message["From"], message["To"]) == (
        "funnel@example.org", "night@example.org, data@example.org",
    )  # fmt: skip
    assert message.get_content().splitlines() == FAILED.text.splitlines()
    assert [c for c in mail.commands if c.upper().startswith("RCPT")] == [
        "rcpt TO:<night@example.org>", "rcpt TO:<data@example.org>",
    ]  # fmt: skip


def test_a_password_is_not_sent_in_clear(mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"smtp://funnel:geheim@127.0.0.1:{mail.port}"
    monkeypatch.setenv("FUNNEL_ALERT_SMTP_URL", address)
    [problem] = send(FAILED, load_settings())
    assert "offers no STARTTLS" in problem
    assert mail.messages == []
    assert not any("AUTH" in command.upper() for command in mail.commands)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_does_not_take_it_is_a_problem_and_no_error(
    hook: Webhook, mail: MailServer, status: int
) -> None:
    hook.status = status
    [problem] = send(FAILED, load_settings())
    assert f"not sent by webhook: the server answered {status}" in problem
    assert "secret-token" not in problem
    assert len(mail.messages) == 1, "the other channel has it"


def test_servers_that_are_not_there_are_problems_without_their_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        monkeypatch.setenv("FUNNEL_ALERT_WEBHOOK_URL", f"http://{address}/secret-token")
        monkeypatch.setenv("FUNNEL_ALERT_SMTP_URL", f"smtps://u:geheim@{address}")
        monkeypatch.setenv("FUNNEL_ALERT_EMAIL_TO", "a@b.org")
        problems = send(FAILED, load_settings())
    assert [p.split(":")[0] for p in problems] == [
        "the alert was not sent by webhook", "the alert was not sent by mail",
    ]  # fmt: skip
    assert not any("secret-token" in p or "geheim" in p for p in problems)


def test_a_server_that_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orchestration.alerts.channels._TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setenv("FUNNEL_ALERT_WEBHOOK_URL", address)
        [problem] = send(FAILED, load_settings())
    assert "timed out" in problem


def test_refused_recipients_are_a_problem_that_names_nobody(mail: MailServer) -> None:
    mail.refuses_recipients = True
    [problem] = send(FAILED, load_settings())
    assert problem == "the alert was not sent by mail: the server refuses the recipients"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Could not convert string 'Jane Doe' to INT32", "Could not convert string … to INT32"),
        ('line "jane,+49 170 1234567" has 3 cells', "line … has 3 cells"),
        ("jane.doe@example.org is no number", "… is no number"),
        ("call +49 (170) 123-4567 now", "call … now"),
        ("from 192.168.10.200 again", "from … again"),
        ("it doesn't hold, and it won't", "it doesn't hold, and it won't"),
        ("quantity between -1,000,000 and 1,000,000: 1 row", None),
        ("first line\nOriginal Line: Jane", "first line"),
    ],
)
def test_no_value_of_the_data_leaves_with_an_alert(text: str, left: str | None) -> None:
    assert masked(text) == (left or text)
    assert run_failed("job", None, [text]).findings == (left or text,)


def test_a_stale_entity_is_told_once_a_day(hook: Webhook) -> None:
    for hours in (0, 1, 23):
        assert tell({"ga4/events": "5 days old"}, timedelta(hours=hours)) == []
    assert [post["findings"] for post in hook.posts] == [["ga4/events: 5 days old"]]
    tell({"ga4/events": "6 days old"}, timedelta(hours=24))
    assert len(hook.posts) == 2


def test_another_entity_is_told_at_once_and_alone(hook: Webhook) -> None:
    tell({"ga4/events": "5 days old"})
    tell({"ga4/events": "5 days old", "shopify/orders": "4 days old"}, timedelta(hours=1))
    assert hook.posts[1]["findings"] == ["shopify/orders: 4 days old"]


def test_one_that_recovered_and_is_stale_again_is_told_again(hook: Webhook) -> None:
    tell({"ga4/events": "5 days old"})
    tell({}, timedelta(hours=1))
    tell({"ga4/events": "4 days old"}, timedelta(hours=2))
    assert len(hook.posts) == 2


def test_what_nobody_got_is_told_the_next_time(hook: Webhook) -> None:
    hook.status = 500
    assert len(tell({"ga4/events": "5 days old"})) == 1
    hook.status = 200
    assert tell({"ga4/events": "5 days old"}, timedelta(hours=1)) == []
    assert len(hook.posts) == 2
    assert tell({"ga4/events": "5 days old"}, timedelta(hours=2)) == []
    assert len(hook.posts) == 2


def test_a_damaged_memory_costs_one_alert_too_many(hook: Webhook) -> None:
    tell({"ga4/events": "5 days old"})
    load_settings().alert_memory.write_text("[")
    tell({"ga4/events": "5 days old"}, timedelta(hours=1))
    assert len(hook.posts) == 2


def test_the_webhooks_address_is_not_shown(hook: Webhook) -> None:
    assert "secret-token" not in repr(load_settings())
