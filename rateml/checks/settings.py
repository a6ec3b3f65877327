"""The severities that the folder of a model asks for, in ``rateml.toml`` or ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rateml.diagnostics import Code, Severity
from rateml.diagnostics.severities import BadSeverity, Severities, severity_of
from rateml.errors import UserError


def severities_near(path: Path) -> Severities:
    """What ``[tool.rateml.severity]`` and ``[severity]`` above a model say; the latter has the last word.

    The nearest ``pyproject.toml`` that speaks of rateml counts, and the nearest ``rateml.toml``. Raises
    UserError for a table that cannot be used.
    """
    folders = path.absolute().parents
    found: dict[Code, Severity | None] = {}
    for name, keys in (("pyproject.toml", ("tool", "rateml", "severity")), ("rateml.toml", ("severity",))):
        for folder in folders:
            table = _table(folder / name, keys)
            if table is not None:
                found.update(_severities(table, folder / name))
                break
    return found


def _table(path: Path, keys: tuple[str, ...]) -> dict[str, object] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if len(keys) > 1 and b"rateml" not in data:
        return None
    import tomllib

    try:
        table: object = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"cannot read {path}: {error}") from error
    for key in keys:
        inner = table.get(key, {} if key == "severity" else None) if isinstance(table, dict) else None
        if inner is None:
            return None
        table = inner
    if not isinstance(table, dict):
        raise UserError(f'{path}: {".".join(keys)} is a table such as [{".".join(keys)}] with RML601 = "off"')
    return table


def _severities(table: dict[str, object], path: Path) -> Iterator[tuple[Code, Severity | None]]:
    for id, level in table.items():
        try:
            yield severity_of(id, level)
        except BadSeverity as error:
            raise UserError(f"{path}: {error}") from error
