"""What can be written at the cursor."""

from __future__ import annotations

from rateml.ide.analysis import Analysis
from rateml.ide.complete_tags import attributes, closing_names, contents, element_names
from rateml.ide.complete_values import values
from rateml.ide.context import context_at
from rateml.ide.documentation import attribute_doc, element_doc, function_doc, symbol_doc
from rateml.ide.items import Item
from rateml.ide.names import Symbol


def completions(analysis: Analysis, offset: int) -> tuple[Item, ...]:
    """Everything that fits the place of an offset; what is typed there already does not narrow it down."""
    if analysis.old:
        return ()
    here = context_at(analysis, offset)
    match here.kind:
        case "content":
            found = contents(analysis, here)
        case "element name":
            found = element_names(analysis, here)
        case "closing name":
            found = closing_names(analysis, here)
        case "attribute name" | "space in tag":
            found = attributes(analysis, here)
        case "value":
            found = values(analysis, here)
        case _:
            return ()
    return tuple({item.label: item for item in reversed(list(found))}.values())[::-1]


def documentation(analysis: Analysis, key: tuple[str, ...]) -> str | None:
    """The documentation of a completion, by its ``about``."""
    match key:
        case ("element", name):
            return element_doc(name)
        case ("attribute", element, name):
            return attribute_doc(element, name)
        case ("function", name):
            return function_doc(name)
        case ("symbol", kind, name, owner) if analysis.model is not None:
            return symbol_doc(analysis.model, Symbol(kind, name, owner))  # type: ignore[arg-type]  # a Symbol made `about`
    return None
