"""The targets by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rateml.codegen.artifact import Artifact
from rateml.codegen.targets.cuda.driver import add_driver
from rateml.codegen.targets.cuda.generate import generate_cuda
from rateml.codegen.targets.docs.generate import generate_docs
from rateml.codegen.targets.lems.generate import generate_lems, lems_refusals
from rateml.codegen.targets.numba.generate import generate_numba
from rateml.codegen.targets.tvb.generate import generate_tvb, refusals
from rateml.diagnostics import Diagnostic
from rateml.errors import UserError
from rateml.ir.program import Precision, Program
from rateml.text import SourceFile


@dataclass(frozen=True)
class Target:
    """``refusals`` says what of a program the target cannot express: with none, ``generate`` makes its code.

    ``last_pass`` is the last pass that the program goes through before, where those after it would make code that is
    hard to read; None stands for all passes. ``complete`` adds what the code needs to run alone, given the files of
    the model by name.
    """

    generate: Callable[[Program, Precision], Artifact]
    last_pass: str | None
    refusals: Callable[[Program, Precision], Sequence[Diagnostic]]
    complete: Callable[[Program, Artifact, Mapping[str, SourceFile]], Artifact] | None = None


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "numba": Target(generate_numba, None, lambda program, precision: ()),
        "tvb": Target(generate_tvb, "order", refusals),
        "cuda": Target(generate_cuda, None, lambda program, precision: (), add_driver),
        "lems": Target(generate_lems, "order", lems_refusals),
        "docs": Target(generate_docs, "order", lambda program, precision: ()),
    }
)
ALIASES: Mapping[str, str] = MappingProxyType({"python": "tvb"})


def find_target(name: str) -> Target:
    """The target of that name or alias; UserError when there is none."""
    target = TARGETS.get(ALIASES.get(name, name))
    if target is None:
        known = (*TARGETS, *(f"{alias} (which is {name})" for alias, name in ALIASES.items()))
        raise UserError(f"there is no target '{name}'; the targets are {', '.join(known)}")
    return target


def generate(program: Program, target: str, precision: Precision = "float64") -> Artifact:
    """The artifact of ``target`` for a program without refusals that has gone through the target's passes."""
    return find_target(target).generate(program, precision)
