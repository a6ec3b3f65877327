"""Checking models: the schema, and one rule per file for everything a schema cannot say."""

from rateml.checks.registry import RULES
from rateml.checks.run import Checked, check_file, check_model
from rateml.model.include import no_includes

__all__ = ["RULES", "Checked", "check_file", "check_model", "no_includes"]
