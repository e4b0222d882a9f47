"""Webhook and mail: an alert goes to every channel that is configured.

Nothing is raised: an alert that cannot be sent must not hide what it was to tell.
"""

import http.client
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from typing import Any

from orchestration.alerts.alert import Alert
from orchestration.settings import MailSettings, Settings

_TIMEOUT_SECONDS = 10


class _UnprotectedError(Exception):
    """The password would have to be sent in clear."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST arrives as a GET without its body: better a failure that is seen."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow none."""


def is_configured(settings: Settings) -> bool:
    """Whether there is a channel."""
    return bool(settings.alert_webhook or settings.alert_mail)


def send(alert: Alert, settings: Settings) -> list[str]:
    """Send an alert to every configured channel; each is given ten seconds.

    Returns:
        One sentence per channel that could not be reached, without its address.
    """
    problems = []
    if settings.alert_webhook:
        try:
            _post(alert, settings.alert_webhook)
        except (OSError, ValueError, http.client.HTTPException) as error:
            problems.append(f"the alert was not sent by webhook: {_reason(error)}")
    if settings.alert_mail:
        try:
            _mail(alert, settings.alert_mail)
        except (OSError, ValueError, smtplib.SMTPException, _UnprotectedError) as error:
            problems.append(f"the alert was not sent by mail: {_reason(error)}")
    return problems


def _post(alert: Alert, address: str) -> None:
    request = urllib.request.Request(
        address,
        json.dumps(alert.payload, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
    opener = urllib.request.build_opener(_NoRedirects)
    with opener.open(request, timeout=_TIMEOUT_SECONDS):
        pass


def _mail(alert: Alert, mail: MailSettings) -> None:
    message = EmailMessage()
    message["Subject"] = alert.title
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message.set_content(alert.text)
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT_SECONDS, context=context)
        if mail.tls_from_start
        else smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_SECONDS)
    )
    with connection:
        connection.ehlo()
        encrypted = mail.tls_from_start
        if not encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            encrypted = True
        if mail.user:
            if not encrypted:
                raise _UnprotectedError(
                    "the server offers no STARTTLS, and the password is not sent in clear; use"
                    " smtps:// in FUNNEL_ALERT_SMTP_URL"
                )
            connection.login(mail.user, mail.password or "")
        connection.send_message(message)


def _reason(error: Exception) -> str:
    """What went wrong, without the address: it is a secret."""
    match error:
        case urllib.error.HTTPError():
            return f"the server answered {error.code} {error.reason}"
        case urllib.error.URLError():
            return str(error.reason)
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code}"
        case smtplib.SMTPRecipientsRefused():
            return "the server refuses the recipients"
        case OSError() | _UnprotectedError() if str(error):
            return str(error)
        case _:
            return type(error).__name__
