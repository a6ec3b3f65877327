"""The catalogue: every fault rateml can report, with its stable code, severity and text.

Groups: 0xx the file and its XML, 1xx the schema and expression syntax, 2xx names, 3xx dynamics,
4xx dimensions and units, 5xx components and couplings, 6xx advice.
"""

from __future__ import annotations

from enum import Enum, unique

from rateml.diagnostics.diagnostic import Diagnostic, Fix, Related, Severity
from rateml.text import Span


@unique
class Code(Enum):
    """``Code.UNDEFINED_NAME.at(span, name="tua")`` makes the diagnostic."""

    MALFORMED_XML = ("RML001", Severity.ERROR, "{problem}")
    UNDEFINED_NAME = ("RML201", Severity.ERROR, "'{name}' is not defined in {scope}")

    def __init__(self, id: str, severity: Severity, template: str) -> None:
        self.id = id
        self.severity = severity
        self.template = template

    def at(
        self,
        span: Span,
        *,
        help: str = "",
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
        **values: object,
    ) -> Diagnostic:
        """The diagnostic at ``span``; ``values`` fill the template."""
        return Diagnostic(self, span, self.template.format_map(values), help, related, fixes)
