"""Checking a file: scan, validate against the schema, build the model, and ask every rule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rateml.checks.cascade import independent_rules, independent_values
from rateml.checks.registry import RULES
from rateml.checks.schema import validate
from rateml.diagnostics import Code, Diagnostic, Severity
from rateml.errors import UserError
from rateml.model.build import build_model
from rateml.model.nodes import Model
from rateml.syntax.limits import MAX_CHARACTERS
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span


@dataclass(frozen=True)
class Checked:
    """A file after checking; ``model`` is None only when there is no ``<Lems>`` element to build one from."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    source: SourceFile

    @property
    def ok(self) -> bool:
        """Whether the model can be compiled: there may be warnings, but no error."""
        return all(d.severity is not Severity.ERROR for d in self.diagnostics)


def check_model(text: str, file: str = "model.xml") -> Checked:
    """Check a model's text; never raises, whatever the text is."""
    source = SourceFile(file, text)
    document = scan(source)
    built = build_model(document)
    if document.diagnostics:
        # What a broken tree seems to say is no basis for further complaints.
        return Checked(built.model, _in_order(document.diagnostics), source)
    schema = tuple(d for d in validate(document) if not _told_by(d, built.diagnostics))
    found = list(schema)
    if built.model is not None and document.root is not None:
        model = built.model
        found += independent_values(built.diagnostics, schema, document.root)
        findings = (d for rule in RULES for d in rule(model))
        found += list(independent_rules(findings, tuple(found), model, document.root))
    return Checked(built.model, _in_order(found), source)


def check_file(path: str | Path) -> Checked:
    """Check a file; raises UserError when it cannot be read at all."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_CHARACTERS + 4)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _undecodable(data, error, str(path))
    return check_model(text, str(path))


def _undecodable(data: bytes, error: UnicodeDecodeError, file: str) -> Checked:
    text = data.decode("utf-8-sig", errors="replace")
    body = data.removeprefix(b"\xef\xbb\xbf")
    at = len(body[: error.start].decode("utf-8", errors="replace"))
    fault = Code.UNDECODABLE.at(
        Span(at, at + 1, file), byte=body[error.start], offset=error.start, help="save the file as UTF-8"
    )
    return Checked(None, (fault,), SourceFile(file, text))


def _told_by(schema: Diagnostic, others: tuple[Diagnostic, ...]) -> bool:
    """Whether a fault of a value is already told, and told better, by what tried to read the value."""
    if schema.code is not Code.BAD_VALUE:
        return False
    span = schema.span
    return any(span.start <= d.span.start and d.span.end <= span.end for d in others)


def _in_order(found: tuple[Diagnostic, ...] | list[Diagnostic]) -> tuple[Diagnostic, ...]:
    unique: dict[tuple[Span, Code], Diagnostic] = {}
    wrong = {d.span for d in found if d.severity is Severity.ERROR}
    for d in found:
        if d.severity is Severity.ERROR or d.span not in wrong:
            unique.setdefault((d.span, d.code), d)
    return tuple(sorted(unique.values(), key=lambda d: (d.span.start, d.span.end)))
