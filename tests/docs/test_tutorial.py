"""``docs/tutorial.md`` can be copied: its blocks run, in order, in one folder, and say what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_TEXT = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", _TEXT, re.DOTALL | re.MULTILINE)
MADE = (
    "run.png",
    "less_drive.png",
    "sweep.zarr",
    "map.png",
    "tiring_rate_tvb.py",
    "tiring_rate_card.html",
    "tiring_rate_card.md",
)


@pytest.mark.long
def test_every_block_works(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    cache = str(pytestconfig.cache.mkdir("rateml"))  # type: ignore[union-attr]  # the cache plugin is on
    environment = {**os.environ, "PATH": path, "RATEML_CACHE_DIR": cache}
    assert len(BLOCKS) > 6
    for block, told in BLOCKS:
        done = subprocess.run(
            ["sh", "-ec", block],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == ("error[" in told), block + done.stderr
        assert told in done.stdout
    for name in MADE:
        assert (tmp_path / name).exists(), name
