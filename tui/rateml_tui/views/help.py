"""The help screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_TEXT = """\
[b]Screens[/b]  1 Models · 2 Code · 3 Sweep · 4 Runs · 5 Results; or click a tab
[b]Anywhere[/b] F1 or ? this page · Ctrl+P every command · t light or dark · q quit
         Tab, Shift+Tab next field · Esc leave a field or this page · arrows move

[b]1 Models[/b]  Enter choose a model · c copy one of the library here to edit it
         e edit · Enter on a diagnostic opens $EDITOR at its line and column
         Files are watched: save in any editor, and the diagnostics are new.

[b]2 Code[/b]    choose target and precision above · w write to disk · y copy
         x show the XML beside it. The code is new when the file changes.

[b]3 Sweep[/b]   fill in what to sweep; the plan on the other side follows.
         Ctrl+E measure how long it will take · Ctrl+L launch now
         Ctrl+U queue behind what runs · Ctrl+Y copy the command line

[b]4 Runs[/b]    p pause or go on · k cancel · r resume · d take off the list
         Enter look at the results, also while it runs
         A sweep is a process of its own. Quit, lose the connection, even
         kill this dashboard: start it again and the run is in the list.

[b]5 Results[/b] arrows read the map · Enter replay that simulation bit for bit
         b next best · x next diverged · f figure · s table (CSV)
         y copy the command line that makes this sweep again

Copying uses the terminal's clipboard (OSC 52), which works over ssh where the
terminal allows it.
"""


class HelpScreen(ModalScreen[None]):
    """Every key, on one page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,question_mark", "app.pop_screen", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(_TEXT)
