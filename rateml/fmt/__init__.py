"""Formatting: the canonical order and layout of a model file, from the syntax tree alone."""

from rateml.fmt.document import Formatted, format_text

__all__ = ["Formatted", "format_text"]
