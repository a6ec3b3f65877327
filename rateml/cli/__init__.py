"""The command line: thin fronts on ``rateml.api``, one file per command."""
