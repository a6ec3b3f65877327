"""``rateml build``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, note
from rateml.cli.options import ModelFile, Precision


def build(
    file: ModelFile,
    target: Annotated[str, typer.Option(help="What to generate: numba.")] = "numba",
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to write into.")] = Path(),
    precision: Annotated[Precision, typer.Option(help="Floating point of the generated code.")] = Precision.float64,
    dump_after: Annotated[
        str | None,
        typer.Option(metavar="PASS", help="Print the program after a pass (lower, order, …) and write nothing."),
    ] = None,
) -> int:
    """Turn a model into code that runs alone.

    Target `numba` writes a Python module with the compiled CPU kernel: run it as a program
    (`python mymodel_numba.py --help`) or import it and call `simulate`; it needs numpy and numba only.

    Example: `rateml build mymodel.xml -o generated`
    """
    from rateml import api
    from rateml.errors import UserError
    from rateml.ir.show import show
    from rateml.passes import PASSES, run_passes

    if dump_after is not None:
        if dump_after not in ("lower", *PASSES):
            raise UserError(f"there is no pass '{dump_after}'; the passes are lower, {', '.join(PASSES)}")
        console.print(show(run_passes(api.read_program(file), until=dump_after)), markup=False, end="")
        return exits.OK
    artifact = api.build(file, target, precision.value)
    for path in artifact.write(output):
        console.print(str(path), markup=False)
    note(f"{len(artifact.source_map)} generated lines are mapped to the model; digest {artifact.digest[:16]}")
    return exits.OK
