"""Draw the golden pictures of the dashboard again; look at every one that changed."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from dashboard_pictures import SIZES, pictures, prepare

GOLDEN = Path(__file__).parent / "golden"

if __name__ == "__main__":
    with TemporaryDirectory(dir="/tmp") as folder:
        place = Path(folder) / "models"
        place.mkdir()
        prepare(place)
        GOLDEN.mkdir(exist_ok=True)
        for size in SIZES:
            for name, svg in pictures(place, Path(folder) / "data", size).items():
                (GOLDEN / f"{name}-{size[0]}x{size[1]}.svg").write_text(svg, "utf-8")
