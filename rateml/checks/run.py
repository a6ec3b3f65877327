"""Checking a file: scan, validate against the schema, build the model, and ask every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from rateml.checks.cascade import independent_rules, independent_values
from rateml.checks.guesses import marked
from rateml.checks.registry import ADVICE, FAULTS
from rateml.checks.schema import validate
from rateml.checks.settings import severities_near
from rateml.diagnostics import Code, Diagnostic, Related, Severity
from rateml.diagnostics.configure import configure
from rateml.diagnostics.severities import NO_SEVERITIES, Severities
from rateml.errors import UserError
from rateml.legacy import Origins, is_old, migrate, relocate
from rateml.model.build import build_model
from rateml.model.include import ReadInclude, decode_file, gather, read_below
from rateml.model.nodes import Model
from rateml.syntax.limits import MAX_CHARACTERS
from rateml.syntax.suppression import suppressions
from rateml.syntax.tree import Document
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

MOST = 200
"""No scan and no rule reports more than this many faults: who reads the two hundredth mends a few first."""


@dataclass(frozen=True)
class Checked:
    """A file after checking; ``model`` is None only when there is no ``<Lems>`` element to build one from.

    ``source`` is the file itself, ``sources`` also what it includes, by the names that spans bear. A file of the
    2022 dialect was ``migrated`` in memory.
    """

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    source: SourceFile
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    migrated: bool = False

    @property
    def ok(self) -> bool:
        """Whether the model can be compiled: there may be warnings, but no error."""
        return all(d.severity is not Severity.ERROR for d in self.diagnostics)


def check_model(
    text: str,
    file: str = "model.xml",
    severities: Severities = NO_SEVERITIES,
    reader: ReadInclude | None = None,
) -> Checked:
    """Check a model's text; never raises, whatever the text is.

    ``reader`` reads what the text includes: by default the files below the folder of ``file``.
    ``no_includes`` reads nothing.
    """
    document = scan(SourceFile(file, text))
    if is_old(document):
        return _check_old(document, severities)
    gathered = gather(document, reader or read_below(Path(file).parent))
    documents = gathered.documents
    found = _found(document, documents, gathered.diagnostics)
    sources = {d.source.name: d.source for d in documents}
    return Checked(found.model, _configured(found.diagnostics, documents, severities), document.source, sources)


def _check_old(old: Document, severities: Severities) -> Checked:
    """Check a file of the 2022 dialect as RateML 1; everything is told at its place in the old file."""
    sources = {old.source.name: old.source}
    if old.diagnostics:
        return Checked(None, _configured(old.diagnostics, [old], severities), old.source, sources, migrated=True)
    help = f"`rateml migrate {Path(old.source.name).name}` writes it as RateML 1"
    assert old.root is not None
    told = [Code.OLD_DIALECT.at(old.root.name_span, help=help)]
    migrated = migrate(old)
    told += migrated.diagnostics
    model = None
    if migrated.ok:
        document = scan(SourceFile(old.source.name, migrated.text))
        found = _found(document, [document], ())
        model = build_model(relocate(document, old.source, migrated.origins)).model
        told += [_at_old_place(d, migrated.origins) for d in found.diagnostics if not _is_portability(d)]
    return Checked(model, _configured(told, [old], severities), old.source, sources, migrated=True)


def _is_portability(d: Diagnostic) -> bool:
    """Whether a diagnostic is about other simulators, which no old file is for."""
    return d.code.name.startswith("NOT_PORTABLE")


def _at_old_place(d: Diagnostic, origins: Origins) -> Diagnostic:
    """The diagnostic at its place in the old file; its fixes were made for the new one."""
    related = tuple(Related(origins.old(r.span), r.message) for r in d.related)
    return replace(d, span=origins.old(d.span), related=related, fixes=())


@dataclass(frozen=True, slots=True)
class _Found:
    model: Model | None
    diagnostics: Sequence[Diagnostic]


def _found(main: Document, documents: Sequence[Document], including: Sequence[Diagnostic]) -> _Found:
    built = build_model(main, documents[:-1])
    values = built.diagnostics[:MOST]
    malformed = [d for document in documents for d in document.diagnostics[:MOST]]
    if malformed or including:
        # What a broken tree seems to say is no basis for further complaints, nor is a file that is not there.
        return _Found(built.model, [*including[:MOST], *malformed])
    schema = tuple(d for document in documents for d in validate(document)[:MOST] if not _told_by(d, values))
    found = list(schema)
    if built.model is not None:
        model = built.model
        found += independent_values(values, schema, model.roots)
        for rules in (FAULTS, ADVICE):
            if rules is FAULTS or all(d.severity is not Severity.ERROR for d in found):
                findings = (d for rule in rules for d in islice(rule(model), MOST))
                found += list(independent_rules(findings, tuple(found), model))
    return _Found(built.model, found)


def check_file(path: str | Path, severities: Severities = NO_SEVERITIES) -> Checked:
    """Check a file; ``severities`` outdo those of its folder. Raises UserError when it cannot be read at all."""
    path = Path(path)
    severities = {**severities_near(path), **severities}
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_CHARACTERS + 4)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    text, fault = decode_file(data, str(path))
    if fault is not None:
        source = SourceFile(str(path), text)
        return Checked(None, (fault,), source, {source.name: source})
    return check_model(text, str(path), severities)


def _told_by(schema: Diagnostic, others: tuple[Diagnostic, ...]) -> bool:
    """Whether a fault of a value is already told, and told better, by what tried to read the value."""
    if schema.code is not Code.BAD_VALUE:
        return False
    span = schema.span
    return any(d.span.file == span.file and span.start <= d.span.start and d.span.end <= span.end for d in others)


def _configured(
    found: Iterable[Diagnostic], documents: Sequence[Document], severities: Severities
) -> tuple[Diagnostic, ...]:
    """In order, without advice beside errors, and as the files' comments and the user's settings want them."""
    ordered = _in_order(tuple(marked(found, documents)), [d.source.name for d in documents])
    complete = all(d.severity is not Severity.ERROR for d in ordered)
    if not complete:
        ordered = tuple(d for d in ordered if d.severity <= Severity.WARNING or d.code is Code.OLD_DIALECT)
    silencing = [s for document in documents for s in suppressions(document)]
    return configure(ordered, silencing, severities, complete=complete)


def _in_order(found: tuple[Diagnostic, ...], files: Sequence[str]) -> tuple[Diagnostic, ...]:
    """File by file, the main one first, from top to bottom; each fault once, an error hiding advice at its place."""
    unique: dict[tuple[Span, Code], Diagnostic] = {}
    wrong = {d.span for d in found if d.severity is Severity.ERROR}
    for d in found:
        if d.severity is Severity.ERROR or d.span not in wrong:
            unique.setdefault((d.span, d.code), d)
    rank = {name: number for number, name in enumerate((*files[-1:], *files[:-1]))}
    return tuple(sorted(unique.values(), key=lambda d: (rank.get(d.span.file, 0), d.span.start, d.span.end)))
