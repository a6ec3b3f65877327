"""A network of four regions, and the cache of compiled code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rateml

MODELS = Path(rateml.__file__).parent / "models"


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Delays of 10 to 60 steps of 0.1 ms at 3 mm/ms."""
    rng = np.random.default_rng(2)
    file = tmp_path_factory.mktemp("network") / "four.npz"
    weights = rng.uniform(0.1, 1.0, (4, 4))
    np.savez(
        file, weights=weights, lengths=rng.uniform(20, 40, (4, 4)), labels=np.array(["lh-a", "lh-b", "rh-a", "rh-b"])
    )
    return file


@pytest.fixture(scope="session")
def montbrio() -> Path:
    return MODELS / "montbrio.xml"


@pytest.fixture(scope="session")
def epileptor() -> Path:
    return MODELS / "epileptor.xml"
