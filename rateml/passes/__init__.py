"""Passes: pure ``Program -> Program`` functions, one file each, run in order and verified after each."""

from rateml.passes.pipeline import PASSES, run_passes

__all__ = ["PASSES", "run_passes"]
