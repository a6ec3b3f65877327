"""The command line: thin fronts on ``rateml.api``, one file per command."""

from rateml.cli.app import run

__all__ = ["run"]
