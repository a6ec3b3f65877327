"""How many steps the delays of couplings take in a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rateml.connectome import load_connectome
from rateml.connectome.connectome import Connectome
from rateml.connectome.edges import Edges
from rateml.standalone.delays import delay_steps
from rateml.worker.asked import BadRequest, number


def delays(params: Mapping[str, Any]) -> dict[str, Any]:
    """For each coupling ``{id, speed, dt, weights}`` the fewest and most steps over the edges of ``connectome``.

    A file is looked for in ``folder``.
    """
    source, folder, couplings = params.get("connectome"), params.get("folder", ""), params.get("couplings")
    if not isinstance(source, str) or not isinstance(folder, str) or not isinstance(couplings, list):
        raise BadRequest("'connectome' and 'folder' are strings, 'couplings' is a list")
    connectome = _loaded(source, folder)
    found = {}
    for coupling in couplings:
        speed = number(coupling, "speed", 1.0, 1e-12, 1e12)
        dt = number(coupling, "dt", 1.0, 1e-12, 1e12)
        tracts = connectome.tracts.get(str(coupling.get("weights")))
        if tracts is not None:
            steps = delay_steps(Edges.from_tracts(tracts).length, speed, dt)
            if steps.size:
                found[str(coupling.get("id"))] = [int(steps.min()), int(steps.max())]
    return {"delays": found}


@lru_cache(maxsize=4)
def _loaded(source: str, folder: str) -> Connectome:
    if folder and os.path.isdir(folder):
        os.chdir(folder)
    return load_connectome(source)
