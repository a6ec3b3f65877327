"""``rateml models``: the models that come with rateml."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, say

models = typer.Typer(
    help=(
        "List the models that come with rateml, or copy one to start from.\n\n"
        "Example: `rateml models`, then `rateml models copy montbrio`"
    ),
    invoke_without_command=True,
)


def shipped() -> dict[str, str]:
    """The text of every shipped model by name."""
    folder = resources.files("rateml").joinpath("models")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".xml")), key=lambda f: f.name)
    return {f.name.removesuffix(".xml"): f.read_text(encoding="utf-8") for f in files}


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the models that come with rateml; `rateml models copy NAME` copies one to start from."""
    if context.invoked_subcommand is not None:
        return
    from rateml.checks import check_model

    found = shipped()
    width = max(map(len, found))
    for name, text in found.items():
        model = check_model(text, name).model
        console.print(f"{name:{width}} {model.description if model else ''}", markup=False)


@models.command()
def copy(
    name: Annotated[str, typer.Argument(help="Which model; `rateml models` lists them.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; default: NAME.xml here.")
    ] = None,
) -> int:
    """Copy a shipped model into a file of your own.

    Example: `rateml models copy montbrio -o mymodel.xml`
    """
    from rateml.diagnostics.suggest import did_you_mean
    from rateml.errors import UserError

    found = shipped()
    if name not in found:
        hint = did_you_mean(name, found) or f"there are {', '.join(found)}"
        raise UserError(f"there is no model '{name}'; {hint}")
    path = output or Path(f"{name}.xml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(found[name])
    except FileExistsError:
        raise UserError(f"{path} exists: choose another file with -o") from None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another file with -o") from error
    say(f"wrote {path}")
    return exits.OK
