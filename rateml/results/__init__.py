"""The results store: written unit by unit so that it survives anything, read with xarray, drawn with matplotlib."""

from rateml.results.control import Command, request, requested
from rateml.results.events import EventLog, read_events
from rateml.results.identity import Difference, differences, require_same
from rateml.results.layout import DIVERGED, NOT_RUN, OK, Array, Axis, Layout, Unit, plan_unit
from rateml.results.lock import Lock, is_held
from rateml.results.manifest import Manifest, read_manifest, run_folder
from rateml.results.plot import plot
from rateml.results.read import open_results
from rateml.results.store import Store, create, open_store

__all__ = [
    "DIVERGED",
    "NOT_RUN",
    "OK",
    "Array",
    "Axis",
    "Command",
    "Difference",
    "EventLog",
    "Layout",
    "Lock",
    "Manifest",
    "Store",
    "Unit",
    "create",
    "differences",
    "is_held",
    "open_results",
    "open_store",
    "plan_unit",
    "plot",
    "read_events",
    "read_manifest",
    "request",
    "requested",
    "require_same",
    "run_folder",
]
