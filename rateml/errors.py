"""The errors of rateml::

RatemlError
├── UserError                 what the user can put right: exit code 1
│   ├── ModelError            a model file with errors; carries its diagnostics
│   └── UsageError            options that exclude each other: exit code 2
├── EngineUnavailable         the machine lacks what the engine needs: exit code 3
├── StoreError                the results store cannot be used as asked: exit code 1
└── InternalError             a fault of rateml itself
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rateml.diagnostics import Diagnostic
from rateml.diagnostics.render import render_text
from rateml.text import SourceFile


class RatemlError(Exception):
    """The root of every error that rateml raises on purpose."""


class UserError(RatemlError):
    """Something the user asked for cannot be done; the message says what to do instead."""


class ModelError(UserError):
    """A model file has errors.

    ``diagnostics`` are all its diagnostics in document order, ``sources`` the files they point into.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = sources
        super().__init__(self.diagnostics, sources)

    def __str__(self) -> str:
        """Every diagnostic with its line of the file, as the command line shows them."""
        return render_text(self.diagnostics, self.sources).rstrip("\n")


class UsageError(UserError):
    """Options that cannot stand together, or one that needs another."""


class EngineUnavailable(RatemlError):
    """An engine cannot run on this machine; the message says what is missing and how to get it."""


class StoreError(UserError):
    """A results store is locked, differs from what was asked, or cannot be written."""


class InternalError(RatemlError):
    """A fault of rateml itself: please report it with the model file."""
