"""Diagnostics as data: one catalogue owns code, severity and text; each diagnostic carries a span."""

from rateml.diagnostics.catalogue import Code
from rateml.diagnostics.diagnostic import Diagnostic, Edit, Fix, Related, Severity

__all__ = ["Code", "Diagnostic", "Edit", "Fix", "Related", "Severity"]
