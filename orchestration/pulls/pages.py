"""Asks an API for its pages: patient where waiting helps, and clear where it does not."""

import json
from base64 import b64encode
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util.retry import Retry

from orchestration.pulls.declaration import Auth, Rest
from orchestration.pulls.errors import PullError, clean_address
from orchestration.settings import secret

_MAY_PASS = (429, 500, 502, 503, 504)


class PageSession(requests.Session):
    """Gives whole pages or says in a sentence why not.

    A page that was refused for now (429) is asked for again after the time that the server names,
    one that failed (500 to 504, no connection) after a growing pause. The credential goes into
    the request here and nowhere else, and to no other host.
    """

    def __init__(self, rest: Rest) -> None:
        super().__init__()
        self._rest = rest
        self._last_page: bytes | None = None
        self.auth = Credential(rest.auth, urlsplit(rest.base_url).netloc)
        retry = Retry(
            total=rest.tries - 1,
            status_forcelist=_MAY_PASS,
            allowed_methods=None,
            backoff_factor=0.5,
            backoff_max=rest.longest_wait_seconds,
            retry_after_max=rest.longest_wait_seconds,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(max_retries=retry))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request; the answer is a page of records.

        Raises:
            PullError: there is no page; the message says why and what to do.
        """
        address = clean_address(request.url or "")
        if urlsplit(request.url or "").netloc != urlsplit(self._rest.base_url).netloc:
            raise PullError(
                f"a page leads to another host, {address}, which gets no credential;"
                " mend `base_url` or `pagination`"
            )
        options["timeout"] = self._rest.timeout_seconds
        request.hooks = {}  # dlt's would raise an error of its own first
        try:
            response = super().send(request, **options)
        except requests.RequestException as error:
            raise PullError(
                f"{address} cannot be reached, or broke off ({type(error).__name__});"
                " look at the network and the tool's status page, then pull again"
            ) from None
        if response.is_redirect:
            return response
        self._refuse_status(response, address)
        self._read(response, address)
        return response

    def _refuse_status(self, response: requests.Response, address: str) -> None:
        status = response.status_code
        if status in (401, 403):
            variables = " and ".join(self._rest.auth.variables)
            raise PullError(
                f"{address} refused the credential ({status}): it has expired or may not read"
                f" this; renew it and set the environment variable {variables}, then pull again"
            )
        if status in _MAY_PASS:
            raise PullError(
                f"{address} answered {status}, {self._rest.tries} times; the next pull goes on"
                " from where the last one ended: pull again later"
            )
        if status >= 400:
            raise PullError(
                f"{address} answered {status}; mend `path` and `params` of the pull"
                " by the tool's documentation"
            )

    def _read(self, response: requests.Response, address: str) -> None:
        """Check that a page is whole and holds a list; its numbers stay as they are written."""
        advice = "nothing of this pull has landed; pull again, and where it stays, ask the tool"
        try:
            page = json.loads(response.content, parse_float=str)
        except ValueError:
            raise PullError(
                f"{address} is a broken page: its {len(response.content):,} bytes are no whole"
                f" JSON; {advice}"
            ) from None
        records = page
        for name in filter(None, self._rest.records.split(".")):
            records = records.get(name) if isinstance(records, dict) else None
        if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
            where = f"at `{self._rest.records}`" if self._rest.records else "as a whole"
            raise PullError(
                f"{address} is no page of records: {where} it should be a list of objects;"
                " mend `records` of the pull, or ask the tool"
            )
        if records and response.content == self._last_page:
            raise PullError(
                f"{address} is the same page as the one before it; mend `pagination` of the pull"
            )
        self._last_page = response.content
        cast(Any, response).json = lambda **_: page  # parsed once


class Credential(AuthBase):
    """Puts the credential into the requests for one host, read from the environment each time."""

    def __init__(self, auth: Auth, host: str) -> None:
        self._auth = auth
        self._host = host

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header, but not where a page leads elsewhere."""
        if urlsplit(request.url or "").netloc == self._host:
            name, value = self._header()
            request.headers[name] = value
        return request

    def _header(self) -> tuple[str, str]:
        said = self._auth
        token, user, password = (
            (secret(variable) or "") if variable else ""
            for variable in (said.token_from, said.user_from, said.password_from)
        )
        match said.type:
            case "bearer":
                return "Authorization", f"Bearer {token}"
            case "basic":
                pair = b64encode(f"{user}:{password}".encode()).decode()
                return "Authorization", f"Basic {pair}"
            case "header":
                return said.header, token
