"""Unpacks landed files that are compressed, and packs them again.

A packed file is told by its last ending: `.gz`, `.zst`, or `.zip` with one file in it. What it
unpacks to is written to a private folder, and given up where it grows beyond all measure.
"""

import gzip
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, Any

from orchestration.ingestion.errors import UnreadableFileError

PACKED = (".gz", ".zst", ".zip")
_CHUNK_BYTES = 1 << 20
# Exports shrink to a tenth or a thirtieth; what shrinks to a five hundredth was made to harm.
MAX_BYTES = 20 << 30
MAX_RATIO = 500
_HARMLESS_BYTES = 64 << 20
_DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError,
            RuntimeError, LookupError, ValueError, struct.error)  # fmt: skip


def is_packed(path: Path) -> bool:
    """Whether a file's name says that it is compressed."""
    return path.suffix.lower() in PACKED


def plain_name(path: Path) -> str:
    """Return a file's name without the ending of the packing: `orders.csv.gz` is `orders.csv`."""
    return path.name[: -len(path.suffix)] if is_packed(path) else path.name


def endings(path: Path) -> str:
    """Return the endings that say how a file is written and packed: `.csv.gz`."""
    inner = Path(plain_name(path)).suffix.lower() if is_packed(path) else ""
    return inner + path.suffix.lower()


def fits(path: Path, patterns: Iterable[str]) -> bool:
    """Whether a landed file, or what is packed in it, has a name that a contract gives.

    A damaged archive tells no names: it is taken, and said to be unreadable when it is read.
    """
    names = [path.name, plain_name(path)]
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                names += [PurePosixPath(member.filename).name for member in _members(archive)]
        except _DAMAGED:
            return True
    return any(fnmatch(name.lower(), pattern) for name in names for pattern in patterns)


def unpacked(path: Path, folder: Path) -> Path:
    """Return a file as it was before it was packed: itself, or a copy in `folder`.

    Raises:
        UnreadableFileError: it is damaged, holds several files, or unpacks to far too much.
    """
    if not is_packed(path):
        return path
    try:
        with _opened(path) as (content, ending):
            copy = folder / f"unpacked{ending}"
            _copy(content, copy, path.stat().st_size)
    except UnreadableFileError:
        raise
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"cannot be unpacked: {error or 'it is cut off'}. Export it again"
        ) from error
    return copy


def pack_again(plain: Path, original: Path, target: Path) -> None:
    """Write a plain file packed as another one is; without time stamps."""
    import pyarrow as pa

    with plain.open("rb") as content:
        match original.suffix.lower():
            case ".gz":
                with target.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
                    shutil.copyfileobj(content, out, _CHUNK_BYTES)
            case ".zst":
                with pa.CompressedOutputStream(str(target), "zstd") as out:
                    shutil.copyfileobj(content, out, _CHUNK_BYTES)  # pyright: ignore[reportArgumentType]
            case _:
                with zipfile.ZipFile(original) as archive:
                    name = _only_member(archive).filename
                member = zipfile.ZipInfo(name)
                member.compress_type = zipfile.ZIP_DEFLATED
                with zipfile.ZipFile(target, "w") as archive, archive.open(member, "w") as out:
                    shutil.copyfileobj(content, out, _CHUNK_BYTES)


def contents_of(path: Path) -> Iterator[IO[bytes]]:
    """Give every content of a file to read: its own bytes, and all that is packed in it.

    Raises:
        UnreadableFileError: it is packed and damaged; what could be read was given before.
    """
    with path.open("rb") as content:
        yield content
    try:
        if path.suffix.lower() in (".zip", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    check_size(member.file_size, path.stat().st_size)
                    with archive.open(member) as content:
                        yield content
        elif is_packed(path):
            with _opened(path) as (content, _):
                yield content
    except UnreadableFileError:
        raise
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"cannot be unpacked: {error or 'it is cut off'}. Export it again"
        ) from error


def check_size(size: int, packed: int) -> None:
    """Refuse what grows beyond measure when it is unpacked.

    Raises:
        UnreadableFileError: it does.
    """
    if size > MAX_BYTES or (size > _HARMLESS_BYTES and size > MAX_RATIO * packed):
        raise UnreadableFileError(
            f"unpacks to more than {size >> 20:,} MiB of {packed:,} bytes; that is not believed:"
            " unpack it yourself where it is right"
        )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], str]]:
    """Give the unpacked content and the ending of its name."""
    ending = Path(plain_name(path)).suffix.lower()
    match path.suffix.lower():
        case ".gz":
            with gzip.open(path) as content:
                yield content, ending  # pyright: ignore[reportReturnType]
        case ".zst":
            import pyarrow as pa

            with pa.OSFile(str(path)) as raw, pa.CompressedInputStream(raw, "zstd") as content:
                stream: Any = content
                yield stream, ending
        case _:
            with zipfile.ZipFile(path) as archive:
                member = _only_member(archive)
                check_size(member.file_size, path.stat().st_size)
                with archive.open(member) as content:
                    yield content, PurePosixPath(member.filename).suffix.lower()


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive without folders and what macOS adds."""
    return [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not PurePosixPath(member.filename).name.startswith(".")
    ]


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = _members(archive)
    if len(members) != 1:
        raise UnreadableFileError(
            f"holds {len(members)} files; an archive must hold one: unpack it and drop them singly"
        )
    return members[0]


def _copy(content: IO[bytes], copy: Path, packed: int) -> None:
    written = 0
    with copy.open("wb") as out:
        while chunk := content.read(_CHUNK_BYTES):
            written += len(chunk)
            check_size(written, packed)
            out.write(chunk)
