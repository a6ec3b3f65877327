"""Zip files and folders read alike: a list of names, and the bytes of one. Nothing is ever extracted."""

from __future__ import annotations

import bz2
import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from rateml.errors import UserError

MAX_BYTES = 1 << 30
"""No file of a connectome is larger than this once unpacked: the text of some 6,000 regions."""


class Files(Protocol):
    """``where`` names the whole in messages; ``names`` are paths inside it with forward slashes."""

    @property
    def where(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def read(self, name: str) -> bytes: ...


@dataclass(frozen=True)
class ZipFiles:
    """A zip file. Raises UserError when it is corrupt, encrypted, too large, or has names that lead outside it."""

    where: str
    names: tuple[str, ...]
    data: zipfile.ZipFile

    @classmethod
    def open(cls, path: Path) -> ZipFiles:
        try:
            archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        except OSError as fault:
            raise UserError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:  # the last: a newer kind of zip
            raise UserError(f"{path}: is not a readable zip file ({fault}); download or write it again") from fault
        members = [m for m in archive.infolist() if not m.is_dir()]
        for member in archive.infolist():
            _refuse_tricks(path, member)
        return cls(str(path), tuple(m.filename for m in members), archive)

    def read(self, name: str) -> bytes:
        try:
            with self.data.open(name) as stream:
                content = stream.read(MAX_BYTES + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,  # a way to compress that Python lacks
        ) as fault:
            raise UserError(f"{self.where}: {name} is damaged ({fault}); download or write the file again") from fault
        except RuntimeError as fault:
            raise UserError(f"{self.where}: {name} is encrypted; unpack it and name the folder instead") from fault
        return _plain(f"{self.where}: {name}", name, content)


@dataclass(frozen=True)
class FolderFiles:
    """The files of a folder and of the folders directly in it."""

    path: Path

    @property
    def where(self) -> str:
        return str(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        found = (p for pattern in ("*", "*/*") for p in self.path.glob(pattern) if p.is_file())
        return tuple(sorted(p.relative_to(self.path).as_posix() for p in found))

    def read(self, name: str) -> bytes:
        try:
            with (self.path / name).open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as fault:
            raise UserError(f"{self.path / name}: cannot be read: {fault.strerror or fault}") from fault
        return _plain(str(self.path / name), name, content)


def _plain(where: str, name: str, content: bytes) -> bytes:
    """The content, without its bzip2 packing when the name ends in .bz2."""
    if name.lower().endswith(".bz2"):
        try:
            with bz2.BZ2File(io.BytesIO(content)) as stream:
                content = stream.read(MAX_BYTES + 1)
        except (OSError, EOFError, ValueError) as fault:
            raise UserError(f"{where}: is not a readable bzip2 file ({fault}); write it again") from fault
    if len(content) > MAX_BYTES:
        raise UserError(f"{where}: is larger than {MAX_BYTES >> 20} MiB once unpacked; store the connectome as .npz")
    return content


def _refuse_tricks(path: Path, member: zipfile.ZipInfo) -> None:
    """No tool of ours extracts, but a file made to write outside its folder is not a connectome."""
    name = member.filename.replace("\\", "/")
    outside = name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in PurePosixPath(name).parts
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        raise UserError(
            f"{path}: the entry '{member.filename}' leads outside the zip file, so the file is not trusted; "
            "pack weights.txt, tract_lengths.txt and centres.txt anew"
        )
