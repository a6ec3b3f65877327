"""The screen of results: a map of any statistic over any two swept parameters, read with a cursor."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Select, Sparkline, Static

from rateml.text.amounts import number
from rateml_tui.desk import Refused
from rateml_tui.output import output_of
from rateml_tui.views.view import View
from rateml_tui.widgets.heat_map import HeatMap

_BEST = 50
_SAMPLES = 2000


class ResultsView(View):
    """The store opened last; it may still be filling, and is then read again every few seconds."""

    FIRST = "#map"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "best", "Best"),
        Binding("x", "diverged", "Diverged"),
        Binding("f", "figure", "Figure"),
        Binding("s", "table", "CSV"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.store: Path | None = None
        self._known: dict[str, Any] = {}
        self._best: list[dict[str, Any]] = []
        self._next = {"best": 0, "diverged": 0}

    def compose(self) -> ComposeResult:
        with Horizontal(classes="bar"):
            for name in ("array", "variable", "x", "y"):
                yield Select[str]([], prompt=name, compact=True, id=name)
        yield Static("No store is open: choose a run (4) and press Enter.", id="map-title", markup=False)
        with Horizontal(id="map-split"):
            yield HeatMap(id="map")
            with VerticalScroll(id="reading-pane"):
                yield Static(id="reading", markup=False)
                yield Vertical(id="series")
                yield Static(id="best")

    def on_mount(self) -> None:
        self.set_interval(3.0, self._again)

    def shown(self) -> None:
        self.soon(self._read)

    def open(self, store: Path) -> None:
        """Show another store."""
        if store != self.store:
            self.store, self._known, self._best = store, {}, []
            self.query_one("#series").remove_children()
            self.query_one("#map", HeatMap).show(None)
            self.query_one("#best", Static).update("")

    def _again(self) -> None:
        if self._known.get("not_run", 1) and self.in_front:
            self.soon(self._read)

    async def _read(self) -> None:
        if self.store is None:
            return
        store = self.store
        try:
            known = await self.dashboard.run_desk.ask("describe", store=str(store))
        except Refused as error:
            self.query_one("#map-title", Static).update(str(error))
            return
        if store != self.store:
            return
        if {**self._known, "arrays": None}.get("axes") != known["axes"] or self._known.get("arrays") != known["arrays"]:
            self._known = known
            self._offer()
        self._known = known
        await self._draw(store)

    def _offer(self) -> None:
        """Fill in what there is to choose."""
        known = self._known
        with self.prevent(Select.Changed):
            for name, options in (("array", list(known["arrays"])), ("x", known["axes"]), ("y", known["axes"])):
                choice = self.query_one(f"#{name}", Select)
                choice.set_options([(o, o) for o in options])
                if options:
                    choice.value = options[min(1, len(options) - 1) if name == "y" else 0]
            self._offer_variables()

    def _offer_variables(self) -> None:
        array = self._chosen("array")
        variables = self._known["arrays"].get(array, []) if array else []
        choice = self.query_one("#variable", Select)
        choice.set_options([(v, v) for v in variables])
        if variables:
            choice.value = variables[0]

    def _chosen(self, name: str) -> str | None:
        value = self.query_one(f"#{name}", Select).value
        return value if isinstance(value, str) else None

    @property
    def _what(self) -> dict[str, Any]:
        x, y = self._chosen("x"), self._chosen("y")
        return {
            "array": self._chosen("array"), "variable": self._chosen("variable"), "x": x, "y": y if y != x else None
        }  # fmt: skip

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        if event.select.id == "array":
            with self.prevent(Select.Changed):
                self._offer_variables()
        self.soon(self._redraw)

    async def _redraw(self) -> None:
        if self.store is not None and self._known:
            await self._draw(self.store)

    async def _draw(self, store: Path) -> None:
        title, shown, known = self.query_one("#map-title", Static), self.query_one("#map", HeatMap), self._known
        counts = f"{known['simulations']} simulations"
        counts += f", {known['not_run']} not run" if known["not_run"] else ""
        counts += f", {known['diverged']} diverged" if known["diverged"] else ""
        what = self._what
        if what["array"] is None:
            title.update(f"{known['title']}: no statistic to map; {counts}")
            return
        try:
            cells = await self.dashboard.run_desk.ask("cells", store=str(store), **what)
        except Refused as error:
            shown.show(None)
            title.update(f"{error}; {counts}")
        else:
            averaged = f", mean over {', '.join(cells['averaged'])}" if cells["averaged"] else ""
            title.update(f"{cells['label']}{averaged}; {counts}")
            shown.show(cells)
        await self._rank(store)

    async def _rank(self, store: Path) -> None:
        listed = self.query_one("#best", Static)
        try:
            found = await self.dashboard.run_desk.ask(
                "best",
                store=str(store),
                array=self._chosen("array"),
                variable=self._chosen("variable"),
                k=_BEST,
                order=None,
            )
        except Refused as error:
            listed.update(Content(str(error)))
            return
        self._best = found["points"]
        rows = [f"{number(p['value']):<10} {_at(p['at']).replace(' = ', '=')}" for p in self._best[:10]]
        listed.update(Content.assemble((f"{found['order']} first\n", "bold"), "\n".join(rows)))

    @on(HeatMap.Moved)
    def _moved(self) -> None:
        shown = self.query_one("#map", HeatMap)
        self.query_one("#reading", Static).update(f"{_at(shown.point)}\n{shown.reading}" if shown.cells else "")

    def action_best(self) -> None:
        self._step("best", [p["at"] for p in self._best], "no point has a value yet")

    def action_diverged(self) -> None:
        self._step("diverged", self._known.get("states", []), "no simulation diverged")

    def _step(self, kind: str, points: list[dict[str, float]], none: str) -> None:
        if self._known.get("table"):
            self.notify("the points of this sweep make no grid: the best are listed, s and f export them all")
            return
        if not points or self.query_one("#map", HeatMap).cells is None:
            self.notify(none)
            return
        self.query_one("#map", HeatMap).go_to(points[self._next[kind] % len(points)])
        self._next[kind] += 1

    @on(HeatMap.Chosen)
    def _chosen_cell(self) -> None:
        self._replay(dict(self.query_one("#map", HeatMap).point))

    @work(exclusive=True, group="replay")
    async def _replay(self, point: dict[str, float | str]) -> None:
        """Run that simulation again, in a process of its own, and show its time series."""
        store, series = self.store, self.query_one("#series")
        assert store is not None
        select = ",".join(f"{k}={v}" for k, v in {**self._known["first"], **point}.items())
        out = self.dashboard.records.folder / "replays" / f"{store.stem}.zarr"
        out.parent.mkdir(parents=True, exist_ok=True)
        await series.remove_children()
        await series.mount(Static(f"replaying {_at(point)}…", markup=False))
        command = ["replay", str(store), "--monitor", "raw", "-q", "--overwrite", "-o", str(out)]
        command += ["--sel", select] if select else []
        code, said = await output_of(command, self.dashboard.folder)
        await series.remove_children()
        if code:
            await series.mount(Static(said, markup=False))
            return
        try:
            found = await self.dashboard.run_desk.ask("series", store=str(out), most=_SAMPLES)
        except Refused as error:
            await series.mount(Static(str(error), markup=False))
            return
        span = f"{number(found['from'])} to {number(found['to'])} ms, {found['samples']} samples, mean over regions"
        await series.mount(Static(f"{_at(point)}\n{span}", markup=False))
        for one in found["series"]:
            values = [v for v in one["values"] if isinstance(v, float)]
            extent = f"{number(min(values))} … {number(max(values))}" if values else "diverged"
            await series.mount(Label(f"{one['variable']}  {extent}", markup=False), Sparkline(values))

    @work
    async def action_figure(self) -> None:
        await self._export("picture", ".png", kind="map")

    @work
    async def action_table(self) -> None:
        await self._export("table", ".csv")

    async def _export(self, question: str, suffix: str, **more: str) -> None:
        if self.store is None or self._chosen("array") is None:
            self.dashboard.report("no map is shown")
            return
        what = self._what
        stem = "-".join(filter(None, (self.store.stem, what["array"], what["variable"])))
        out = _unused(self.dashboard.folder, stem, suffix)
        try:
            path = await self.dashboard.run_desk.ask(question, store=str(self.store), out=str(out), **what, **more)
        except Refused as error:
            self.dashboard.report(error)
            return
        self.notify(f"wrote {path}", markup=False)

    @work
    async def action_copy(self) -> None:
        if self.store is None:
            return
        out = self.store.with_name(f"{self.store.stem}-again.zarr")
        try:
            words = await self.dashboard.run_desk.ask("command", store=str(self.store), out=str(out))
        except Refused as error:
            self.dashboard.report(error)
            return
        self.app.copy_to_clipboard(shlex.join(words))
        self.notify(shlex.join(words), title="Copied: this makes the sweep again", timeout=12, markup=False)


def _at(point: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {number(value)}" for name, value in point.items())


def _unused(folder: Path, stem: str, suffix: str) -> Path:
    names = [f"{stem}{suffix}", *(f"{stem}-{n}{suffix}" for n in range(2, 1000))]
    return next((folder / n for n in names if not (folder / n).exists()), folder / names[0])
