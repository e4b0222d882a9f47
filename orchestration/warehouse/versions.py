"""The versions that were published: which are kept, which one people open.

Each version lies in a folder of its own (so that every version's catalogue is named alike);
the link that people open leads to one of them. A reader that has a version open keeps it, whole,
until it opens again.
"""

import re
import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.files import replace_durably, sync
from orchestration.warehouse.publication_record import Publication, read_record

PAGE = "dashboard"
EXPORTS = "exports"

_NAME = re.compile(r"\d{8}T\d+Z")


class VersionError(ValueError):
    """A version that was asked for cannot be had; the message says which there are."""


class Versions:
    """The versions behind a link such as `published/engagement.duckdb`."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._folder = link.parent / "versions"

    @property
    def draft(self) -> Path:
        """File in which the next version is written."""
        return self._folder / ".draft" / self._link.name

    def names(self) -> list[str]:
        """Versions that are kept, oldest first: names tell the age."""
        if not self._folder.exists():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name))

    @property
    def current(self) -> str | None:
        """Version that people open."""
        return self._link.readlink().parent.name if self._link.is_symlink() else None

    def file(self, name: str) -> Path:
        """File of a kept version.

        Raises:
            VersionError: no such version is kept.
        """
        names = self.names()
        if name not in names:
            kept = ", ".join(names) or "none"
            raise VersionError(f"no version {name!r} is kept; there are: {kept}")
        return self._folder / name / self._link.name

    def read(self, name: str) -> Publication:
        """Record of a kept version.

        Raises:
            VersionError: it is not kept or cannot be read.
        """
        file = self.file(name)
        try:
            return read_record(file)
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise VersionError(
                f"version {name} cannot be used: {file} is damaged, or an earlier release of"
                f" this project wrote it ({said}). Choose another one"
            ) from error

    def before(self, name: str) -> str:
        """Version that a version replaced.

        Raises:
            VersionError: there was none, or it is not kept.
        """
        previous = self.read(name).previous_version
        if previous is None:
            raise VersionError(f"{name} is the first version; there is none before it")
        self.file(previous)
        return previous

    def history(self) -> list[Publication]:
        """The current version and those before it, newest first, as far as they can be read.

        What was rolled back is not among them: each version names the one that it replaced.
        """
        found: list[Publication] = []
        name = self.current
        while name:
            try:
                found.append(self.read(name))
            except VersionError:
                break
            name = found[-1].previous_version
        return found

    def clear_draft(self) -> None:
        """Remove what an unfinished publication has left."""
        shutil.rmtree(self.draft.parent, ignore_errors=True)

    def keep_draft(self, name: str) -> None:
        """Make the draft a version; nobody opens it yet."""
        sync(self.draft)
        replace_durably(self.draft.parent, self._folder / name)

    def point_to(self, name: str) -> None:
        """Let people open a version, its page and its exports: links are replaced in one step."""
        _replace_link(self._link, self.file(name))
        for beside in (self.page(name), self.exports(name)):
            if beside.exists():
                _replace_link(self._link.with_name(beside.name), beside)

    def page(self, name: str) -> Path:
        """Folder of a version's page."""
        return self._folder / name / PAGE

    def exports(self, name: str) -> Path:
        """Folder of a version's CSV files and workbook."""
        return self._folder / name / EXPORTS

    def roll_back(self, name: str | None = None) -> Publication:
        """Let people open an earlier version, by default the one that the current one replaced.

        The caller holds the run lock. The next publication replaces it like any other.

        Returns:
            The record of the version that is now current.

        Raises:
            VersionError: nothing is published, or the version is not kept or cannot be read.
        """
        if self.current is None:
            raise VersionError("nothing is published yet; run `make run` first")
        wanted = name or self.before(self.current)
        publication = self.read(wanted)
        self.point_to(wanted)
        return publication

    def remove_old(self, keep: int) -> None:
        """Delete all but the newest and those that people open: page and exports follow later."""
        beside = (self._link, self._link.with_name(PAGE), self._link.with_name(EXPORTS))
        opened = {link.readlink().parent.name for link in beside if link.is_symlink()}
        for name in self.names()[:-keep]:
            if name not in opened:
                shutil.rmtree(self._folder / name)

    def remove_others(self) -> int:
        """Delete all but the current one; return how many."""
        others = [name for name in self.names() if name != self.current]
        for name in others:
            shutil.rmtree(self._folder / name)
        return len(others)


def _replace_link(link: Path, target: Path) -> None:
    new_link = link.with_name(f".{link.name}.new")
    new_link.unlink(missing_ok=True)
    new_link.symlink_to(target.relative_to(link.parent))
    replace_durably(new_link, link)


def version_name(moment: datetime) -> str:
    """Name of a version published at a moment (UTC)."""
    return f"{moment:%Y%m%dT%H%M%S%f}Z"
