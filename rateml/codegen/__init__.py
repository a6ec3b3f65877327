"""Code generation: printers spell expressions, targets gather what a template lays out, artifacts hold the result."""

from rateml.codegen.artifact import Artifact, MappedLine
from rateml.codegen.targets import ALIASES, TARGETS, Target, find_target, generate

__all__ = ["ALIASES", "TARGETS", "Artifact", "MappedLine", "Target", "find_target", "generate"]
