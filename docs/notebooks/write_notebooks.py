"""Execute the notebooks: ``map.py`` … become ``map.ipynb`` … with their figures. ``make notebooks`` runs it.

A cell begins with ``# %%``, one of text with ``# %% [markdown]``. Names on the command line choose some of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
NAMES = ("map", "epileptogenicity", "fit", "inference")
SECONDS_PER_CELL = 600


def read(name: str) -> nbformat.NotebookNode:
    """The notebook without outputs, from its script."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    for number, part in enumerate(text.split("# %%")[1:]):
        head, _, body = part.partition("\n")
        if head.strip() == "[markdown]":
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()]
            cell = nbformat.v4.new_markdown_cell("\n".join(lines))
        else:
            cell = nbformat.v4.new_code_cell(body.strip())
        cell["id"] = f"{name}-{number}"
        notebook.cells.append(cell)
    return notebook


def execute(name: str) -> nbformat.NotebookNode:
    """The notebook with its outputs, run in an empty folder; raises CellExecutionError when a cell fails."""
    notebook = read(name)
    with TemporaryDirectory(prefix="rateml-notebook-") as folder:
        client = NotebookClient(notebook, timeout=SECONDS_PER_CELL, resources={"metadata": {"path": folder}})
        client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of this run
    notebook.metadata.pop("language_info", None)  # the version of this Python
    return notebook


def main(names: tuple[str, ...]) -> None:
    for name in names or NAMES:
        text = nbformat.writes(execute(name)).replace(f"{FOLDER.parents[1]}/", "")  # where this clone is
        (FOLDER / f"{name}.ipynb").write_text(text + "\n", encoding="utf-8")
        print(f"wrote {name}.ipynb")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
