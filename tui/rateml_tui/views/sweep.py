"""The screen of a new sweep: a form, and beside it what it comes to before anything runs."""

from __future__ import annotations

import asyncio
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Checkbox, Input, Label, Select, Static

from rateml.text.amounts import size
from rateml_tui.desk import Refused
from rateml_tui.output import output_of
from rateml_tui.views.confirming import Confirming
from rateml_tui.views.view import View

_AXES: Final = 4
_FIELDS: Final = {
    "connectome": ("connectome", "", "a made-up one; SOURCE[,diag=0][,scale=max]: tvb:68, FOLDER, .npz"),
    "set": ("set", "", "NAME=VALUE NAME[REGION]=VALUE, separated by blanks"),
    "duration": ("duration", "1 s", "recorded time, 4s, 500ms"),
    "transient": ("transient", "0 ms", "simulated before the recording"),
    "dt": ("dt", "", "the model's own"),
    "monitors": ("monitors", "stats", "raw  tavg:1ms  stats  bold:2s:VAR  fc:MONITOR"),
    "trials": ("trials", "", "one"),
    "seed": ("seed", "0", "0"),
    "threads": ("threads", "", "all cores (engine cpu)"),
    "devices": ("devices", "", "all, or 0,1 (engine cuda)"),
    "out": ("store -o", "", "OUT.zarr"),
}  # fmt: skip
_CHOICES: Final = {
    "scheme": ("", "euler", "heun", "rk4"), "noise": ("on", "off", "common"), "precision": ("float64", "float32"),
    "engine": ("cpu", "cuda"),
}  # fmt: skip


