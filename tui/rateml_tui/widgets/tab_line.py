"""The names of the screens in the first line; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.widgets import Static


class TabLine(Static):
    """The screen in front stands out; each name has the number that is its key."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._tabs = {name: f" {number} {name.capitalize()} " for number, name in enumerate(names, 1)}
        self.show(names[0])

    def show(self, front: str) -> None:
        """Make another screen stand out."""
        styles = {name: "bold reverse" if name == front else "$text-muted" for name in self._tabs}
        self.update(Content.assemble(*((text, styles[name]) for name, text in self._tabs.items())), layout=False)

    async def on_click(self, event: Click) -> None:
        end = 0
        for name, text in self._tabs.items():
            end += len(text)
            if event.x < end:
                await self.run_action(f"app.go('{name}')")
                return
