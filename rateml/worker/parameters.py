"""What sliders over a model's parameters need: value, bounds, and where its Component gives the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rateml.ir.lower import lower
from rateml.worker.asked import valid_model

_SYMBOL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\s*$")


def parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the model's Component, numbers in the ``unit`` that the file writes each in.

    A value of the file times ``factor`` is one in base units. ``start`` and ``end`` are offsets of the value in
    the text, None where another file gives it.
    """
    model = valid_model(params)
    program = lower(model)
    component = next(c for c in model.components if c.id.text == program.component)
    written = {a.name.text: a.value for a in component.values}
    found = []
    for p in program.parameters:
        if p.owner != program.component or p.name not in written:
            continue
        quantity = written[p.name]
        match = _SYMBOL.search(quantity.text)
        symbol = match[0].strip() if match else ""
        factor = model.units[symbol].to_base("1") if symbol else 1.0
        own = quantity.span.file == component.span.file == params.get("file", "model.xml")
        low, high, step = (None if v is None else v / factor for v in (p.low, p.high, p.step))
        found.append(
            {
                "key": p.key,
                "value": p.default / factor,
                "low": low,
                "high": high,
                "step": step,
                "unit": symbol,
                "factor": factor,
                "description": p.description,
                "start": quantity.span.start if own else None,
                "end": quantity.span.end if own else None,
            }
        )
    return {"model": program.name, "parameters": found}
