"""What plain LEMS has and RateML 1 has not, with the way out of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rateml.diagnostics import Code
from rateml.legacy.reading import Reading
from rateml.syntax.tree import Element

_INPUT: Final = "declare what comes from outside as a <Requirement>, which couplings feed and `--drive` can set"
_EVENTS: Final = "RateML 1 is about rates: use a model of the mean activity, or a simulator of spikes"
_NETWORK: Final = "describe one region: the network is the connectome, coupled through <Requirement>s"

WAYS_OUT: Final[Mapping[str, str]] = {
    "Attachments": _INPUT,
    "Children": "write their equations into the type: only a <Child> whose type has no states can stay",
    "Collection": _NETWORK,
    "ComponentReference": "write the parameters or equations of what it refers to into the type",
    "ComponentRequirement": _INPUT,
    "EventOut": "remove it where no one listens: the assignments beside it can stay. " + _EVENTS,
    "IndexParameter": "write its value as a Parameter",
    "InstanceRequirement": _INPUT,
    "KineticScheme": "write a <TimeDerivative> for the occupancy of each state",
    "Link": _NETWORK,
    "OnEvent": _EVENTS,
    "PairCollection": _NETWORK,
    "Path": "name the quantity when you record it: `--monitor`, `--var`",
    "Property": "make it a <Parameter> and give its value in the Component",
    "Regime": "where the equations differ only, use a <ConditionalDerivedVariable>. " + _EVENTS,
    "Structure": _NETWORK,
    "Transition": "regimes are not part of RateML 1: keep which one holds in a StateVariable of its own",
}


def refuse(reading: Reading, element: Element) -> None:
    """Tell that an element cannot be kept."""
    tag = element.name.local
    help = WAYS_OUT.get(tag, "remove it if the equations do not need it")
    name = reading.text(element, "name") or reading.text(element, "port")
    what = f"<{tag}> '{name}'" if name else f"<{tag}>"
    reading.tell(Code.LEMS_UNSUPPORTED, element.name_span, help, what=what)
