"""``docs/models.md`` is up to date and speaks of every shipped model and of nothing else."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from rateml.models import reduced_set

_DOCS = Path(__file__).parents[2] / "docs"
_TEXT = (_DOCS / "models.md").read_text(encoding="utf-8")


def test_it_is_up_to_date() -> None:
    assert runpy.run_path(str(_DOCS / "source" / "write_models.py"))["written"]() == _TEXT, "run make docs"


def test_the_table_has_every_model(shipped_models: dict[str, Path]) -> None:
    assert re.findall(r"^\| `(\w+)` \|", _TEXT.split("## Variants")[0], re.MULTILINE) == sorted(shipped_models)


def test_every_parameter_it_names_is_in_its_model(shipped_models: dict[str, Path]) -> None:
    named = {
        "derivative_unit": "zerlaut_second_order",
        "corrected": "zetterberg_jansen",
        "local_synapses": "k_ion_exchange",
    }
    for parameter, model in named.items():
        assert f"`{parameter}`" in _TEXT
        assert f'<Parameter name="{parameter}"' in shipped_models[model].read_text(encoding="utf-8")


def test_its_commands_run(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^python -m rateml\.models\.reduced_set (.*)$", _TEXT, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert reduced_set.main(command.split()) == 0
    assert (tmp_path / "sets.csv").read_text(encoding="utf-8").count("\n") == 4
