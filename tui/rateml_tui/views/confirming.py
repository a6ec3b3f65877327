"""The question before something that is likely a mistake."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class Confirming(ModalScreen[bool]):
    """Shows ``doubt``; its result says whether to go on all the same."""

    AUTO_FOCUS = "#back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Launch all the same"),
        Binding("n,escape", "dismiss(False)", "Back"),
    ]

    def __init__(self, doubt: str) -> None:
        super().__init__()
        self._doubt = doubt

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="question"):
            yield Static(self._doubt, markup=False)
            with Horizontal(classes="bar"):
                yield Button("Back (n)", compact=True, id="back")
                yield Button("Launch all the same (y)", variant="error", compact=True, id="go-on")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go-on")
