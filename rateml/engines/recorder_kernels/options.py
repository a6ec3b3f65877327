"""How numba compiles every inner loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions

# Arrays that are passed to a function never overlap: told so, LLVM makes vector code of loops over lanes.
CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")  # type: ignore[no-untyped-call]  # numba has no types

F = TypeVar("F", bound=Callable[..., object])


def loop(function: F) -> F:
    """Compile a function over arrays, which must not overlap."""
    compiled = njit(  # type: ignore[call-overload]  # numba's stub does not know noalias
        cache=True, nogil=True, error_model="numpy", noalias=True
    )
    return cast(F, compiled(function))


def inline(function: F) -> F:
    """Compile a function of numbers as part of the loops that call it."""
    return cast(F, njit(nogil=True, error_model="numpy", inline="always")(function))
