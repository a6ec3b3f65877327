"""What a Component may sweep: shared by the rules on ``rml:sweep``."""

from __future__ import annotations

from rateml.model.nodes import ComponentType, Model, Parameter


def own_parameters(model: Model, type: ComponentType) -> dict[str, Parameter]:
    """The parameters of a component of this type as ``rml:sweep`` names them: ``tau``; ``f.gain`` of a Child ``f``."""
    found = {p.name.text: p for p in type.parameters}
    for child in type.children if type.role == "model" else ():
        function = model.type(child.type.text)
        if function is not None and function.role == "function":
            found |= {f"{child.name}.{p.name}": p for p in function.parameters}
    return found
