"""Diagnostics as data: one catalogue owns code, severity and text; each diagnostic carries a span."""

from rateml.diagnostics.catalogue import Code
from rateml.diagnostics.diagnostic import Diagnostic, Edit, Fix, Related, Severity, Tag
from rateml.diagnostics.suggest import closest, did_you_mean, rename, replace

__all__ = [
    "Code",
    "Diagnostic",
    "Edit",
    "Fix",
    "Related",
    "Severity",
    "Tag",
    "closest",
    "did_you_mean",
    "rename",
    "replace",
]
