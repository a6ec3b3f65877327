"""What rateml does: check a file, build code from it, run it over a network.

Each function is a few lines whose every line changes the type: text, model, program, artifact, job, events.
"""

from rateml.api.commands import command_line, reproducing
from rateml.api.execution import execute, try_out
from rateml.api.pipeline import DEFAULT_CONNECTOME, build, check, prepare, read_program
from rateml.api.planning import Plan, plan, refuse, refuse_memory, summary
from rateml.api.reading import Equation, equations
from rateml.api.replaying import engine_of, replay
from rateml.api.shipped import shipped_model, shipped_models
from rateml.api.simulator import Simulator
from rateml.api.sweeping import sweep
from rateml.api.telling import cautions
from rateml.engines.choose import make_engine, target_of

__all__ = [
    "DEFAULT_CONNECTOME",
    "Equation",
    "Plan",
    "Simulator",
    "build",
    "cautions",
    "check",
    "command_line",
    "engine_of",
    "equations",
    "execute",
    "make_engine",
    "plan",
    "prepare",
    "read_program",
    "refuse",
    "refuse_memory",
    "replay",
    "reproducing",
    "shipped_model",
    "shipped_models",
    "summary",
    "sweep",
    "target_of",
    "try_out",
]
