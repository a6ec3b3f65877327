"""A model's texts, for another process that reads no files."""

from __future__ import annotations

import os

from rateml.ide.analysis import Analysis


def texts(analysis: Analysis) -> dict[str, object]:
    """The text of a file, and those of the files that it includes by their paths below its folder."""
    folder = os.path.dirname(analysis.file)
    included = {
        os.path.relpath(name, folder or ".").replace(os.sep, "/"): source.text
        for name, source in analysis.sources.items()
        if name != analysis.file
    }
    return {"file": analysis.file, "text": analysis.text, "included": included}
