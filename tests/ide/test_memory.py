"""What a workspace leaves behind is freed at once: the server's garbage collector runs rarely."""

from __future__ import annotations

import gc
import weakref

from rateml.ide import Workspace
from rateml.ide.actions import actions
from rateml.ide.completion import completions
from rateml.ide.hover import hover
from rateml.ide.tokens import tokens


def test_no_circles(shipped) -> None:
    text = shipped("montbrio.xml")
    gc.collect()
    gc.disable()
    try:
        workspace = Workspace()
        left = []
        for number in range(4):
            workspace = workspace.with_text("/models/m.xml", text + " " * number)
            analysis = workspace.analysis("/models/m.xml")
            assert analysis is not None
            assert analysis.diagnostics is not None
            completions(analysis, 3000)
            hover(analysis, 3000)
            tokens(analysis)
            actions(analysis, 3000, 3000)
            left.append(weakref.ref(analysis))
            del analysis
        assert [ref() is not None for ref in left] == [False, False, False, True]
    finally:
        gc.enable()
