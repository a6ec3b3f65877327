"""The ``rateml`` command: its sub-commands, and what every failure looks like."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.bench import bench
from rateml.cli.build import build
from rateml.cli.check import check
from rateml.cli.connectome import connectome
from rateml.cli.console import console, fail
from rateml.cli.diff import diff
from rateml.cli.doctor import doctor
from rateml.cli.explain import explain
from rateml.cli.fmt import fmt
from rateml.cli.migrate import migrate
from rateml.cli.models import models
from rateml.cli.plot import plot
from rateml.cli.replay import replay
from rateml.cli.run import run as run_command
from rateml.cli.stopping import asked, ending
from rateml.cli.sweep import sweep
from rateml.cli.top import top
from rateml.diagnostics.render import render_text
from rateml.errors import EngineUnavailable, InternalError, ModelError, RatemlError, UsageError

app = typer.Typer(
    name="rateml",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Describe a neural mass model once, in XML; check it, turn it into code, run it, sweep it.\n\n"
        "Start with `rateml models copy montbrio`, `rateml check montbrio.xml`, `rateml sweep montbrio.xml`.\n\n"
        "Exit codes: 0 done, 1 something in your files or values, 2 wrong usage, 3 the engine is not available here, "
        "75 stopped and resumable, 130 interrupted."
    ),
)

_CLICK: type[Exception] = typer.BadParameter.__mro__[2]
"""click.ClickException, wherever typer has it: it came from click and comes with typer as of 0.26."""


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.print(f"rateml {version('rateml')}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


app.command()(check)
app.command()(fmt)
app.command()(migrate)
app.command()(diff)
app.command()(explain)
app.command()(build)
app.command(name="run")(run_command)
app.command()(sweep)
app.command()(replay)
app.command()(top)
app.command()(plot)
app.command()(connectome)
app.add_typer(models, name="models")
app.command()(doctor)
app.command()(bench)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code. No input leads to a traceback."""
    try:
        code = app(list(arguments), prog_name="rateml", standalone_mode=False, obj=tuple(arguments))
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:  # typer's answer to a reader that went away
        return stop.code if isinstance(stop.code, int) else exits.USER
    except _CLICK as error:
        error.show()  # type: ignore[attr-defined]  # a ClickException, which mypy cannot know of _CLICK
        return exits.USAGE
    except KeyboardInterrupt as stop:
        return ending(stop)
    except typer.Abort as abort:  # what older releases of typer make of KeyboardInterrupt
        return ending(abort.__cause__)
    except ModelError as error:
        sys.stderr.write(render_text(error.diagnostics, error.sources, color=sys.stderr.isatty()))
        return exits.USER
    except UsageError as error:
        fail(str(error))
        return exits.USAGE
    except EngineUnavailable as error:
        fail(str(error))
        return exits.UNAVAILABLE
    except InternalError as error:
        return _fault(error)
    except RatemlError as error:
        fail(str(error))
        return exits.USER
    except MemoryError:
        fail("out of memory: record less, or use fewer --threads or a smaller --chunk")
        return exits.USER
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nobody is left to tell, at exit neither.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _fault(error)
        fail("the disk is full, or that of the folder for temporary files (TMPDIR), or what the output goes to")
        return exits.USER
    except Exception as error:
        return _fault(error)
    if (unheard := asked()) is not None:  # typer makes a mere 130 of it
        return ending(unheard)
    return code if isinstance(code, int) else exits.OK


def _fault(error: Exception) -> int:
    """A fault of ours: the user gets a sentence, the report gets the traceback."""
    if (stop := asked()) is not None:  # a library made something else of the interruption
        return ending(stop)
    with tempfile.NamedTemporaryFile("w", prefix="rateml-", suffix=".log", delete=False) as file:
        traceback.print_exception(error, file=file)
    fail(f"rateml has a fault: {type(error).__name__}: {error}. Please report it with {file.name}")
    return exits.FAULT
