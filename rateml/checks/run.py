"""Checking a file: scan, validate against the schema, build the model, and ask every rule."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar, cast

from rateml.checks.cascade import independent_rules, independent_values
from rateml.checks.guesses import marked
from rateml.checks.quantity_in_expression import with_constants
from rateml.checks.registry import ADVICE, FAULTS
from rateml.checks.schema import foreign_namespace, validate
from rateml.checks.settings import severities_near
from rateml.diagnostics import Code, Diagnostic, Related, Severity
from rateml.diagnostics.configure import configure
from rateml.diagnostics.severities import NO_SEVERITIES, Severities
from rateml.errors import UserError
from rateml.legacy import Dialect, Origins, dialect_of, gather_plain, migrate, relocate
from rateml.model.build import Built, build_model
from rateml.model.include import ReadInclude, decode_file, gather, read_below
from rateml.model.nodes import Model
from rateml.syntax.limits import MAX_CHARACTERS
from rateml.syntax.suppression import suppressions
from rateml.syntax.tree import Document
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

_DIALECTS = (Code.OLD_DIALECT, Code.PLAIN_LEMS)

_Result = TypeVar("_Result")
MOST = 200
"""No scan and no rule reports more than this many faults: who reads the two hundredth mends a few first."""


@dataclass(frozen=True)
class Checked:
    """A file after checking; ``model`` is None only when there is no ``<Lems>`` element to build one from.

    ``source`` is the file itself, ``sources`` also what it includes, by the names that spans bear. A file of
    another ``dialect`` was migrated in memory; ``written`` is what it became, empty with an error before that.
    """

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    source: SourceFile
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    dialect: Dialect | None = None
    written: str = ""

    @property
    def migrated(self) -> bool:
        """Whether the file is in another dialect than RateML 1."""
        return self.dialect is not None

    @property
    def ok(self) -> bool:
        """Whether the model can be compiled: there may be warnings, but no error."""
        return all(d.severity is not Severity.ERROR for d in self.diagnostics)


def check_model(
    text: str,
    file: str = "model.xml",
    severities: Severities = NO_SEVERITIES,
    reader: ReadInclude | None = None,
    component: str = "",
) -> Checked:
    """Check a model's text; never raises, whatever the text is.

    ``reader`` reads what the text includes: by default the files below the folder of ``file``.
    ``no_includes`` reads nothing. ``component`` is the one to take of a plain LEMS file that has several.
    """
    return check_read(read_model(scan(SourceFile(file, text)), reader), severities, component)


@dataclass(frozen=True, slots=True)
class Read:
    """A file read as far as its model, before any rule: what an editor asks most of its questions of.

    ``documents`` end with the ``main`` one. A file of another ``dialect`` is not read further.
    """

    main: Document
    documents: tuple[Document, ...]
    built: Built
    including: tuple[Diagnostic, ...] = ()
    dialect: Dialect | None = None

    @property
    def old(self) -> bool:
        """Whether the file is in another dialect than RateML 1."""
        return self.dialect is not None


def read_model(document: Document, reader: ReadInclude | None = None) -> Read:
    """Build the model of a scanned file with all it includes; ``reader`` as for ``check_model``."""
    dialect = dialect_of(document)
    if dialect is Dialect.OF_2022:
        return Read(document, (document,), Built(None, ()), dialect=dialect)
    below = reader or read_below(Path(document.source.name).parent)
    if dialect is Dialect.PLAIN_LEMS:
        gathered = gather_plain(document, below)
        return Read(document, gathered.documents, Built(None, ()), gathered.diagnostics, dialect)
    gathered = gather(document, below)
    built = build_model(document, gathered.documents[:-1], scanned=True)
    return Read(document, gathered.documents, built, gathered.diagnostics)


def check_read(read: Read, severities: Severities = NO_SEVERITIES, component: str = "") -> Checked:
    """Ask every rule about what was read."""
    return _finished(check_in_steps(read, severities, component))


def check_in_steps(
    read: Read, severities: Severities = NO_SEVERITIES, component: str = ""
) -> Generator[None, None, Checked]:
    """As ``check_read``, for who has other things to do: it pauses after every rule and may be left there."""
    document, documents = read.main, read.documents
    if read.dialect is not None:
        return _check_old(read, read.dialect, severities, component)
    found = yield from _found_in_steps(read.built, documents, read.including)
    sources = {d.source.name: d.source for d in documents}
    return Checked(found.model, _configured(found.diagnostics, documents, severities), document.source, sources)


def _check_old(read: Read, dialect: Dialect, severities: Severities, component: str) -> Checked:
    """Check a file of another dialect as RateML 1; everything is told at its place in the old file."""
    old = read.main
    sources = {d.source.name: d.source for d in read.documents}
    malformed = [*read.including, *(d for document in read.documents for d in document.diagnostics)]
    if malformed:
        return Checked(None, _configured(malformed, read.documents, severities), old.source, sources, dialect)
    help = f"`rateml migrate {Path(old.source.name).name}` writes it as RateML 1"
    assert old.root is not None
    told = [dialect.code.at(old.root.name_span, help=help)]
    migrated = migrate(old, read.documents[:-1], component)
    told += migrated.diagnostics
    model, text = None, ""
    if migrated.ok:
        text = migrated.text
        document = scan(SourceFile(old.source.name, text))
        found = _found(build_model(document), [document], ())
        model = build_model(relocate(document, old.source, migrated.origins)).model
        kept = (d for d in found.diagnostics if not _is_idle(d) or _is_of_reading(d, dialect))
        told += [_at_old_place(d, migrated.origins) for d in kept]
    return Checked(model, _configured(told, read.documents, severities), old.source, sources, dialect, text)


def _is_of_reading(d: Diagnostic, dialect: Dialect) -> bool:
    """Whether a diagnostic tells that PyLEMS computes something else: results of a LEMS file may come from it."""
    return dialect is Dialect.PLAIN_LEMS and d.code in (Code.NOT_PORTABLE_PRECEDENCE, Code.NOT_PORTABLE_EVENT)


def _is_idle(d: Diagnostic) -> bool:
    """Whether a diagnostic is advice that no file of another dialect needs: for LEMS simulators, or on layout."""
    return d.code.name.startswith("NOT_PORTABLE") or d.code is Code.NOT_CANONICAL_ORDER


def _at_old_place(d: Diagnostic, origins: Origins) -> Diagnostic:
    """The diagnostic at its place in the old file; its fixes were made for the new one."""
    related = tuple(Related(origins.old(r.span), r.message) for r in d.related)
    return replace(d, span=origins.old(d.span), related=related, fixes=())


@dataclass(frozen=True, slots=True)
class _Found:
    model: Model | None
    diagnostics: Sequence[Diagnostic]


def _finished(steps: Generator[None, None, _Result]) -> _Result:
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("_Result", end.value)


def _found(built: Built, documents: Sequence[Document], including: Sequence[Diagnostic]) -> _Found:
    return _finished(_found_in_steps(built, documents, including))


def _found_in_steps(
    built: Built, documents: Sequence[Document], including: Sequence[Diagnostic]
) -> Generator[None, None, _Found]:
    values = built.diagnostics[:MOST]
    malformed = [d for document in documents for d in document.diagnostics[:MOST]]
    if malformed or including:
        # What a broken tree seems to say is no basis for further complaints, nor is a file that is not there.
        return _Found(built.model, [*including[:MOST], *malformed])
    strange = [fault for document in documents if (fault := foreign_namespace(document)) is not None]
    if strange:
        return _Found(built.model, strange)
    schema = tuple(d for document in documents for d in validate(document)[:MOST] if not _told_by(d, values))
    yield
    found = list(schema)
    if built.model is not None:
        model = built.model
        found += with_constants(independent_values(values, schema, model.roots), model)
        for rules in (FAULTS, ADVICE):
            if rules is FAULTS or all(d.severity is not Severity.ERROR for d in found):
                findings: list[Diagnostic] = []
                for rule in rules:
                    findings += islice(rule(model), MOST)
                    yield
                found += list(independent_rules(findings, tuple(found), model))
    return _Found(built.model, found)


def check_file(path: str | Path, severities: Severities = NO_SEVERITIES, component: str = "") -> Checked:
    """Check a file; ``severities`` outdo those of its folder. Raises UserError when it cannot be read at all.

    ``component`` as for ``check_model``.
    """
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
    return check_model(text, str(path), severities, component=component)


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
        ordered = tuple(d for d in ordered if d.severity <= Severity.WARNING or d.code in _DIALECTS)
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
