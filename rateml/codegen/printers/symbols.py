"""Names of a model as the symbols of its equations: ``tau_e`` is a tau with a subscript e."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

GREEK: Final[Mapping[str, tuple[str, str]]] = {
    "alpha": ("α", "\\alpha"),
    "beta": ("β", "\\beta"),
    "gamma": ("γ", "\\gamma"),
    "delta": ("δ", "\\delta"),
    "epsilon": ("ε", "\\varepsilon"),
    "zeta": ("ζ", "\\zeta"),
    "eta": ("η", "\\eta"),
    "theta": ("θ", "\\theta"),
    "iota": ("ι", "\\iota"),
    "kappa": ("κ", "\\kappa"),
    "lambda": ("λ", "\\lambda"),
    "lamda": ("λ", "\\lambda"),  # how Python's reserved word is got around
    "mu": ("μ", "\\mu"),
    "nu": ("ν", "\\nu"),
    "xi": ("ξ", "\\xi"),
    "pi": ("π", "\\pi"),
    "rho": ("ρ", "\\rho"),
    "sigma": ("σ", "\\sigma"),
    "tau": ("τ", "\\tau"),
    "upsilon": ("υ", "\\upsilon"),
    "phi": ("φ", "\\varphi"),
    "chi": ("χ", "\\chi"),
    "psi": ("ψ", "\\psi"),
    "omega": ("ω", "\\omega"),
    "Gamma": ("Γ", "\\Gamma"),
    "Delta": ("Δ", "\\Delta"),
    "Theta": ("Θ", "\\Theta"),
    "Lambda": ("Λ", "\\Lambda"),
    "Xi": ("Ξ", "\\Xi"),
    "Pi": ("Π", "\\Pi"),
    "Sigma": ("Σ", "\\Sigma"),
    "Upsilon": ("Υ", "\\Upsilon"),
    "Phi": ("Φ", "\\Phi"),
    "Psi": ("Ψ", "\\Psi"),
    "Omega": ("Ω", "\\Omega"),
}
"""The letter and its command in LaTeX. Capitals that look like Latin ones are words."""

_NUMBERED: Final = re.compile(r"([A-Za-z]+)([0-9]+)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """``base`` with ``subscripts``, each a letter, a Greek letter's name, a number or a word; ``plain``: as written."""

    base: str
    subscripts: tuple[str, ...] = ()
    plain: bool = False

    def at(self, index: str) -> Symbol:
        """The symbol with one more subscript; none when ``index`` is empty."""
        return replace(self, subscripts=(*self.subscripts, index)) if index else self


def symbol(name: str) -> Symbol:
    """``theta_0`` and ``theta0`` are a theta with subscript 0; ``call.x`` is an x with subscript ``call``."""
    scope, _, own = name.rpartition(".")
    parts = [*own.split("_"), *([scope] if scope else [])]
    if not all(parts):
        return Symbol(name, plain=True)
    numbered = _NUMBERED.fullmatch(parts[0])
    head = list(numbered.groups()) if numbered else parts[:1]
    return Symbol(head[0], (*head[1:], *parts[1:]))


def letter(part: str) -> str:
    """A base or subscript as text: Greek where it is the name of a Greek letter."""
    return GREEK[part][0] if part in GREEK else part


class Symbols:
    """The symbols of the names of one scope: two names never look the same."""

    def __init__(self, names: Iterable[str], given: Mapping[str, Symbol]) -> None:
        self._found = {name: given.get(name) or symbol(name) for name in names}
        drawn = Counter(_drawn(s) for s in self._found.values())
        for name, found in self._found.items():
            if drawn[_drawn(found)] > 1:
                self._found[name] = Symbol(name, plain=True)

    def __getitem__(self, name: str) -> Symbol:
        return self._found[name]


def _drawn(found: Symbol) -> tuple[str, ...]:
    return tuple(letter(part) for part in (found.base, *found.subscripts))
