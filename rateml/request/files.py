"""The files that a request reads, wherever they stand in its options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from rateml.request.drives import file_of
from rateml.request.regional import split_column
from rateml.request.settings import Request


def relocate(request: Request, place: Callable[[Path], Path]) -> Request:
    """The request with every file that it reads replaced by ``place`` of it: ``@FILE``, drives, tables, histories."""
    moved: dict[str, Any] = {
        field.name: place(value) for field in fields(request) if isinstance(value := getattr(request, field.name), Path)
    }
    return replace(
        request,
        set=_assignments(request.set, place),
        init=_assignments(request.init, place),
        drives=_drives(request.drives, place),
        **moved,
    )


def _assignments(texts: Sequence[str], place: Callable[[Path], Path]) -> tuple[str, ...]:
    moved = []
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if value.startswith("@"):
            path, column = split_column(value[1:])
            moved.append(f"{name}=@{place(path)}" + (f":{column}" if column else ""))
        else:
            moved.append(text)
    return tuple(moved)


def _drives(texts: Sequence[str], place: Callable[[Path], Path]) -> tuple[str, ...]:
    moved = []
    for text in texts:
        port, _, body = (part.strip() for part in text.partition("="))
        path = file_of(body)
        moved.append(text if path is None else f"{port}={place(path)}")
    return tuple(moved)
