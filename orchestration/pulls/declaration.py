"""What a pull says in its YAML file, and how that is read and checked.

A file in the folder `FUNNEL_PULLS_DIR` is a pull; its name is the pull's name.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.pulls.errors import PullError

_HERE = ("127.0.0.1", "localhost", "::1")
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Auth(_Strict):
    """How a request says who asks; each `…_from` names an environment variable."""

    type: Literal["bearer", "basic", "header"]
    token_from: Variable | None = None
    user_from: Variable | None = None
    password_from: Variable | None = None
    header: str = "X-API-Key"

    @model_validator(mode="after")
    def _is_complete(self) -> "Auth":
        needed = "user_from" if self.type == "basic" else "token_from"
        if not getattr(self, needed):
            raise ValueError(f"auth of type {self.type} needs {needed}")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Environment variables that hold the credentials."""
        return tuple(filter(None, (self.token_from, self.user_from, self.password_from)))


class Cursor(_Strict):
    """The field that says when a record changed last; a pull goes on from its greatest value."""

    field: str
    kind: Literal["epoch_s", "epoch_ms", "iso", "timestamp"]
    start: int | str | None = Field(default=None, description="Pull nothing older than this.")
    overlap_seconds: int = Field(
        default=600,
        ge=0,
        description="Asked for again by the next pull: what was written late.",
    )


class Rest(_Strict):
    """An API that answers in pages of JSON."""

    base_url: str
    path: str
    params: dict[str, str | int | bool] = {}
    cursor_param: str
    records: str = Field(default="", description="Where in a page the list is; empty: the page.")
    pagination: dict[str, Any]
    auth: Auth
    timeout_seconds: int = Field(default=60, ge=1)
    tries: int = Field(default=5, ge=1, description="Of a page, before the pull gives up.")
    longest_wait_seconds: int = Field(default=300, ge=1)

    @field_validator("base_url")
    @classmethod
    def _is_encrypted(cls, address: str) -> str:
        parts = urlsplit(address)
        if not parts.hostname or parts.username or parts.password:
            raise ValueError("must be an address without user and password")
        if parts.scheme != "https" and parts.hostname not in _HERE:
            raise ValueError("must begin with https:// (or be on this machine)")
        return address


class Database(_Strict):
    """A table or view in PostgreSQL."""

    url_from: Variable
    db_schema: str = Field(default="public", alias="schema")
    table: str
    rows_at_a_time: int = Field(default=50_000, ge=1)


class Pull(_Strict):
    """One kind of record of one tool, and where it lands."""

    name: str
    target: str = Field(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$")
    enabled: bool = True
    fields: tuple[str, ...] = Field(min_length=1)
    cursor: Cursor
    rest: Rest | None = None
    database: Database | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> "Pull":
        if (self.rest is None) == (self.database is None):
            raise ValueError("exactly one of rest and database is needed")
        if self.cursor.field not in self.fields:
            raise ValueError(f"fields must hold the cursor, {self.cursor.field!r}")
        if (self.cursor.kind == "timestamp") != (self.database is not None):
            raise ValueError("the cursor's kind is timestamp for a database, and only there")
        if self.rest and "." in self.cursor.field:
            raise ValueError("the cursor must be a field of the record itself")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Environment variables that hold the credentials."""
        if self.database:
            return (self.database.url_from,)
        return self.rest.auth.variables if self.rest else ()


def read_pulls(folder: Path | None) -> dict[str, Pull]:
    """Read every enabled pull (`*.yaml`) of a folder, by its name.

    Args:
        folder: none where nothing is to be pulled.

    Raises:
        PullError: a file cannot be used; the message names it and the key.
    """
    pulls = [_read_pull(path) for path in sorted(folder.glob("*.yaml"))] if folder else []
    return {pull.name: pull for pull in pulls if pull.enabled}


def _read_pull(path: Path) -> Pull:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
        raise PullError(f"{path.name}: name the file with small letters, digits and _")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PullError(f"{path.name} is not valid YAML: {error}") from None
    if not isinstance(said, dict):
        raise PullError(f"{path.name} says nothing; docs/pulls.md has examples")
    problems = ""
    try:
        return Pull(name=path.stem, **said)
    except (ValidationError, TypeError) as error:
        problems = _problems(error)
    raise PullError(f"{path.name}: {problems}; docs/pulls.md says what a pull is made of")


def _problems(error: ValidationError | TypeError) -> str:
    """What is wrong, without the values: somebody may have written a password there."""
    if isinstance(error, TypeError):
        return "the name of a pull is its file's name; take `name` out"
    found = (
        f"{'.'.join(map(str, e['loc'])) or 'pull'}: {e['msg']}"
        for e in error.errors(include_input=False)
    )
    return "; ".join(found)
