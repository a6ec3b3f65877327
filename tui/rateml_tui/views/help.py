"""The help screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_TEXT = """\
[b]Screens[/b]   1 Models  2 Code  3 Sweep  4 Runs  5 Results; or click
          in a field Alt+1 … Alt+5, or Esc first
[b]Anywhere[/b]  F1 or ? this page   Ctrl+P every command   t light or dark
          Tab next field   Esc leave a field, this page, a notice   q quit

[b]Models[/b]    Enter to the diagnostics; Enter there opens $EDITOR at the place
          e edit   c copy a model of the library here, to edit it
          Files are watched: save in any editor and the screen is new.
[b]Code[/b]      g next target   w write to disk   y copy   x XML beside it
[b]Sweep[/b]     Ctrl+L launch now        Ctrl+U queue behind what runs
          Ctrl+E measure the time  Ctrl+Y copy the command line
[b]Runs[/b]      p pause or go on   k cancel   r resume   d off the list
          Enter look at the results, also while it runs
          A sweep is a process of its own: quit, lose the connection,
          kill this dashboard, start it again, and it is in the list.
[b]Results[/b]   arrows read the map   Enter replay that simulation
          b next best   x next diverged   f figure   s table (CSV)
          y copy the command line that makes this sweep again

Copying uses the terminal's clipboard (OSC 52), over ssh too where
the terminal allows it.
"""


class HelpScreen(ModalScreen[None]):
    """Every key, on one page."""

    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,question_mark", "app.pop_screen", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(_TEXT)
