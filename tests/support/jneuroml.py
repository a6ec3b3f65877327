"""jNeuroML, where it and Java are there: ``pip install pyneuroml`` brings it; ``JNEUROML_JAR`` names another one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def _jar() -> Path | None:
    named = os.environ.get("JNEUROML_JAR")
    if named:
        return Path(named)
    package = importlib.util.find_spec("pyneuroml")
    folders = package.submodule_search_locations if package else None
    jars = [jar for folder in folders or () for jar in Path(folder).glob("lib/jNeuroML-*-jar-with-dependencies.jar")]
    return max(jars, default=None)


def run_jneuroml(path: Path) -> None:
    """Run a LEMS file in its folder; the test is skipped where there is nothing to run it with."""
    java, jar = shutil.which("java"), _jar()
    if java is None:
        pytest.skip("there is no java: install a JRE, such as default-jre-headless")
    if jar is None or not jar.is_file():
        pytest.skip("there is no jNeuroML: pip install pyneuroml, or name its jar in JNEUROML_JAR")
    done = subprocess.run(
        [java, "-Xmx400M", "-jar", str(jar), path.name, "-nogui"],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
