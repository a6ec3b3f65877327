"""The dashboard: five screens behind tabs, and what they share."""

from __future__ import annotations

import gc
from asyncio import Lock
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Event, Key
from textual.screen import ModalScreen, Screen
from textual.widgets import ContentSwitcher

from rateml_tui.desk import Desk, Refused
from rateml_tui.records import Records
from rateml_tui.views.help import HelpScreen
from rateml_tui.views.models import ModelsView
from rateml_tui.views.view import View
from rateml_tui.widgets.key_line import KeyLine
from rateml_tui.widgets.tab_line import TabLine
from rateml_tui.working import Working

SCREENS = ("models", "code", "sweep", "runs", "results")
_THEMES = {"dark": "textual-dark", "light": "textual-light"}


class Dashboard(Working, App[None]):
    """``place`` is a folder of models, or one of its files. ``model`` is what all screens are about."""

    TITLE = "rateml"
    AUTO_FOCUS = None  # each screen says itself what has the focus first
    CSS_PATH = "dashboard.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"go('{name}')", name.capitalize(), show=False) for n, name in enumerate(SCREENS, 1)),
        # What a terminal sends for Esc and a digit typed at once; it leaves a field too.
        *(Binding(f"alt+{n}", f"go('{name}')", show=False, priority=True) for n, name in enumerate(SCREENS, 1)),
        Binding("f1,question_mark", "help", "Help", key_display="F1"),
        Binding("t", "toggle_light", "Light/dark", show=False),
        Binding("escape", "clear_notices", show=False),
        # Ahead of the widgets, so that who types faster than a slow line draws ends up in the right field.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("q,ctrl+q", "quit", "Quit", key_display="q"),
    ]

    def __init__(self, place: Path, *, theme: str | None = None, records: Records | None = None) -> None:
        super().__init__()
        self.animation_level = "none"  # each frame is bytes over ssh, and a wait for who types on
        self.folder = place if place.is_dir() else place.parent
        self.records = records or Records()
        self.desk = Desk(self.records.folder / "logs" / "clerk.log")
        self.run_desk = Desk(self.records.folder / "logs" / "run-clerk.log")
        self.model: Path | None = None if place.is_dir() else place
        self._theme = theme
        self._bringing = Lock()

    def compose(self) -> ComposeResult:
        yield TabLine(SCREENS)
        with ContentSwitcher(initial="models", id="screens"):
            for name in SCREENS:
                with Vertical(id=name):
                    if name == "models":
                        yield ModelsView()
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_class(self.no_color or self.console.color_system in ("standard", "windows"), "-few-colours")
        left = self.records.settings()
        self.theme = _THEMES.get(self._theme or left.get("theme", "dark"), "textual-dark")

    def on_ready(self) -> None:
        self._bring_the_rest()

    @work
    async def _bring_the_rest(self) -> None:
        """Fill the other screens once the first is on the terminal: to load and lay out all of them takes longer."""
        for name in SCREENS:
            await self._bring(name)
        gc.freeze()  # what is there by now stays: to look through it again and again held keys up for 100 ms

    async def _bring(self, name: str) -> None:
        """Fill a screen unless it is filled."""
        async with self._bringing:
            pane = self.query_one(f"#{name}")
            if not pane.query(View):
                module = import_module(f"rateml_tui.views.{name}")
                brought: View = getattr(module, f"{name.capitalize()}View")()
                await pane.mount(brought)
                brought.catch_up()

    async def on_unmount(self) -> None:
        await self.desk.close()
        await self.run_desk.close()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        for name in SCREENS:
            yield SystemCommand(f"Go to {name}", f"Show the screen {name}", lambda name=name: self.action_go(name))
        yield SystemCommand("Light or dark", "Change between the light and the dark theme", self.action_toggle_light)
        for view in self.query_one(f"#{self.front}").query(View):
            for binding in view.BINDINGS:
                if isinstance(binding, Binding) and binding.show:
                    yield SystemCommand(
                        binding.description, f"Key {binding.key}",
                        lambda view=view, action=binding.action: view.call_later(view.run_action, action),
                    )  # fmt: skip

    async def on_event(self, event: Event) -> None:
        """Obey a key before the next is looked at.

        Textual hands keys to the widget with the focus, which hands those that it does not know up again: by then the
        focus may be elsewhere, because of a key typed later. A field has to get all of its keys in turn.
        """
        if isinstance(event, Key) and not event.is_forwarded and self.app_focus:
            typing = self.focused is not None and self.focused.check_consume_key("x", "x")
            if not typing:
                bound = self.screen.active_bindings.get(event.key)
                if bound is None or await self.run_action(bound.binding.action, bound.node):
                    return
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No screen is changed behind a question."""
        return action != "go" or not isinstance(self.screen, ModalScreen)

    @property
    def front(self) -> str:
        """The screen that is shown."""
        return str(self.query_one(ContentSwitcher).current)

    async def action_go(self, name: str) -> None:
        """Show a screen; what is typed next goes there, even before it is drawn."""
        await self._bring(name)
        if name != self.front:
            self.query_one(ContentSwitcher).current = name
            self.query_one(TabLine).show(name)
            self.screen.refresh(repaint=False, layout=True)  # else the screen that is left is drawn once more before
            for view in self.query_one(f"#{name}").query(View):
                view.take_keys()
                view.shown()

    def action_help(self) -> None:
        self.push_screen(HelpScreen())

    def action_toggle_light(self) -> None:
        light = self.theme == _THEMES["dark"]
        self.theme = _THEMES["light" if light else "dark"]
        self.records.keep(theme="light" if light else "dark")

    def action_clear_notices(self) -> None:
        """Take notices off what they cover; those that are read before their time is up."""
        self.clear_notifications()

    def choose(self, model: Path) -> None:
        """Make ``model`` what the screens are about."""
        if model == self.model:
            return
        self.model = model
        for view in self.query(View):
            if view.is_mounted:
                view.model_changed()

    def report(self, error: Refused | OSError | str, title: str = "") -> None:
        """Show an error as a notice that stays long enough to be read."""
        self.notify(str(error), title=title or "That cannot be done", severity="error", timeout=12, markup=False)
