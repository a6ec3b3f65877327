"""The screen of the generated code."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Select, Static

from rateml_tui.desk import Refused
from rateml_tui.views.view import View
from rateml_tui.widgets.listing import Listing, numbered

TARGETS: Final = ("numba", "cuda", "tvb", "lems", "docs")


class CodeView(View):
    """The code of ``dashboard.model``; the last good one stays while the model has errors."""

    FIRST = "#code-text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write"),
        Binding("y", "copy", "Copy"),
        Binding("x", "split", "XML"),
        Binding("g", "next_target", "Target"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, str] = {}
        self._made_of: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="bar"):
            yield Select([(t, t) for t in TARGETS], value="numba", allow_blank=False, compact=True, id="target")
            precisions = ("float64", "float32")
            yield Select([(p, p) for p in precisions], value="float64", allow_blank=False, compact=True, id="precision")
            yield Select[str]([], prompt="file", compact=True, id="file")
        yield Static(id="code-verdict", markup=False)
        with Horizontal(id="split"):
            yield Listing(id="xml-text")
            yield Listing(id="code-text")

    def on_mount(self) -> None:
        self.every(1.0, self._refresh_code)

    def shown(self) -> None:
        self.soon(self._refresh_code)

    def model_changed(self) -> None:
        self.soon(self._refresh_code)

    @on(Select.Changed, "#target,#precision")
    def _asked(self) -> None:
        self.soon(self._refresh_code)

    @property
    def _asked_for(self) -> dict[str, Any]:
        chosen = {name: self.query_one(f"#{name}", Select).value for name in ("target", "precision")}
        return {"path": str(self.dashboard.model), **chosen}

    async def _refresh_code(self) -> None:
        """Generate again when the file, the target or the precision is another; only while somebody looks."""
        model = self.dashboard.model
        if model is None or not self.in_front:
            return
        try:
            changed = (await asyncio.to_thread(model.stat)).st_mtime_ns
        except OSError as error:
            self._tell(f"{model}: {error.strerror}", error=True)
            return
        asked = self._asked_for
        made_of = (*asked.values(), changed)
        if made_of == self._made_of:
            return
        try:
            xml = await asyncio.to_thread(model.read_text, "utf-8", "replace")
            lines = await asyncio.to_thread(numbered, xml, "model.xml")
            self.query_one("#xml-text", Listing).show(lines, str(model))
            found = await self.dashboard.desk.ask("code", **asked)
        except (Refused, OSError) as error:
            self._made_of = made_of
            self._tell(str(error), error=True)
            return
        self._made_of = made_of
        self._files = found["files"]
        notes = "".join(f"; {note}" for note in found["notes"])
        self._tell(f"{model.name} for {asked['target']}, digest {found['digest'][:12]}{notes}", error=False)
        choice = self.query_one("#file", Select)
        with self.prevent(Select.Changed):
            choice.set_options([(name, name) for name in self._files])
            choice.value = found["entry"]
        self._show(found["entry"])

    @on(Select.Changed, "#file")
    def _file(self, event: Select.Changed) -> None:
        if event.value in self._files:
            self._show(str(event.value))

    def _show(self, name: str) -> None:
        self.query_one("#code-text", Listing).show(numbered(self._files[name], name), name)

    def _tell(self, text: str, *, error: bool) -> None:
        verdict = self.query_one("#code-verdict", Static)
        verdict.update(text)
        verdict.set_class(error, "-error")

    def action_next_target(self) -> None:
        choice = self.query_one("#target", Select)
        choice.value = TARGETS[(TARGETS.index(str(choice.value)) + 1) % len(TARGETS)]

    def action_split(self) -> None:
        pane = self.query_one("#xml-text")
        pane.display = not pane.display

    def action_copy(self) -> None:
        name = self.query_one("#file", Select).value
        if isinstance(name, str) and name in self._files:
            self.app.copy_to_clipboard(self._files[name])
            self.notify(f"copied {name}", markup=False)

    @work
    async def action_write(self) -> None:
        try:
            paths = await self.dashboard.desk.ask("write", **self._asked_for, folder=str(self.dashboard.folder))
        except Refused as error:
            self.dashboard.report(error, "Not written")
            return
        self.notify("wrote " + ", ".join(Path(p).name for p in paths) + f" to {self.dashboard.folder}", markup=False)
