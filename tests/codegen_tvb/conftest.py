"""Generated modules, imported as a user imports them, and run in TVB's simulator as the tests of parity run TVB."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from loading import load_file
from numpy.typing import NDArray

from rateml import api
from rateml.codegen.targets.tvb.names import Names
from rateml.connectome import Connectome, load_connectome
from rateml.ir.program import Program

Float = NDArray[np.float64]


_PARITY = Path(__file__).parents[1] / "parity"
_parity = load_file("rateml_parity", _PARITY / "conftest.py")
_networks = load_file("rateml_parity_networks", _PARITY / "networks" / "conftest.py")
tvb, counterparts, past_of = _parity.tvb, _parity.counterparts, _parity.past_of
six_regions, model_files = _networks.six_regions, _networks.model_files
float64_history, by_sources = _parity.float64_history, _parity.by_sources


@pytest.fixture(scope="session")
def generated(tvb: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], ModuleType]:
    """Imports the module that a model file gives, once per file."""
    folder = tmp_path_factory.mktemp("generated")
    number = itertools.count()
    made: dict[Path, ModuleType] = {}

    def load(path: Path) -> ModuleType:
        if path not in made:
            artifact = api.build(path, "tvb")
            own = folder / str(next(number))
            artifact.write(own)
            made[path] = load_file(f"generated_{own.name}", own / artifact.entry)
        return made[path]

    return load


@pytest.fixture(scope="session")
def write_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes a model file of its own."""
    folder = tmp_path_factory.mktemp("written")
    number = itertools.count()

    def write(text: str) -> Path:
        path = folder / f"model_{next(number)}.xml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def parts(module: ModuleType, program: Program, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """The generated model and coupling with these values, by the keys of the program's parameters."""
    names = Names(program)
    ids = {c.id for c in program.couplings}
    sent = {key for key in values if key.partition(".")[0] in ids and "." in key}
    given = {key: np.atleast_1d(np.asarray(value, dtype=float)) for key, value in values.items()}
    model = getattr(module, names.class_name)(**{names.model(k): v for k, v in given.items() if k not in sent})
    with_model = {"model": model} if hasattr(getattr(module, names.coupling_name), "model") else {}
    coupling = getattr(module, names.coupling_name)(
        **{names.coupling(k): v for k, v in given.items() if k in sent}, **with_model
    )
    return model, coupling


@pytest.fixture(scope="session")
def make_parts() -> Callable[[ModuleType, Program, Mapping[str, Any]], tuple[Any, Any]]:
    return parts


@pytest.fixture
def experiments(
    tvb: SimpleNamespace,
    counterparts: Mapping[str, Any],
    generated: Callable[[Path], ModuleType],
    float64_history: Callable[[], Any],
    by_sources: type,
    past_of: Callable[[str, Program, int, int, int], Float],
    tmp_path: Path,
) -> Callable[..., tuple[Any, Any]]:
    """Makes two experiments of the tests of parity: the generated classes in TVB's simulator, and TVB's own.

    ``case`` and ``past`` stand in for what the shipped models have.
    """

    def make(
        file: Path,
        name: str,
        network: int | Connectome,
        speed: float,
        scheme: str,
        case: Any = None,
        past: Any = None,
        **more: Any,
    ) -> tuple[Any, Any]:
        found = load_connectome(f"tvb:{network}") if isinstance(network, int) else network
        theirs = counterparts[name] if case is None else case

        class Generated(_networks.Experiment):  # type: ignore[name-defined, misc]  # loaded by its path
            def _parts(self) -> tuple[Any, Any]:
                return parts(generated(file), self.program, self.keyed(self.values))

        common = (file, tmp_path, name, found, speed, scheme, float64_history, by_sources, past or past_of)
        return (
            Generated(tvb, replace(theirs, echo=False, modes=1), *common, **more),
            _networks.Experiment(tvb, theirs, *common, **more),
        )

    return make


@pytest.fixture(scope="session")
def counterpart() -> type:
    """What says which values an experiment has."""
    found: type = _parity.Counterpart
    return found
