"""The exit codes of every command."""

OK = 0
USER = 1
USAGE = 2
UNAVAILABLE = 3
FAULT = 70
STOPPED = 75
INTERRUPTED = 130
