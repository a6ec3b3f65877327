"""Code generation: printers spell expressions, targets gather what a template lays out, artifacts hold the result."""

from rateml.codegen.artifact import Artifact, MappedLine
from rateml.codegen.targets import TARGETS, generate

__all__ = ["TARGETS", "Artifact", "MappedLine", "generate"]
