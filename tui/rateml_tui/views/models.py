"""The screen of the models: the library and the files here, equations and live diagnostics."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from rateml_tui.desk import Refused
from rateml_tui.views.editing import editor_command
from rateml_tui.views.view import View

_STYLES = {"error": "$text-error", "warning": "$text-warning", "information": "$text-primary", "hint": "$text-success"}
_HEADINGS = {
    "derivative": "Dynamics", "noise": "Noise", "derived": "Derived", "input": "Coupling", "condition": "Conditions"
}  # fmt: skip


class ModelsView(View):
    """Everything shown is of ``dashboard.model``; the highlighted model becomes it after a moment."""

    FIRST = "#library"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit"),
        Binding("c", "copy", "Copy here"),
        Binding("2", "app.go('code')", "Code"),
        Binding("3", "app.go('sweep')", "Sweep"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._diagnostics: list[dict[str, Any]] = []
        self._stamp: tuple[object, ...] = ()
        self._read: Path | None = None

    def compose(self) -> ComposeResult:
        yield OptionList(id="library", markup=False)
        with Vertical(id="about"):
            yield Static("Choose a model.", id="name", markup=False)
            with VerticalScroll(id="equations-pane"):
                yield Static(id="equations")
            yield Static(id="verdict", markup=False)
            yield OptionList(id="diagnostics")

    def on_mount(self) -> None:
        self.query_one("#library").loading = True
        self.call_after_refresh(self.soon, self._watch)  # the process that answers takes the processor from the screen
        self.every(1.0, self._watch)

    async def _watch(self) -> None:
        """Notice what changed on the disk; the first time everything is new."""
        stamp = await asyncio.to_thread(_stamp, self.dashboard.folder, self.dashboard.model)
        if stamp == self._stamp:
            return
        folder_changed, self._stamp = stamp[0] != (self._stamp or (None,))[0], stamp
        if folder_changed:
            await self._list()
        if self.dashboard.model is not None:
            self._check(self.dashboard.model)

    async def _list(self) -> None:
        try:
            found = await self.dashboard.desk.ask("library", folder=str(self.dashboard.folder))
        except Refused as error:
            self.dashboard.report(error)
            return
        library = self.query_one("#library", OptionList)
        library.loading = False
        before = self.dashboard.model
        library.clear_options()
        files = found["files"]
        here = f"{self.dashboard.folder.name or '/'}/" if files else "no .xml file in this folder"
        options = [Option(here, disabled=True), *(Option(f" {name}", id=path) for name, path in files.items())]
        options += [None, Option("library", disabled=True)]  # type: ignore[list-item]
        options += [Option(f" {name}", id=path) for name, path in found["shipped"].items()]
        library.add_options(options)
        paths = {str(p): i for i, p in enumerate([*files.values(), *found["shipped"].values()])}
        ids = [o.id for o in library.options]
        wanted = str(before) if str(before) in paths else next(iter(paths), None)
        if wanted is not None:
            library.highlighted = ids.index(wanted)
        if self.in_front and self.app.focused is None:
            library.focus()

    @on(OptionList.OptionHighlighted, "#library")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None:
            self._settle(Path(event.option.id))

    @work(exclusive=True, group="settle")
    async def _settle(self, model: Path) -> None:
        await asyncio.sleep(0.08)  # while the cursor runs down the list nothing is asked
        self.dashboard.choose(model)
        self._check(model)

    @on(OptionList.OptionSelected, "#library")
    def _selected(self) -> None:
        self.query_one("#diagnostics" if self._diagnostics else "#equations-pane").focus()

    @work(exclusive=True, group="check")
    async def _check(self, model: Path) -> None:
        try:
            found = await self.dashboard.desk.ask("model", path=str(model))
        except Refused as error:
            self.query_one("#verdict", Static).update(str(error))
            return
        if self.dashboard.model == model:
            self._show(model, found)

    def _show(self, model: Path, found: dict[str, Any]) -> None:
        title = f"{found['name'] or model.name}  {found['about']}"
        self.query_one("#name", Static).update(title)
        if found["ok"] or model != self._read:
            self.query_one("#equations", Static).update(_equations(found["equations"]))
        self._diagnostics = found["diagnostics"]
        counts = [sum(d["severity"] == s for d in self._diagnostics) for s in ("error", "warning")]
        verdict = self.query_one("#verdict", Static)
        told = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in zip(counts, ("error", "warning"), strict=True) if n]
        verdict.update(
            (", ".join(told) or "no errors")
            + ("" if found["ok"] or model != self._read else "; the equations are the last good ones")
        )
        verdict.set_class(counts[0] > 0, "-error")
        if found["ok"]:
            self._read = model
        elif model != self._read:
            self._read = None
        listed = self.query_one("#diagnostics", OptionList)
        listed.clear_options()
        listed.add_options([Option(_line(d)) for d in self._diagnostics])
        listed.display = bool(self._diagnostics)
        listed.highlighted = 0 if self._diagnostics else None  # Enter opens the first without a further key

    @on(OptionList.OptionSelected, "#diagnostics")
    def _jump(self, event: OptionList.OptionSelected) -> None:
        found = self._diagnostics[event.option_index]
        start = found["range"]["start"]
        self._open(Path(found["file"]), start.get("line", 1), start.get("column", 1))

    def action_edit(self) -> None:
        if self.dashboard.model is not None:
            self._open(self.dashboard.model, 1, 1)

    def _open(self, file: Path, line: int, column: int) -> None:
        if self.dashboard.folder not in file.absolute().parents:
            self.dashboard.report(
                f"{file.stem} belongs to the library: copy it here with c, then edit the copy", "Read only"
            )
            return
        command = editor_command(file, line, column)
        try:
            with self.app.suspend():
                subprocess.run(command, check=False)
        except SuspendNotSupported:
            self.dashboard.report(f"this terminal cannot be lent to an editor; open {file}:{line}:{column} yourself")
        except OSError as error:
            self.dashboard.report(f"cannot start {command[0]}: {error.strerror}; set EDITOR to an editor you have")

    @work
    async def action_copy(self) -> None:
        model = self.dashboard.model
        if model is None:
            return
        try:
            path = await self.dashboard.desk.ask("copy", name=model.stem, folder=str(self.dashboard.folder))
        except Refused as error:
            self.dashboard.report(error)
            return
        self.dashboard.choose(Path(path))
        self.notify(f"copied to {path}", markup=False)
        self.soon(self._watch)


def _stamp(folder: Path, model: Path | None) -> tuple[object, ...]:
    """What changes when files here, or the model, are written."""
    names = tuple(sorted(p.name for p in folder.glob("*.xml")))
    try:
        stat = model.stat() if model is not None else None
    except OSError:
        return names, model, None
    return names, model, stat and (stat.st_mtime_ns, stat.st_size)


def _equations(equations: list[dict[str, str]]) -> Content:
    parts: list[Content] = []
    kind = ""
    for equation in equations:
        if equation["kind"] != kind:
            kind = equation["kind"]
            parts.append(Content.assemble(("\n" if parts else "", ""), (_HEADINGS[kind], "bold $text-accent")))
        parts.append(Content(f"  {equation['text']}"))
    return Content("\n").join(parts)


def _line(d: dict[str, Any]) -> Content:
    start = d["range"]["start"]
    head = (f"{d['severity']}[{d['code']}] ", f"bold {_STYLES[d['severity']]}")
    place = (f"{start.get('line', '?')}:{start.get('column', '?')} ", "dim")
    help = (f"\n  {d['help']}", "dim") if d["help"] else ("", "")
    return Content.assemble(place, head, d["message"], help)