class _Box(Checkbox):
    """Textual tells by the colour alone whether a box is checked, and 16 colours do not."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        self.BUTTON_INNER = "X" if self.value else " "
        super().watch_value()


class SweepView(View):
    """What is filled in goes to the clerk, whose answer has the plan and the command line that Launch runs."""

    FIRST = "#axis0-name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "launch(False)", "Launch", priority=True),
        Binding("ctrl+u", "launch(True)", "Queue", priority=True),
        Binding("ctrl+e", "estimate", "Time", priority=True),
        Binding("ctrl+y", "copy", "Copy command", priority=True),
        # Ahead of the field, so that a digit typed after it is a key.
        Binding("escape", "leave_field", "Leave field", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._command: list[str] = []
        self._refused = ""
        self._planned: dict[str, Any] | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form"):
            yield Label("sweep       parameter      from      to        count   scale", classes="heading")
            for k in range(_AXES):
                with Horizontal(classes="axis"):
                    yield Label(f"axis {k + 1}")
                    for part in ("name", "low", "high", "count"):
                        yield Input(compact=True, id=f"axis{k}-{part}", classes=part)
                    yield _Box("log", compact=True, id=f"axis{k}-log")
            for name, (label, value, hint) in _FIELDS.items():
                with Horizontal(classes="field"):
                    yield Label(label)
                    yield Input(value, placeholder=hint, compact=True, id=f"f-{name}")
                if name == "dt":
                    for choice in ("scheme", "noise", "precision", "engine"):
                        with Horizontal(classes="field"):
                            yield Label(choice)
                            options = [(o or "the model's own", o) for o in _CHOICES[choice]]
                            yield Select(
                                options, value=options[0][1], allow_blank=False, compact=True, id=f"f-{choice}"
                            )
        with VerticalScroll(id="plan-pane"):
            with Horizontal(classes="bar"):
                yield Button("Launch", variant="success", compact=True, id="launch")
                yield Button("Queue", compact=True, id="queue")
                yield Button("Time", compact=True, id="estimate")
                yield Button("Copy", compact=True, id="copy")
            yield Static(id="estimated", markup=False)
            yield Static("Choose a model first.", id="plan")

    def shown(self) -> None:
        self._plan()

    def model_changed(self) -> None:
        self._offer()

    @work(exclusive=True, group="model")
    async def _offer(self) -> None:
        """Offer the parameters of the model, and a store named after it."""
        model = self.dashboard.model
        assert model is not None
        self.query_one("#f-out", Input).value = _free(self.dashboard.folder, model.stem)
        with suppress(Refused):  # the models' screen tells
            found = await self.dashboard.desk.ask("model", path=str(model))
            names = ["speed", *(p["name"] for p in found["parameters"])]
            for k in range(_AXES):
                self.query_one(f"#axis{k}-name", Input).suggester = SuggestFromList(names, case_sensitive=False)

    def form(self) -> dict[str, Any]:
        """What is filled in."""
        axes = []
        for k in range(_AXES):
            axis = {part: self.query_one(f"#axis{k}-{part}", Input).value for part in ("name", "low", "high", "count")}
            if axis["name"].strip():
                log = self.query_one(f"#axis{k}-log", Checkbox).value
                axes.append({**axis, "kind": "log-grid" if log else "grid"})
        fields = {name: self.query_one(f"#f-{name}", Input).value for name in _FIELDS}
        choices = {name: self.query_one(f"#f-{name}", Select).value for name in _CHOICES}
        return {"model": str(self.dashboard.model), "axes": axes, **fields, **choices}

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self._plan()

    @work(exclusive=True, group="plan")
    async def _plan(self) -> None:
        if self.in_front:
            await asyncio.sleep(0.25)  # while somebody types
            await self._plan_now()

    async def _plan_now(self) -> None:
        """Show the plan of what is filled in; it counts unless the form is another by then."""
        model = self.dashboard.model
        if model is None:
            return
        form = self.form()
        command: list[str] = []
        refused = ""
        if not form["axes"] and not form["trials"].strip():
            told = Content(f"{model.name}\n\nName a parameter to sweep, with from, to and count.")
        else:
            try:
                found = await self.dashboard.desk.ask("plan", form=form, cwd=str(self.dashboard.folder))
            except Refused as error:
                told = Content.styled(str(error), "$text-error")
            else:
                told, command, refused = _told(found), found["command"], found["refused"]
        if form == self.form():
            self._planned, self._command, self._refused = form, command, refused
            self.query_one("#plan", Static).update(told)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "leave_field" or isinstance(self.app.focused, Input)

    def action_leave_field(self) -> None:
        """Go on to the plan, where digits and letters are keys and the arrows scroll, with no notice over it."""
        self.screen.set_focus(self.query_one("#plan-pane"))
        self.dashboard.action_clear_notices()

    async def _ready(self, otherwise: str) -> bool:
        """Wait for the plan of what is filled in now; tell when there is none."""
        field = self.app.focused
        # after the keys that were typed before: those of a field's bindings, such as backspace, rise up to the app
        for node in () if field is None else field.ancestors_with_self:
            looked = asyncio.Event()
            if node.call_later(looked.set):
                await looked.wait()
        while self._planned != self.form() and self.dashboard.model is not None:
            await self._plan_now()
        if not self._command:
            self.dashboard.report("the form is not complete: the plan says what is missing", otherwise)
        return bool(self._command)

    @work
    async def action_launch(self, queued: bool) -> None:
        if not await self._ready("Not launched"):
            return
        folder, command, model = self.dashboard.folder, list(self._command), self.dashboard.model
        if self._refused:
            if not await self.app.push_screen_wait(Confirming(self._refused)):
                return
            command.insert(-2, "--yes")
        store = folder / command[-1]
        assert model is not None
        try:
            run = await asyncio.to_thread(
                self.dashboard.records.launch, command, folder, store, model.stem, queued=queued
            )
        except OSError as error:
            self.dashboard.report(f"cannot launch: {error}; is {self.dashboard.records.folder} writable?")
            return
        self.query_one("#f-out", Input).value = _free(folder, model.stem, store)
        self.notify(
            f"{'queued' if queued else 'launched'}; it goes on without this dashboard: {store.name}", markup=False
        )
        from rateml_tui.views.runs import RunsView

        await self.dashboard.action_go("runs")
        self.app.query_one(RunsView).watch_run(run)

    @work
    async def action_copy(self) -> None:
        if await self._ready("Not copied"):
            self.app.copy_to_clipboard(shlex.join(self._command))
            self.notify("copied the command line")

    @work(exclusive=True, group="estimate")
    async def action_estimate(self) -> None:
        """What ``rateml sweep --dry-run`` says, from running the sweep for a moment."""
        shown = self.query_one("#estimated", Static)
        if not await self._ready("Not measured"):
            return
        shown.update("measuring…")
        _, said = await output_of([*self._command[1:], "--dry-run", "-q"], self.dashboard.folder)
        shown.update(said)

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        action = {"launch": "launch(False)", "queue": "launch(True)", "estimate": "estimate", "copy": "copy"}
        await self.run_action(action[str(event.button.id)])


def _free(folder: Path, stem: str, *taken: Path) -> str:
    """A store's name that is not there yet."""
    names = [f"{stem}.zarr", *(f"{stem}-{n}.zarr" for n in range(2, 1000))]
    return next((n for n in names if not (folder / n).exists() and folder / n not in taken), names[0])


def _told(found: dict[str, Any]) -> Content:
    plan = found["plan"]
    trials = f" × {plan['trials']} trials" if plan["trials"] > 1 else ""
    machine = f" of {size(plan['machine_bytes'])}" if plan["machine_bytes"] else ""
    rows = [
        *(f"axis {axis}" for axis in found["axes"]),
        f"simulations  {plan['simulations']:,} ({plan['points']:,} points{trials})",
        f"steps        {plan['steps']:,} of {found['dt']:g} ms, {found['scheme']}",
        f"memory       {size(plan['memory_bytes'])}{machine}",
        f"results      {size(plan['store_bytes'])}, free disk {size(plan['free_bytes'])}",
    ]
    if plan["device_bytes"] is not None:
        rows.append(f"on each GPU  {size(plan['device_bytes'])} of {size(plan['device_free_bytes'] or 0)} free")
    parts = [Content("\n".join(rows)), Content("\n".join(found["network"]))]
    if found["exists"]:
        parts.append(Content.styled("The store exists: choose another name, or resume it under Runs.", "$text-warning"))
    if found["refused"]:
        parts.append(Content.styled(found["refused"], "$text-error"))
    parts += [Content.styled(text, "$text-warning") for text in found["warnings"]]
    parts.append(Content.styled("$ " + shlex.join(found["command"]), "bold"))
    return Content("\n\n").join(parts)
