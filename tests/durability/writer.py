"""A process that writes a store slowly until it is done or killed: python writer.py STORE."""

import sys
from pathlib import Path

import numpy as np

from rateml.results import Array, Axis, EventLog, Layout, Lock, create, open_store, run_folder

ARRAYS = (Array("raw", ("time", "region"), (400, 20)), Array("stats_mean", ("region",), (20,), "float64"))
AXES = (Axis("G", tuple(map(float, range(40)))), Axis("eta", tuple(map(float, range(5)))))
LAYOUT = Layout(AXES, None, ARRAYS, {}, 5)


def main(path: Path) -> None:
    with Lock(run_folder(path)) as lock, EventLog(run_folder(path)) as events:
        store = open_store(path, lock) if path.exists() else create(path, LAYOUT, {"seed": 1}, lock=lock)
        print("ready", flush=True)
        for unit in store.units():
            if unit.index in store.done:
                continue
            rng = [np.random.default_rng(unit.first + i) for i in range(unit.count)]
            store.write(
                unit.index,
                {
                    "raw": np.stack([r.normal(size=(400, 20)) for r in rng]),
                    "stats_mean": np.stack([r.normal(size=20) for r in rng]),
                    "status": np.zeros(unit.count),
                    "diverged_at": np.full(unit.count, -1),
                    "diverged_region": np.full(unit.count, -1),
                    "diverged_state": np.full(unit.count, -1),
                },
            )
            events.append("chunk_done", unit=unit.index)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
