"""Code with line numbers, of which only the lines on the screen are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.highlight import highlight
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

_LANGUAGES: Final = {".py": "python", ".cu": "cuda", ".xml": "xml", ".md": "markdown", ".html": "html"}


class Listing(ScrollView, can_focus=True):
    """Text that may be long: a widget of its whole length is drawn anew whenever its screen comes to the front."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._shown = ""
        self._lines: list[Content] = []

    def show(self, lines: list[Content], name: str) -> None:
        """Show what ``numbered`` made; another text under the same name stays scrolled where it is."""
        self._lines = lines
        self.virtual_size = Size(max((line.cell_length for line in lines), default=0), len(lines))
        if name != self._shown:
            self._shown = name
            self.scroll_home(animate=False)
        self.refresh()

    @property
    def content(self) -> str:
        """The text, with its numbers."""
        return "\n".join(line.plain for line in self._lines)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        return selection.extract(self.content), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width, plain = self.size.width, self.rich_style
        if top + y >= len(self._lines):
            return Strip.blank(width, plain)
        line = self._lines[top + y]
        chosen = self.text_selection.get_span(top + y) if self.text_selection is not None else None
        if chosen is not None:
            end = len(line) if chosen[1] == -1 else chosen[1]
            line = line.stylize(self.screen.get_visual_style("screen--selection"), chosen[0], end)
        drawn = Strip(line.render_segments(self.visual_style), line.cell_length)
        return drawn.crop_extend(left, left + width, plain).apply_offsets(left, top + y)


def numbered(text: str, name: str) -> list[Content]:
    """Highlighted lines with their numbers."""
    lines = highlight(text, language=_LANGUAGES.get(Path(name).suffix, "text")).split("\n", allow_blank=True)
    width = len(str(len(lines)))
    return [Content.assemble((f"{n:>{width}} ", "dim"), line).expand_tabs() for n, line in enumerate(lines, 1)]
