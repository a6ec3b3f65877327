"""Monitors at work: each takes the exposures of consecutive steps of several simulations and keeps what it records.

A *recorder* serves the lanes that advance together; a *series* turns steps into samples, which recorders store or
summarise. Lanes never mix, and how steps are cut into calls does not show.
"""

from rateml.engines.recorders.make import (
    Recorder,
    make_recorder,
    make_recorders,
    recorder_bytes,
    result_bytes,
    shared_window,
)
from rateml.engines.recorders.room import Room

__all__ = ["Recorder", "Room", "make_recorder", "make_recorders", "recorder_bytes", "result_bytes", "shared_window"]
