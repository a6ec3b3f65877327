"""The models that come with rateml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rateml.diagnostics.suggest import did_you_mean
from rateml.errors import UserError

_MODELS = Path(__file__).parents[1] / "models"


def shipped_models() -> Mapping[str, Path]:
    """The file of every model that comes with rateml, by name."""
    return {file.stem: file for file in sorted(_MODELS.glob("*.xml"))}


def shipped_model(name: str) -> Path:
    """The file of a model that comes with rateml: ``"montbrio"``, as ``rateml models`` lists them.

    Copy it to change it. Raises UserError for another name.
    """
    known = shipped_models()
    if name not in known:
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise UserError(f"there is no model '{name}'; {hint}")
    return known[name]
