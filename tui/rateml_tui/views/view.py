"""What the screens have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.containers import Vertical

from rateml_tui.working import Working

if TYPE_CHECKING:
    from rateml_tui.app import Dashboard


class View(Working, Vertical):
    """One screen; ``shown`` is called whenever it comes to the front. ``FIRST`` has the focus then."""

    FIRST: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._under_way: set[str] = set()
        self._once_more: set[str] = set()

    def catch_up(self) -> None:
        """The user may have chosen a model, or this screen, before it was there."""
        if self.dashboard.model is not None:
            self.model_changed()
        if self.in_front:
            self.take_keys()
            self.shown()

    @property
    def dashboard(self) -> Dashboard:
        return cast("Dashboard", self.app)

    @property
    def in_front(self) -> bool:
        """Whether the user sees it."""
        return self.is_mounted and self.parent is not None and bool(self.parent.display)

    def take_keys(self) -> None:
        """Give the focus to the widget that is used first, at once: what is typed next goes there."""
        first = self.query_one(self.FIRST)
        self.screen.set_focus(first if first.focusable else None)

    def shown(self) -> None:
        """Fill in what may have changed while another screen was shown."""

    def model_changed(self) -> None:
        """Turn to another model."""

    def soon(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run ``job``, and if it is under way once more after that: never twice at a time, never cut off."""
        if job.__name__ in self._under_way:
            self._once_more.add(job.__name__)
        else:
            self._under_way.add(job.__name__)
            self._repeat(job)

    def every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        """Run ``job`` again and again; a turn is left out while it is under way."""
        self.set_interval(seconds, lambda: None if job.__name__ in self._under_way else self.soon(job))

    @work
    async def _repeat(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
            while job.__name__ in self._once_more:
                self._once_more.discard(job.__name__)
                await job()
        finally:
            self._under_way.discard(job.__name__)
