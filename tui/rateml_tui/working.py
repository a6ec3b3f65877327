"""What the dashboard does meanwhile, and how it ends when the dashboard closes."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker, WorkType

T = TypeVar("T")


class Working(DOMNode):
    """Its workers end quietly with the dashboard: when it closes, the widgets that they want go first."""

    def run_worker(self, work: WorkType[T], *given: Any, **named: Any) -> Worker[T]:
        """As Textual's; ``@work`` calls it with a method that is a coroutine."""

        async def run() -> T:
            try:
                return await cast("Callable[[], Awaitable[T]]", work)()
            except NoMatches:
                if self.app.is_running:
                    raise
                raise CancelledError from None

        return super().run_worker(run, *given, **named)
