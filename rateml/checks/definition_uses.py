"""Which dimensions and units the elements of a file name."""

from __future__ import annotations

import re
from typing import Final

from rateml.checks.once import once
from rateml.checks.vocabulary import vocabulary
from rateml.model.nodes import Model
from rateml.syntax.tree import RML

_WORD: Final = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*|(?<=[0-9.])[A-Za-z][A-Za-z0-9_]*")
_QUANTITIES: Final = ("min", "max", "step", "dt", "speed", "sweep", "periodic")


@once
def dimension_uses(model: Model) -> frozenset[str]:
    """The names of dimensions that anything has."""
    every = (e.attribute("dimension") for root in model.roots for e in root.walk())
    return frozenset(a.value for a in every if a is not None)


def unit_uses(model: Model, plain: bool) -> frozenset[str]:
    """The words in quantities; ``plain`` leaves out the attributes that only RateML reads."""
    simulators, own = _unit_words(model)
    return simulators if plain else simulators | own


@once
def _unit_words(model: Model) -> tuple[frozenset[str], frozenset[str]]:
    """The words in quantities that every simulator reads, and in those that only RateML does."""
    plain: list[str] = []
    own: list[str] = []
    known = vocabulary()
    for element in (e for root in model.roots for e in root.walk()):
        local = element.name.local
        owner = local == "Component" or local not in known
        for name, value, *_ in element.attributes:
            if name.namespace == RML and name.local in _QUANTITIES:
                own.append(value)
            elif local == "Constant" and name.text == "value":
                plain.append(value)
            if owner and not name.prefix and name.text not in ("id", "type"):
                plain.append(value)
    return frozenset(_WORD.findall(" ".join(plain))), frozenset(_WORD.findall(" ".join(own)))
