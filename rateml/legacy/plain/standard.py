"""What the core files of LEMS and NeuroML 2 declare, as far as a model of a region can mean it.

Dimensions and units are those of NeuroMLCoreDimensions.xml that RateML 1 has not built in.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

FILES: Final = frozenset(
    {
        *("NeuroMLCoreDimensions.xml", "NeuroMLCoreCompTypes.xml", "NeuroML2CoreTypes.xml", "Simulation.xml"),
        *("Cells.xml", "Channels.xml", "Inputs.xml", "Networks.xml", "PyNN.xml", "Synapses.xml"),
    }
)
"""These are never read: what a model can use of them is known."""

DIMENSIONS: Final[Mapping[str, Mapping[str, int]]] = {
    "per_voltage": {"m": -1, "l": -2, "t": 3, "i": 1},
    "conductanceDensity": {"m": -1, "l": -4, "t": 3, "i": 2},
    "specificCapacitance": {"m": -1, "l": -4, "t": 4, "i": 2},
    "resistance": {"m": 1, "l": 2, "t": -3, "i": -2},
    "charge_per_mole": {"t": 1, "i": 1, "n": -1},
    "currentDensity": {"l": -2, "i": 1},
    "area": {"l": 2},
    "volume": {"l": 3},
    "permeability": {"l": 1, "t": -1},
    "temperature": {"k": 1},
    "idealGasConstantDims": {"m": 1, "l": 2, "t": -2, "k": -1, "n": -1},
}

UNITS: Final[Mapping[str, tuple[str, int]]] = {
    "cm": ("length", -2),
    "um": ("length", -6),
    "m2": ("area", 0),
    "cm2": ("area", -4),
    "um2": ("area", -12),
    "m3": ("volume", 0),
    "cm3": ("volume", -6),
    "um3": ("volume", -18),
    "per_V": ("per_voltage", 0),
    "per_mV": ("per_voltage", 3),
    "ohm": ("resistance", 0),
    "Kohm": ("resistance", 3),
    "Mohm": ("resistance", 6),
    "S": ("conductance", 0),
    "mS": ("conductance", -3),
    "pS": ("conductance", -12),
    "S_per_m2": ("conductanceDensity", 0),
    "mS_per_cm2": ("conductanceDensity", 1),
    "S_per_cm2": ("conductanceDensity", 4),
    "F": ("capacitance", 0),
    "uF": ("capacitance", -6),
    "F_per_m2": ("specificCapacitance", 0),
    "uF_per_cm2": ("specificCapacitance", -2),
    "C": ("charge", 0),
    "C_per_mol": ("charge_per_mole", 0),
    "uA": ("current", -6),
    "A_per_m2": ("currentDensity", 0),
    "uA_per_cm2": ("currentDensity", -2),
    "mA_per_cm2": ("currentDensity", 1),
    "mol_per_m3": ("concentration", 0),
    "mol_per_cm3": ("concentration", 6),
    "M": ("concentration", 3),
    "cm_per_s": ("permeability", -2),
    "K": ("temperature", 0),
    "J_per_K_per_mol": ("idealGasConstantDims", 0),
}
"""The dimension and the power of ten of each unit."""

BASES: Final[Mapping[str, Mapping[str, str]]] = {
    "baseStandalone": {},
    "baseCell": {},
    "baseSpikingCell": {},
    "baseCellMembPot": {"v": "voltage"},
    "baseCellMembPotDL": {"V": "none"},
}
"""Types of Cells.xml that compute nothing, with what they expose and its dimension."""

SIMULATION: Final = frozenset({"Simulation", "SimulationSet", "Display", "Line", "OutputFile", "OutputColumn"})
"""Types that say how long to simulate and what to show."""


def is_standard(file: str) -> bool:
    """Whether an Include names one of ``FILES``, wherever it is said to be."""
    return posixpath.basename(file.strip().replace("\\", "/")) in FILES
