"""What the dashboard does meanwhile, and how it ends when the dashboard closes."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.css.query import NoMatches
from textual.worker import Worker, WorkType

if TYPE_CHECKING:
    from textual.dom import DOMNode as Node
else:
    Node = object  # of a class's bases, Textual takes styles from the first that is a node, and this one has none

T = TypeVar("T")


class Working(Node):
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
