"""The emulated device."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emulation import Emulated


@pytest.fixture(scope="session")
def libraries(cache: Path) -> Path:
    """Where compiled libraries are kept, by their content, between test runs too."""
    folder = cache / "emulation"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def device(libraries: Path) -> Callable[..., Emulated]:
    def make(**options: Any) -> Emulated:
        return Emulated(libraries, **options)

    return make
