"""The process that asks rateml on the dashboard's behalf, so that no import, check or plan ever stops the screen.

``python -m rateml_tui.clerk`` reads one JSON question a line and writes one JSON answer a line.
"""
