"""Work that is under way when the dashboard closes."""

from __future__ import annotations

import asyncio

import pytest
from rateml_tui.app import Dashboard
from rateml_tui.desk import Refused
from rateml_tui.views.models import ModelsView
from rateml_tui.views.sweep import SweepView
from rateml_tui.working import Working
from textual.dom import DOMNode
from textual.pilot import Pilot


@pytest.mark.parametrize(("view", "wanted"), [(SweepView, "#axis0-name"), (ModelsView, "#verdict")])
def test_it_ends_with_the_dashboard(drive, monkeypatch: pytest.MonkeyPatch, view, wanted: str) -> None:
    """The answer comes when the widgets that are to show it are gone."""
    asked, answered = asyncio.Event(), []

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Dashboard)
        place = app.query_one(view)

        async def ask(question: str, **_: object) -> dict[str, object]:
            asked.set()
            while place.query(wanted):
                await asyncio.sleep(0)
            answered.append(app.is_running)
            if view is ModelsView:
                raise Refused("the dashboard is closing")
            return {"parameters": []}

        monkeypatch.setattr(app.desk, "ask", ask)
        app.model = app.folder / "mymodel.xml"
        if view is ModelsView:
            place._check(app.model)
        else:
            place.model_changed()
        await asked.wait()

    drive(steps)
    assert answered == [False]


def test_it_is_no_node() -> None:
    """Textual inherits styles from the first base that is one: a mix-in would hide those of the app."""
    assert not issubclass(Working, DOMNode)
