"""``rateml doctor``: what this machine offers, and how to get what it lacks."""

from __future__ import annotations

import platform
from importlib import util

from rateml.cli import exits
from rateml.cli.console import console, count, size
from rateml.errors import EngineUnavailable

_OPTIONAL = (
    ("connectomes tvb:N", "tvb_data", "pip install tvb-data"),
    ("TVB", "tvb", "pip install tvb-library tvb-data; only for comparison, rateml bench"),
)


def doctor() -> int:
    """Say what this machine offers and how to get what it lacks; with exit code 3 when no engine can run.

    Example: `rateml doctor`
    """
    from importlib import metadata

    from rateml.engines.features import cores
    from rateml.standalone.cache import cache_folder

    console.print(f"rateml {metadata.version('rateml')}, Python {platform.python_version()}, {platform.platform()}")
    for name in ("numpy", "numba", "zarr", "xarray", "lxml"):
        console.print(f"  {name} {metadata.version(name)}", markup=False)
    folder = cache_folder()
    console.print(f"compiled code is kept in {folder} (RATEML_CACHE_DIR)", markup=False)
    works = _engine_works()
    console.print(f"engine cpu: {'works' if works is None else works}, {count(cores(), 'core')}", markup=False)
    for line in _cuda():
        console.print(line, markup=False)
    for what, package, way in _OPTIONAL:
        state = "installed" if util.find_spec(package) else f"missing ({way})"
        console.print(f"{what}: {state}", markup=False)
    return exits.OK if works is None else exits.UNAVAILABLE


def _cuda() -> list[str]:
    """Engine cuda: what it lacks, or the GPUs that it has."""
    from rateml.standalone.gpu import find_gpus, lacking
    from rateml.standalone.nvcc import toolkit

    missing = lacking()
    if missing is not None:
        return [f"engine cuda: not here; {missing}"]
    try:
        gpus = find_gpus()
    except EngineUnavailable as error:
        return [f"engine cuda: not here; {error}"]
    told = [f"engine cuda: works, {count(len(gpus), 'GPU')}, {toolkit()}"]
    for number, gpu in enumerate(gpus):
        limits = gpu.limits
        processors = count(limits.processors, "multiprocessor")
        told.append(
            f"  {number}: {limits.name}, compute capability {limits.capability}, {processors}, "
            f"{size(limits.memory)} free"
        )
    return told


def _engine_works() -> str | None:
    """None when numba compiles and runs a function, else what went wrong."""
    try:
        from numba import njit

        double = njit(lambda x: 2 * x)
        return None if double(21) == 42 else "numba computes wrongly"
    except Exception as error:  # whatever numba's import or compiler raises is the answer
        return f"does not work: {type(error).__name__}: {error}"
