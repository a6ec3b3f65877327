"""What an editor asks about model files: questions on immutable snapshots, answered in plain data.

A ``Workspace`` holds texts; ``workspace.analysis(file)`` is one version of a file, and every question is a function
of an analysis and an offset.
"""

from rateml.ide.analysis import Analysis
from rateml.ide.workspace import Workspace

__all__ = ["Analysis", "Workspace"]
