"""Which dimensions and units the elements of a file name."""

from __future__ import annotations

import re
from typing import Final

from rateml.checks.vocabulary import vocabulary
from rateml.model.nodes import Model
from rateml.syntax.tree import RML

_WORD: Final = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*|(?<=[0-9.])[A-Za-z][A-Za-z0-9_]*")
_QUANTITIES: Final = ("min", "max", "step", "dt", "speed", "sweep", "periodic")


def dimension_uses(model: Model) -> set[str]:
    """The names of dimensions that anything has."""
    every = (e.attribute("dimension") for root in model.roots for e in root.walk())
    return {a.value for a in every if a is not None}


def unit_uses(model: Model, plain: bool) -> set[str]:
    """The words in quantities; ``plain`` leaves out the attributes that only RateML reads."""
    found: set[str] = set()
    for root in model.roots:
        for element in root.walk():
            for a in element.attributes:
                quantity = a.name.namespace == RML and a.name.local in _QUANTITIES and not plain
                value = element.name.local == "Constant" and a.name.text == "value"
                owner = element.name.local == "Component" or element.name.local not in vocabulary()
                given = owner and not a.name.prefix and a.name.text not in ("id", "type")
                if quantity or value or given:
                    found.update(_WORD.findall(a.value))
    return found
