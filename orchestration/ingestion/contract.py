"""What a contract says, and how its YAML is read and checked.

A contract belongs to one source and states for each entity: which files, which format,
which columns (source name → our name, type, required, personal), primary key, event time.
"""

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from orchestration.ingestion.masking import RULES

ColumnType = Literal[
    "string", "integer", "decimal", "double", "boolean", "timestamp", "date",
    "email", "phone", "name", "ip", "answers",
]  # fmt: skip
PERSONAL_TYPES = frozenset({"email", "phone", "name", "ip"})
SHIPPED = Path(__file__).resolve().parent.parent / "contracts"
POSITION_IN = re.compile(r"position_in\((\w+)\)")


class ContractError(ValueError):
    """A contract cannot be used; the message names the file, the entity and the key."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(_Strict):
    """One column of an entity: where it comes from and what it becomes."""

    description: str
    names: Names = Field(default=(), alias="from")
    type: ColumnType = "string"
    required: bool = False
    personal: bool = False
    format: Names = ()
    lowercase: bool = False
    thousands: str | None = Field(default=None, min_length=1, max_length=1)
    decimal_mark: Literal[".", ","] = "."
    percent: bool = Field(
        default=False, description="Numbers carry a percent sign; 12,5 % is 12.5."
    )
    missing: Names = Field(default=(), description="Words that stand for no value, such as `-`.")
    fill: str | None = None
    file_name: str | None = None
    question_id: tuple[str, ...] = ()
    question_text: tuple[str, ...] = ()
    value: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "Column":
        if self.personal != (self.type in PERSONAL_TYPES):
            raise ValueError("personal: true goes with the types email, phone, name and ip")
        if self.fill and self.fill != "row_hash" and not POSITION_IN.fullmatch(self.fill):
            raise ValueError("fill is row_hash or position_in(<column>)")
        if self.file_name and re.compile(self.file_name).groups != 1:
            raise ValueError("file_name is a regular expression with one group")
        if self.thousands and self.thousands == self.decimal_mark:
            raise ValueError("thousands and decimal_mark must differ")
        return self


class Format(_Strict):
    """How a file is written. `type` None: decided by the file's ending.

    Rows are counted without blank ones. Which of several header rows names the columns says
    `header`: the `first`, the `second`, or all `joined` (an empty cell of the first takes the one
    to its left). Where the first names them, the second holds the wording of questions.
    """

    type: Literal["csv", "ndjson", "json", "parquet", "xlsx"] | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', max_length=1, description="Empty: cells are never quoted.")
    encoding: Literal["utf-8", "utf-16", "latin-1", "windows-1252"] = "utf-8"
    skip_rows: int = Field(default=0, ge=0, description="Rows before the header (CSV, XLSX).")
    header_rows: int = Field(default=1, ge=0, description="Rows of the header (CSV, XLSX).")
    header: Literal["first", "second", "joined"] = "first"
    column_names: tuple[str, ...] = Field(
        default=(), description="Names of the columns in order, where the file has no header."
    )
    footer_rows: int = Field(default=0, ge=0, description="Rows after the records (CSV, XLSX).")
    sheet: Names = Field(default=(), description="Names an XLSX sheet may have; none: the first.")
    records: str | None = Field(
        default=None, description="Where a JSON document holds its list, as `path.to.list`."
    )

    @model_validator(mode="after")
    def _has_one_header(self) -> "Format":
        if (self.header_rows == 0) != bool(self.column_names):
            raise ValueError("column_names goes with header_rows: 0, for files without a header")
        if self.header == "second" and self.header_rows < 2:
            raise ValueError("header: second needs header_rows: 2 or more")
        return self

    @property
    def is_plain(self) -> bool:
        """Whether a CSV file is one header row, then records to the end."""
        return (self.skip_rows, self.header_rows, self.footer_rows) == (0, 1, 0)


class Question(_Strict):
    """A rule that recognises a scored question by its id or wording."""

    match: str
    kind: Literal["nps", "csat", "ces", "ces_v1"]
    scale_max: int | None = None


class Freshness(_Strict):
    """The rhythm in which an entity is expected to be delivered."""

    warn_after_hours: float = Field(gt=0, description="Older than this is late: it is shown.")
    fail_after_hours: float = Field(description="Older than this is stale: an alert is sent.")

    @model_validator(mode="after")
    def _in_order(self) -> "Freshness":
        if self.fail_after_hours <= self.warn_after_hours:
            raise ValueError("fail_after_hours must be more than warn_after_hours")
        return self


class Entity(_Strict):
    """A kind of record of one source."""

    description: str
    files: Names
    columns: dict[str, Column]
    primary_key: Names
    format: Format = Format()
    version: Names = ()
    event_time: str | None = None
    time_zone: str = "UTC"
    identical_rows: Literal["drop", "keep"] = "drop"
    key_values: dict[str, tuple[str, ...]] = {}
    questions: tuple[Question, ...] = ()
    ignored: tuple[str, ...] = ()
    missing: Names = Field(
        default=(), description="Words that stand for no value in every column, such as `-`."
    )
    left_out: dict[str, Names] = Field(
        default={},
        description="Values by column that mark a test or preview record. It is kept apart and"
        " counted as rejected, but does not count against max_rejected_pct.",
    )
    max_rejected_pct: float = 5.0
    freshness: Freshness | None = Field(
        default=None,
        description="Expected rhythm of deliveries, measured on the newest file that could be"
        " read; none: any age is fine.",
    )

    @model_validator(mode="after")
    def _names_known(self) -> "Entity":
        used = {
            *self.primary_key, *self.version, *self.left_out, *filter(None, [self.event_time])
        }  # fmt: skip
        if unknown := used - self.columns.keys():
            raise ValueError(f"not among the columns: {', '.join(sorted(unknown))}")
        return self

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Names under which the column `name` may stand in a file."""
        return self.columns[name].names or (name,)

    def is_id(self, name: str) -> bool:
        """Whether a column holds ids: each must stay another one, whatever is hidden of it."""
        return name.endswith("_id") or name in self.primary_key

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """Columns that hold pseudonyms in the lake."""
        return tuple(name for name, column in self.columns.items() if column.personal)

    @property
    def fingerprint(self) -> str:
        """Changes when a file would be read differently: then batches are read again."""
        said = self.model_dump(exclude={"description", "freshness"})
        text = json.dumps([said, RULES], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Contract(_Strict):
    """All entities of one source."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    entities: dict[str, Entity]


def read_contract(path: Path) -> Contract:
    """Read and check one contract; one that has not changed since is not read again.

    Raises:
        ContractError: the file is not YAML, misses a key or has one too many.
    """
    stat = path.stat()
    return _read_contract(path, stat.st_mtime_ns, stat.st_size)


@lru_cache
def _read_contract(path: Path, _modified: int, _size: int) -> Contract:
    try:
        text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} is not valid YAML: {error}") from error
    contract, problems = _checked(text)
    if contract is None:
        raise ContractError(f"{path.name}: {problems}")
    if contract.source != path.stem:
        raise ContractError(f"{path.name} declares source {contract.source!r}; names must agree")
    return contract


def _checked(text: Any) -> tuple[Contract | None, str]:
    """Return the contract or what is wrong with it.

    pydantic's error is not chained: it holds references that Python cannot collect.
    """
    try:
        return Contract.model_validate(text), ""
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, e['loc'])) or 'contract'}: {e['msg']}" for e in error.errors()
        ]
        return None, "; ".join(problems)


def read_contracts(folder: Path) -> dict[str, Contract]:
    """Read every `*.yaml` of a folder, by source name; the shipped contract stands for the rest.

    Raises:
        ContractError: one of them cannot be used, or there is none.
    """
    own = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if not own:
        raise ContractError(f"no contracts (*.yaml) in {folder}")
    paths = {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))} | own
    return {source: read_contract(path) for source, path in paths.items()}
