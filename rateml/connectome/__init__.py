"""Brain networks: load a connectome, scale it, list its edges and delays, and say what it holds.

Everywhere ``weights[target, source]``, lengths in mm, speeds in mm/ms, dt in ms.
"""

from rateml.connectome.connectome import STRUCTURAL, Connectome, Tracts
from rateml.connectome.edges import Edges
from rateml.connectome.load import absolute, load_connectome
from rateml.connectome.npz import write_npz
from rateml.connectome.summary import ConnectomeSummary, summarise
from rateml.standalone.delays import delay_steps

__all__ = [
    "STRUCTURAL",
    "Connectome",
    "ConnectomeSummary",
    "Edges",
    "Tracts",
    "absolute",
    "delay_steps",
    "load_connectome",
    "summarise",
    "write_npz",
]
