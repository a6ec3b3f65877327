"""Which simulation is which: points, trials, noise, speeds, regions, tracts, and what one that diverges leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rateml
from rateml import api
from rateml.connectome import delay_steps
from rateml.engines import crew, group
from rateml.ir.interp import Interpreter, Network, Noise

RAW = {"monitors": ["raw"], "duration": "10"}


def test_run_with_point_k_repeats_point_k_of_a_sweep(simulate) -> None:
    sweep = simulate(axes=[("values", "G=0.1,0.3"), ("values", "eta=-5,-4.5,-4")], **RAW)
    assert sweep.raw.dims == ("G", "eta", "time", "variable", "region")
    for k in range(6):
        g, eta = float(sweep.G[k // 3]), float(sweep.eta[k % 3])
        alone = simulate(set=[f"G={g!r}", f"eta={eta!r}"], point=k, **RAW)
        np.testing.assert_array_equal(alone.raw, sweep.raw[k // 3, k % 3])
    other = simulate(set=["G=0.1", "eta=-5"], point=1, **RAW)
    assert (other.raw != sweep.raw[0, 0]).any()


def test_trials_are_an_axis_of_their_own_noise(simulate) -> None:
    got = simulate(axes=[("values", "G=0.1,0.3")], trials=3, **RAW)
    assert got.raw.dims == ("G", "trial", "time", "variable", "region")
    assert len({got.raw[g, trial].values.tobytes() for g in range(2) for trial in range(3)}) == 6
    np.testing.assert_array_equal(simulate(axes=[("values", "G=0.1,0.3")], **RAW).raw, got.raw[:, 0])
    np.testing.assert_array_equal(
        simulate(sweep=True, axes=[("values", "G=0.1")], trials=1, **RAW).raw[0], got.raw[0, :1]
    )


def test_common_noise_is_that_of_point_0_everywhere(simulate) -> None:
    unused = [("values", "cv=0,0.5,1")]  # nothing drives c_V, so cv changes nothing
    common = simulate(axes=unused, noise="common", trials=2, **RAW).raw
    np.testing.assert_array_equal(common[0], common[1])
    np.testing.assert_array_equal(common[0], common[2])
    assert (common[:, 0] != common[:, 1]).any()
    own = simulate(axes=unused, **RAW).raw
    np.testing.assert_array_equal(own[0], common[0, 0])
    assert (own[0] != own[1]).any()


def test_the_seed_decides_and_noise_off_is_silent(simulate) -> None:
    first, again, other = (simulate(seed=seed, **RAW).raw.values for seed in (5, 5, 2**64 - 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    one, two = (simulate(seed=seed, noise="off", init=["r=0.1", "V=-1"], **RAW).raw.values for seed in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_every_point_of_a_speed_axis_has_its_own_delays(simulate) -> None:
    quiet = {"noise": "off", "init": ["r=0.1", "r[lh-b]=0.5", "V=-1"], **RAW}
    sweep = simulate(axes=[("values", "speed=0.3,3,inf")], **quiet).raw
    for k, speed in enumerate(("0.3", "3", "inf")):
        np.testing.assert_array_equal(sweep[k], simulate(set=[f"speed={speed}"], **quiet).raw)
    assert len({sweep[k].values.tobytes() for k in range(3)}) == 3


def test_more_speeds_than_are_kept_ready(simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    axes = {"axes": [("grid", "speed=0.3:3:7"), ("values", "G=0.1,0.2")], "monitors": ["stats"], "duration": "5"}
    plenty = simulate(**axes)
    monkeypatch.setattr("rateml.engines.group.NETWORKS", 2)
    np.testing.assert_array_equal(simulate(**axes).stats_mean, plenty.stats_mean)


def test_one_coupling_may_have_its_own_speed(simulate) -> None:
    quiet = {"noise": "off", "set": ["Kf=1", "Kvf=1"], "monitors": ["raw:x1"], "duration": "5", "dt": "0.05"}
    axis = simulate("epileptor", axes=[("values", "cpl_x1.speed=0.5,3")], **quiet).raw
    fixed = simulate("epileptor", **(quiet | {"set": [*quiet["set"], "cpl_x1.speed=0.5"]})).raw
    # the initial state is drawn by point, and this is point 0
    np.testing.assert_array_equal(axis[0], fixed)


def _network(job) -> Network:
    weights, delays = {}, {}
    for coupling, speed in zip(job.program.couplings, job.speeds(0), strict=True):
        tracts = job.connectome.tracts[coupling.weights]
        weights[coupling.id] = tracts.weights
        delays[coupling.id] = delay_steps(tracts.lengths, speed, job.settings.dt)
    return Network(weights, delays)


def _oracle(job, model: Path, given: dict[str, object], *, point: int = 0, steps: int):
    program = api.read_program(model)
    noise = Noise(job.settings.seed, point) if job.settings.noise != "off" else None
    return Interpreter(program, _network(job), job.settings.dt, job.settings.scheme, given, noise=noise).run(steps)


def test_regional_parameters_against_the_oracle(prepare, simulate) -> None:
    model = Path(rateml.__file__).parent / "models" / "montbrio.xml"
    request = {"set": ["eta[lh-b,rh-a]=-4", "G[lh-c]=0.9"], "monitors": ["raw"], "duration": "3"}
    job = prepare(**request)
    eta, g = np.full(5, -4.6), np.full(5, 0.4)
    eta[[1, 3]], g[2] = -4.0, 0.9
    expected = _oracle(job, model, {"eta": eta, "long_range.G": g}, steps=30)
    np.testing.assert_allclose(simulate(**request).raw, expected.exposures[1:], rtol=1e-9)


@pytest.mark.long
def test_several_tracts_against_the_oracle(prepare, simulate, tmp_path: Path) -> None:
    text = (Path(rateml.__file__).parent / "models" / "montbrio.xml").read_text(encoding="utf-8")
    second = (
        '<Component id="second" type="RateCoupling" G="0.2 ms" rml:model="mpr" rml:input="c_r" '
        'rml:speed="2 m_per_s" rml:weights="thin"/>\n</Lems>'
    )
    model = tmp_path / "two.xml"
    model.write_text(text.replace("</Lems>", second), encoding="utf-8")
    request = {"monitors": ["raw"], "duration": "3"}
    job = prepare(model, sweep=False, **request)
    expected = _oracle(job, model, {}, steps=30)
    np.testing.assert_allclose(simulate(model, sweep=False, **request).raw, expected.exposures[1:], rtol=1e-9)
    text = model.read_text(encoding="utf-8").replace('rml:weights="thin"', 'rml:weights="thick"')
    model.write_text(text, encoding="utf-8")
    with pytest.raises(rateml.UserError, match=r"'thick'.*structural.*thin"):
        api.summary(prepare(model, sweep=False, **request))


def test_only_what_diverges_is_lost(prepare, simulate) -> None:
    model = Path(rateml.__file__).parent / "models" / "montbrio.xml"
    values = (-5.0, 1e5, -6.0, 1e9, -4.5)
    text = ",".join(map(repr, values))
    request = {"monitors": ["raw", "tavg:1ms", "stats"], "duration": "10", "scheme": "euler", "chunk": 5}
    got = simulate(axes=[("values", f"eta={text}")], **request)
    np.testing.assert_array_equal(got.status, [0, 1, 0, 1, 0])
    job = prepare(axes=[("values", f"eta={text}")], **request)
    for k, eta in enumerate(values):
        oracle = _oracle(job, model, {"eta": eta}, point=k, steps=100)
        assert int(got.diverged_at[k]) == oracle.diverged_at
        if got.status[k] == 0:
            alone = simulate(set=[f"eta={eta!r}"], point=k, **request)
            for name in ("raw", "tavg", "stats_mean", "stats_var"):
                np.testing.assert_array_equal(got[name][k], alone[name])
            continue
        step = int(got.diverged_at[k])
        last = oracle.states[step + 1] if len(oracle.states) > step + 1 else None
        if last is not None:
            region, state = int(got.diverged_region[k]), int(got.diverged_state[k])
            assert not np.isfinite(last[state, region])
        assert 0 <= step < 100
        assert np.isfinite(got.raw[k, :step]).all()
        assert np.isnan(got.raw[k, step:]).all()
        assert np.isnan(got.stats_mean[k]).all()
        assert np.isnan(got.stats_var[k]).all()
        full = step // 10
        assert np.isfinite(got.tavg[k, :full]).all()
        assert np.isnan(got.tavg[k, full:]).all()


def test_a_divergence_in_the_transient(simulate) -> None:
    got = simulate(axes=[("values", "eta=-5,1e9")], transient="10", duration="1", monitors=["raw", "stats"])
    np.testing.assert_array_equal(got.status, [0, 1])
    assert int(got.diverged_at[1]) < 100
    assert np.isnan(got.raw[1]).all()


@pytest.mark.parametrize(("seconds", "rows"), [(1e-9, 1024), (10.0, 7), (0.1, 1)])
def test_slices_change_no_bit(simulate, monkeypatch: pytest.MonkeyPatch, seconds: float, rows: int) -> None:
    monitors = ["raw", "tavg:1ms", "stats"]
    request = {"axes": [("values", "eta=-5,-4,1e9")], "monitors": monitors, "transient": "3.3", "duration": "7"}
    whole = simulate(**request)
    monkeypatch.setattr(crew, "SLICE_SECONDS", seconds)
    monkeypatch.setattr(group.Group, "most_steps", lambda _: rows)
    cut = simulate(**request)
    for name in whole.data_vars:
        np.testing.assert_array_equal(cut[name], whole[name])


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_company_changes_no_bit(simulate, monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    """However many simulations advance together, and whichever they are, each has the bits it has alone."""
    request = {
        "axes": [("values", "eta=-5,-4.6,1e9,-4.2,-4"), ("values", "speed=1,3,inf")],
        "monitors": ["raw", "tavg:1ms", "stats"], "transient": "1.3", "duration": "7", "precision": precision,
    }  # fmt: skip
    together = simulate(**request)
    for lanes in (1, 3):
        monkeypatch.setitem(group.LANES, precision, lanes)
        apart = simulate(**request)
        for name in together.data_vars:
            assert apart[name].values.tobytes() == together[name].values.tobytes(), (name, lanes)


def test_memory_of_an_earlier_history_changes_no_bit(simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that takes over the history of another, here spoiled, writes all of it before it reads."""
    request = {"axes": [("values", "eta=-5,-4.6,-4.2,-4")], "monitors": ["raw"], "duration": "7"}
    fresh = simulate(**request)
    taken: list[int] = []
    ring = group.Kernels.ring

    def spoiled(kernels: group.Kernels, rows: int, size: int) -> np.ndarray:
        given = ring(kernels, rows, size)
        taken.append(given.ctypes.data)
        given[:] = np.nan
        return given

    monkeypatch.setitem(group.LANES, "float64", 1)
    monkeypatch.setattr(group.Kernels, "ring", spoiled)
    used = simulate(**request, threads=1)
    assert len(set(taken[-4:])) == 1
    assert used.raw.values.tobytes() == fresh.raw.values.tobytes()


def test_a_history_is_the_past(prepare, simulate, tmp_path: Path) -> None:
    past = np.random.default_rng(3).uniform(0.1, 0.5, (40, 2, 5))
    np.savez(tmp_path / "past.npz", r=past[:, 0], V=past[:, 1] - 1)
    past[:, 1] -= 1
    request = {"history": tmp_path / "past.npz", "noise": "off", "monitors": ["raw"], "duration": "3"}
    job = prepare(**request)
    model = Path(rateml.__file__).parent / "models" / "montbrio.xml"
    oracle = Interpreter(api.read_program(model), _network(job), 0.1, "heun", {}, past=past).run(30)
    np.testing.assert_allclose(simulate(**request).raw, oracle.exposures[1:], rtol=1e-9)
