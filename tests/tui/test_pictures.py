"""Every screen looks as in the golden pictures; ``make golden`` draws them again: look at them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dashboard_pictures import SIZES, pictures, prepare

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_pictures(size: tuple[int, int], tmp_path: Path) -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # a path as long as when the golden ones were drawn: lines wrap
        place = Path(folder) / "models"
        place.mkdir()
        prepare(place)
        found = pictures(place, Path(folder) / "data", size)
    differ = [n for n, svg in found.items() if svg != (GOLDEN / f"{n}-{size[0]}x{size[1]}.svg").read_text("utf-8")]
    for name in differ:
        (tmp_path / f"{name}.svg").write_text(found[name], "utf-8")
    assert not differ, f"these look different, see {tmp_path}: {', '.join(differ)}"
