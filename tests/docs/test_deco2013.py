"""``docs/figures/deco2013.py`` at a reduced size: what its page says of the figure."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from loading import load_file

SCRIPT = Path(__file__).parents[2] / "docs" / "figures" / "deco2013.py"
COUPLINGS = np.arange(17) * 0.05

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_file("deco2013", SCRIPT)


def test_two_critical_couplings_and_fc_at_the_brink_of_the_second(script: ModuleType, tmp_path: Path) -> None:
    rest = script.branches(COUPLINGS, settle="10 s")
    first, second = rest.critical
    assert 0.25 < first < 0.3
    assert 0.65 < second < 0.7
    weak, strong = first > COUPLINGS, second < COUPLINGS
    between = ~(weak | strong)
    assert rest.low[weak] == pytest.approx(rest.high[weak], rel=1e-9)
    assert rest.low[strong] == pytest.approx(rest.high[strong], rel=0.01)  # some regions still have two states
    assert (rest.high[between] > 30 * rest.low[between]).all()
    assert rest.low[~strong].max() < 2
    assert rest.low[strong].min() > 90

    noisy = script.fluctuations(np.array([0.02, 0.64, 0.8]), duration="200 s")
    near_0, brink, beyond = noisy.structure_function
    assert brink > near_0 + 0.3
    assert brink > beyond
    assert noisy.mean_fc.argmax() == 1
    assert noisy.slowest[1] > 1.6 * noisy.slowest[0]

    script.draw(rest, noisy, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_rest_does_not_depend_on_the_time_step(script: ModuleType) -> None:
    some = np.array([0.2, 0.4, 0.6, 0.7])
    whole, half = (script.branches(some, dt=dt, settle="10 s") for dt in ("1 ms", "0.5 ms"))
    assert whole.low == pytest.approx(half.low, rel=1e-9)
    assert whole.high == pytest.approx(half.high, rel=1e-9)


def test_it_takes_a_network(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "NETWORK", f"{script.NETWORK},threshold=1")  # no weight is that large
    with pytest.warns(UserWarning, match="no connection at all"):
        rest = script.branches(COUPLINGS, settle="10 s")
    with pytest.raises(ValueError, match="no quiet state beside an active one"):
        _ = rest.critical


def test_it_takes_the_parameters_of_the_paper(script: ModuleType) -> None:
    tvb = script.branches(COUPLINGS, parameters={}, settle="10 s")
    with pytest.raises(ValueError, match="no quiet state beside an active one"):
        _ = tvb.critical
    assert tvb.low[-1] > 30 * tvb.low[0]
