"""The screen of the runs: all that are known, and the live panel of one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Label, Log, ProgressBar, Sparkline, Static

from rateml_tui.desk import Refused
from rateml_tui.following import Following, told
from rateml_tui.records import Launched, tail
from rateml_tui.resuming import end_of_events, refusal, resume
from rateml_tui.views.view import View


@dataclass(frozen=True)
class Run:
    """A run of the list: ``launched`` when this dashboard started it, ``stored`` what its store says."""

    key: str
    launched: Launched | None
    stored: dict[str, Any]
    state: str

    @property
    def alive(self) -> bool:
        return self.state in ("queued", "starting", "running", "paused")


class RunsView(View):
    """The list is read from the records and the stores; the panel from the events of the run under the cursor."""

    FIRST = "#run-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "results", "Results", priority=True),  # the table would tell of it late
        Binding("p", "pause", "Pause/go on"),
        Binding("k", "cancel", "Cancel"),
        Binding("r", "resume", "Resume"),
        Binding("d", "forget", "Off the list"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, Run] = {}
        self._wanted: str | None = None
        self.following = Following()
        self._followed = ""
        self._offset = 0
        self._lines = 0

    def compose(self) -> ComposeResult:
        yield DataTable[str](id="run-list", cursor_type="row", zebra_stripes=True)
        with Vertical(id="panel"):
            yield Static("No run yet: fill in a sweep (3) and launch it.", id="run-title", markup=False)
            with Horizontal(id="progress-line"):
                yield ProgressBar(total=1.0, show_eta=False, id="progress")
                yield Static(id="left", markup=False)
            with Horizontal(id="sparks"):
                for id, name in (("rate", "simulation steps/s"), ("bandwidth", "effective bandwidth")):
                    with Vertical():
                        yield Label(name, id=f"{id}-label", markup=False)
                        yield Sparkline([], id=id)
            yield Static(id="figures", markup=False)
            yield DataTable[str](id="devices", cursor_type="none")
            yield Log(id="log", max_lines=600)

    def on_mount(self) -> None:
        self.query_one("#run-list", DataTable).add_columns("run", "state", "done", "model", "engine")
        self.query_one("#devices").display = False
        self.soon(self._list)
        self.every(0.5, self._follow)
        self.every(2.0, self._list)

    def shown(self) -> None:
        self.soon(self._list)
        self.soon(self._follow)

    def watch_run(self, run: Launched) -> None:
        """Put the cursor on a run that was just launched."""
        self._wanted = run.store
        self.soon(self._list)

    @property
    def current(self) -> Run | None:
        """The run under the cursor."""
        table = self.query_one("#run-list", DataTable)
        if not table.row_count:
            return None
        return self._runs.get(str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value))

    async def _list(self) -> None:
        if self._runs and not self.in_front:
            return
        records = self.dashboard.records
        launched = {run.store: run for run in await asyncio.to_thread(records.runs)}
        try:
            stored = await self.dashboard.run_desk.ask(
                "history", folder=str(self.dashboard.folder), stores=list(launched)
            )
        except Refused as error:
            self.dashboard.report(error)
            return
        runs = []
        for store in stored:
            run = launched.get(store["store"])
            ticket = "none" if run is None else await asyncio.to_thread(records.ticket, run)
            runs.append(Run(store["store"], run, store, _state(store, ticket)))
        runs.sort(
            key=lambda r: (not r.alive, "" if r.launched is None else r.launched.id, r.stored["at"]), reverse=False
        )
        runs.sort(key=lambda r: (r.alive, r.launched.id if r.launched else "", r.stored["at"]), reverse=True)
        self._fill(runs)

    def _fill(self, runs: list[Run]) -> None:
        table = self.query_one("#run-list", DataTable)
        before = self._wanted or (self.current.key if self.current else None)
        rows = {run.key: _row(run) for run in runs}
        if list(rows) == list(self._runs):
            for key, row in rows.items():
                if row != _row(self._runs[key]):
                    for column, cell in zip(table.ordered_columns, row, strict=True):
                        table.update_cell(key, column.key, cell, update_width=True)
        else:
            table.clear()
            for key, row in rows.items():
                table.add_row(*row, key=key)
            if before in rows:
                table.move_cursor(row=list(rows).index(before))
        self._runs = {run.key: run for run in runs}
        if self._wanted in rows:
            table.move_cursor(row=list(rows).index(self._wanted))
            self._wanted = None

    @on(DataTable.RowHighlighted, "#run-list")
    def _moved(self) -> None:
        self.soon(self._follow)

    @on(DataTable.RowSelected, "#run-list")
    async def _opened(self) -> None:
        await self.action_results()

    async def _follow(self) -> None:
        run = self.current
        if run is None or not self.in_front:
            return
        if run.key != self._followed:
            self._followed, self._offset, self._lines, self.following = run.key, 0, 0, Following()
            self.query_one("#log", Log).clear()
        while True:
            try:
                found = await self.dashboard.run_desk.ask("follow", store=run.key, offset=self._offset)
            except Refused as error:
                self.query_one("#run-title", Static).update(str(error))
                return
            if run.key != self._followed:
                return
            for event in found["events"]:
                self.following.take(event)
            self._offset = found["offset"]
            if not found["events"]:
                break
        said = tail(run.launched.log) if run.launched and not self.following.lines else ""
        self._paint(self._runs.get(run.key, run), said)

    def _paint(self, run: Run, said: str) -> None:
        seen = self.following
        phase = seen.phase if run.state in ("running", "paused") or seen.over else run.state
        if run.state == "stopped" and not seen.over:
            phase = "stopped without a word (killed?); r goes on from what is done"
        asked = {"pause": ", asked to pause", "cancel": ", asked to stop"}.get(run.stored["asked"], "")
        waiting = asked if run.alive and not (asked == ", asked to pause" and seen.phase == "paused") else ""
        self.query_one("#run-title", Static).update(f"{Path(run.key).name}: {phase}{waiting}")
        self.query_one("#progress", ProgressBar).update(progress=seen.share or 0.0)
        figures = seen.figures()
        left = figures.pop("time left", None)
        self.query_one("#left", Static).update(f"{left} left" if run.alive and left and left != "unknown" else "")
        for id, name, values in (
            ("rate", "simulation steps/s", seen.rates),
            ("bandwidth", "effective bandwidth", seen.bandwidths),
        ):
            self.query_one(f"#{id}", Sparkline).data = list(values)
            self.query_one(f"#{id}-label", Label).update(f"{name}  {figures.pop(name, '')}")
        self.query_one("#figures", Static).update("   ".join(f"{name} {value}" for name, value in figures.items()))
        self._paint_devices(seen)
        log = self.query_one("#log", Log)
        new = seen.lines - self._lines
        if new:
            if not self._lines:
                log.clear()  # of what the process said before its first event
            log.write_lines(list(seen.log)[-new:])
        elif said and said.splitlines() != list(log.lines):
            log.clear()
            log.write_lines(said.splitlines())
        self._lines = seen.lines

    def _paint_devices(self, seen: Following) -> None:
        table, rows = self.query_one("#devices", DataTable), seen.devices()
        table.display = bool(rows)
        if rows:
            table.clear(columns=True)
            names = list(dict.fromkeys(name for row in rows for name in row))
            table.add_columns(*(name.replace("_", " ") for name in names))
            for row in rows:
                table.add_row(*(told(name, row.get(name)) for name in names))

    @work
    async def action_pause(self) -> None:
        run = self.current
        if run is None or not run.alive or run.state == "queued":
            self.dashboard.report("only a run that is under way can be paused")
            return
        paused = run.stored["asked"] == "pause" or self.following.phase == "paused"
        await self._ask(run, "run" if paused else "pause")

    @work
    async def action_cancel(self) -> None:
        run = self.current
        if run is None or not run.alive:
            self.dashboard.report("this run is over; d takes it off the list")
        elif run.state in ("queued", "starting") and run.launched is not None:
            await asyncio.to_thread(self.dashboard.records.stop, run.launched)
            self.soon(self._list)
        else:
            await self._ask(run, "cancel")

    async def _ask(self, run: Run, command: str) -> None:
        try:
            await self.dashboard.run_desk.ask("ask", store=run.key, command=command)
        except Refused as error:
            self.dashboard.report(error)
            return
        self._runs[run.key] = replace(run, stored={**run.stored, "asked": command})
        self.soon(self._list)

    @work
    async def action_resume(self) -> None:
        run = self.current
        if run is None or run.alive:
            self.dashboard.report("this run is under way" if run else "no run to resume")
            return
        if run.state == "finished":
            self.dashboard.report("every simulation of this run is done: Enter shows its results")
            return
        dashboard, store = self.dashboard, Path(run.key)
        read = self._offset if run.key == self._followed else 0
        try:
            offset = await end_of_events(dashboard.run_desk, store, read)
            model = str(run.stored.get("model", ""))
            new = await resume(dashboard.records, dashboard.run_desk, store, model, dashboard.folder, run.launched)
            self.watch_run(new)
            said = await refusal(dashboard.records, dashboard.run_desk, new, offset)
        except (Refused, OSError) as error:
            said = str(error)
        if said:
            dashboard.report(said, "Not resumed")

    @work
    async def action_forget(self) -> None:
        run = self.current
        if run is None or run.launched is None or run.alive:
            self.dashboard.report("only a run that was launched here and is over can be taken off the list")
            return
        await asyncio.to_thread(self.dashboard.records.forget, run.launched)
        self.soon(self._list)

    async def action_results(self) -> None:
        run = self.current
        if run is not None:
            from rateml_tui.views.results import ResultsView

            await self.dashboard.action_go("results")
            self.app.query_one(ResultsView).open(Path(run.key))


def _state(store: dict[str, Any], ticket: str) -> str:
    if ticket == "waiting":
        return "queued"
    if store["held"]:
        return "paused" if store["asked"] == "pause" else "running"
    if ticket == "running":
        return "starting"
    if store["units"] and store["done"] == store["units"]:
        return "finished"
    return "stopped" if store["units"] else "not started"


def _row(run: Run) -> tuple[str, ...]:
    stored = run.stored
    done = f"{stored['done'] / stored['units']:.0%}" if stored["units"] else "–"
    model = run.launched.model if run.launched else stored.get("model", "")
    return Path(run.key).name, run.state, done, model, stored.get("engine", "")
