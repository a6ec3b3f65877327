"""``rateml build``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, note
from rateml.cli.migrate import tell_migrated
from rateml.cli.options import ModelFile, Precision


def build(
    file: ModelFile,
    target: Annotated[
        str, typer.Option(help="What to generate: numba, tvb (also called python), cuda, lems, or docs.")
    ] = "numba",
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

    Target `tvb` writes a Python module for The Virtual Brain: a model class, its coupling class, and a function
    `simulator` that makes a configured simulator of them; it needs numpy, numba and tvb-library only.

    Target `cuda` writes the kernels for NVIDIA GPUs in both precisions, and a driver that sweeps them as a program
    (`python mymodel_driver.py --help`); it needs numpy, pycuda and nvcc only.

    Target `lems` writes the model as plain LEMS, and a LEMS file that simulates one region of it; PyLEMS and jNeuroML
    run it (`pylems -nogui LEMS_MyModel.xml`).

    Target `docs` writes a model card for people: equations, parameters, couplings and what feeds what, as Markdown with
    LaTeX and as one HTML page that needs no network.

    Example: `rateml build mymodel.xml --target tvb -o generated`
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
    tell_migrated(file)
    for path in artifact.write(output):
        console.print(str(path), markup=False)
    for text in artifact.notes:
        note(text)
    note(f"{len(artifact.source_map)} generated lines are mapped to the model; digest {artifact.digest[:16]}")
    return exits.OK
