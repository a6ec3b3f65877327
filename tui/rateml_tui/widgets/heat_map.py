"""A heat map in the terminal with a cursor, in colours or, where there are few, in shades."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rateml.text.amounts import number

_COLOURS: Final = (
    "#440154", "#482374", "#404387", "#345e8d", "#29788e", "#208f8c", "#22a784", "#42be71", "#79d151", "#badd27",
    "#fde724",
)  # fmt: skip
_SHADES: Final = " ░▒▓█"
_MISSING: Final = {"not run": "·", "diverged": "×", "undefined": "?"}


class HeatMap(Widget, can_focus=True):
    """Cells of the clerk's answer ``cells``; rows run upwards, as in a plot."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0,-1)", "Left", show=False),
        Binding("right", "move(0,1)", "Right", show=False),
        Binding("up", "move(1,0)", "Up", show=False),
        Binding("down", "move(-1,0)", "Down", show=False),
        Binding("home", "move(0,-9999)", "First", show=False),
        Binding("end", "move(0,9999)", "Last", show=False),
        Binding("enter", "choose", "Replay"),
    ]

    at: reactive[tuple[int, int]] = reactive((0, 0))

    class Moved(Message):
        """The cursor reads another cell."""

    class Chosen(Message):
        """The simulation of the cell is wanted."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.cells: dict[str, Any] | None = None
        self._extent = (0.0, 0.0)
        self._drawn: dict[int, Strip] = {}
        self._drawn_as: tuple[object, ...] = ()

    def show(self, cells: dict[str, Any] | None) -> None:
        """Show another map; the cursor stays where it can."""
        self.cells = cells
        self._drawn_as = ()
        if cells is not None:
            values = [v for row in cells["values"] for v in row if isinstance(v, float | int)]
            self._extent = (min(values), max(values)) if values else (0.0, 0.0)
            rows, columns = self._shape
            self.at = (min(self.at[0], rows - 1), min(self.at[1], columns - 1))
        self.refresh()
        self.post_message(self.Moved())

    @property
    def _shape(self) -> tuple[int, int]:
        assert self.cells is not None
        return len(self.cells["values"]), len(self.cells["values"][0])

    @property
    def point(self) -> dict[str, float | str]:
        """The parameters under the cursor."""
        if self.cells is None:
            return {}
        places = self.at if len(self.cells["axes"]) == 2 else self.at[1:]
        return {a: self.cells["points"][a][i] for a, i in zip(self.cells["axes"], places, strict=True)}

    @property
    def reading(self) -> str:
        """The value under the cursor, or why there is none."""
        if self.cells is None:
            return ""
        row, column = self.at
        return self.cells["why"][row][column] or number(self.cells["values"][row][column])

    def action_move(self, rows: int, columns: int) -> None:
        if self.cells is None:
            return
        most = self._shape
        self.at = tuple(max(0, min(m - 1, p + d)) for p, d, m in zip(self.at, (rows, columns), most, strict=True))  # type: ignore[assignment]

    def go_to(self, point: dict[str, float]) -> None:
        """Put the cursor on the cell of a point."""
        if self.cells is None:
            return
        places = [self.cells["points"][a].index(point[a]) for a in self.cells["axes"]]
        self.at = (places[0], places[1]) if len(places) == 2 else (0, places[0])

    def action_choose(self) -> None:
        if self.cells is not None:
            self.post_message(self.Chosen())

    def watch_at(self) -> None:
        self.refresh()
        self.post_message(self.Moved())

    def on_click(self, event: Click) -> None:
        cell = self._cell_at(event.x, event.y)
        if cell is not None:
            self.at = cell
            if event.chain == 2:
                self.action_choose()

    @property
    def _grid(self) -> tuple[int, int, int, int]:
        """Width and height of a cell, first row and column shown."""
        rows, columns = self._shape
        room = Size(max(1, self.size.width - self._margin), max(1, self.size.height - 2))
        width, height = max(1, min(12, room.width // columns)), max(1, min(5, room.height // rows))
        fit_rows, fit_columns = room.height // height, room.width // width
        first_row = max(0, min(self.at[0] - fit_rows // 2, rows - fit_rows))
        first_column = max(0, min(self.at[1] - fit_columns // 2, columns - fit_columns))
        return width, height, first_row, first_column

    @property
    def _few_colours(self) -> bool:
        return self.app.has_class("-few-colours")

    @property
    def _margin(self) -> int:
        """Columns of the labels to the left."""
        assert self.cells is not None
        if len(self.cells["axes"]) < 2:
            return 1
        return 1 + max(len(number(v)) for v in self.cells["points"][self.cells["axes"][0]])

    def _cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        if self.cells is None:
            return None
        width, height, first_row, first_column = self._grid
        rows, columns = self._shape
        shown = min(rows - first_row, (self.size.height - 2) // height)
        row, column = first_row + shown - 1 - y // height, first_column + (x - self._margin) // width
        inside = x >= self._margin and first_row <= row < first_row + shown and column < columns
        return (row, column) if inside else None

    def render_line(self, y: int) -> Strip:
        """A line as it was drawn last, as long as nothing of it can have changed."""
        drawn_as = (self.at, self.size, self.rich_style, self._few_colours)
        if drawn_as != self._drawn_as:
            self._drawn_as, self._drawn = drawn_as, {}
        if y not in self._drawn:
            self._drawn[y] = self._line(y)
        return self._drawn[y]

    def _line(self, y: int) -> Strip:
        if self.cells is None:
            return Strip.blank(self.size.width)
        plain = self.rich_style
        width, height, first_row, first_column = self._grid
        rows, columns = self._shape
        shown = min(rows - first_row, max(1, (self.size.height - 2) // height))
        fit = min(columns - first_column, (self.size.width - self._margin) // width)
        if y >= shown * height:
            return self._below(y - shown * height, first_column, fit, width)
        row = first_row + shown - 1 - y // height
        axis = self.cells["points"][self.cells["axes"][0]]
        label = number(axis[row]) if len(self.cells["axes"]) == 2 and y % height == (height - 1) // 2 else ""
        segments = [Segment(label.rjust(self._margin - 1) + " ", plain)]
        low, high = self._extent
        for column in range(first_column, first_column + fit):
            segments.append(self._cell(row, column, y % height == (height - 1) // 2, width, low, high))
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _cell(self, row: int, column: int, middle: bool, width: int, low: float, high: float) -> Segment:
        assert self.cells is not None
        here = (row, column) == self.at
        value, why = self.cells["values"][row][column], self.cells["why"][row][column]
        mark = ("◆" if here else _MISSING.get(why, " ")) if middle else " "
        if why or not isinstance(value, float | int):
            style = Style(color="white" if here else "bright_black", reverse=here)
            return Segment(mark.center(width), style)
        share = (value - low) / (high - low) if high > low else 0.5
        if not self._few_colours:
            dark = share < 0.6
            back = _COLOURS[math.floor(share * (len(_COLOURS) - 1) + 0.5)]
            return Segment(mark.center(width), Style(color="#ffffff" if dark else "#000000", bgcolor=back, bold=here))
        shade = _SHADES[math.floor(share * (len(_SHADES) - 1) + 0.5)]
        text = f"◆{shade * (width - 1)}" if here and middle else shade * width
        return Segment(text, Style(reverse=here))

    def _below(self, line: int, first: int, fit: int, width: int) -> Strip:
        """The labels under the cells: values, then the name."""
        assert self.cells is not None
        name = self.cells["axes"][-1]
        points = self.cells["points"][name]
        text = " " * self._margin
        if line == 0:
            for k in range(fit):
                label = number(points[first + k])
                if len(text) <= self._margin + k * width and len(text) + len(label) < self.size.width:
                    text = text.ljust(self._margin + k * width) + label + " "
        elif line == 1:
            up = f"   ↑ {self.cells['labels'][self.cells['axes'][0]]}" if len(self.cells["axes"]) == 2 else ""
            text += f"→ {self.cells['labels'][name]}{up}"
        return Strip([Segment(text[: self.size.width], self.rich_style)]).adjust_cell_length(
            self.size.width, self.rich_style
        )
