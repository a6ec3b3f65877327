"""The keys of the screen in the last line, in one widget: a widget per key takes as long to draw as the screen."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen
from textual.widgets import Static


class KeyLine(Static):
    """What the keys do now; a click does it too. The palette's key is at the right end as long as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._fill)

    def on_resize(self, event: Resize) -> None:
        self._fill(self.screen)

    def _fill(self, screen: Screen[object]) -> None:
        seen: set[str] = set()
        line, self._places = Content(), []
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and binding.action not in seen:
                seen.add(binding.action)
                line = self._put(line, self.app.get_key_display(binding), binding.description, binding.key)
        palette = screen.active_bindings.get(self.app.COMMAND_PALETTE_BINDING)
        if palette is not None:
            shown = self.app.get_key_display(palette.binding)
            room = self.size.width - line.cell_length - len(f" {shown} palette ")
            if room >= 0:
                line = self._put(line + " " * room, shown, "palette", palette.binding.key)
        if not isinstance(self.content, Content) or not line.is_same(self.content):
            self.update(line, layout=False)

    def _put(self, line: Content, key: str, does: str, pressed: str) -> Content:
        more = Content.assemble(" ", (key, "bold $footer-key-foreground"), f" {does} ")
        self._places.append((line.cell_length, line.cell_length + more.cell_length, pressed))
        return line + more

    def on_click(self, event: Click) -> None:
        for start, end, key in self._places:
            if start <= event.x < end:
                self.app.simulate_key(key)
