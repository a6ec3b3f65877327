"""The least that an app of Textual with two screens can be: what its keys take is what the dashboard's are held to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Footer, Static


class Bare(App[None]):
    """Keys 1 and 2 change between two texts."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("1", "go('one')", "One"), Binding("2", "go('two')", "Two")]

    def compose(self) -> ComposeResult:
        with ContentSwitcher(initial="one"):
            yield Static("first screen\n" * 20, id="one")
            yield Static("second screen\n" * 20, id="two")
        yield Footer()

    def action_go(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name


if __name__ == "__main__":
    Bare().run()
