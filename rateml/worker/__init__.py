"""The process beside an editor that generates code and tries models out, so that no keystroke waits for it.

``python -m rateml.worker`` reads one JSON request a line and writes one JSON answer a line.
"""
