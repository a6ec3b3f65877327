# %% [markdown]
# # Fitting functional connectivity with CMA-ES
# A simulator is compiled once; an optimiser calls it with a population of parameter values at a time. Here the
# "measured" data come from a simulation, so that the answer is known: can the fit find the coupling `a` and the damping
# `gamma`?
#
# Needs `pip install cma`.

# %%
import cma
import matplotlib.pyplot as plt
import numpy as np

import rateml

model = rateml.shipped_model("linear")
network = "synthetic:10:1,diag=0,scale=in-strength"
options = {
    "sweep": ["a", "gamma"],
    "set": {"D": 1e-6},
    "dt": "1 ms",
    "duration": "120 s",
    "transient": "20 s",
    "precision": "float32",
}
truth = np.array([0.035, -0.05])

# %% [markdown]
# ## The data
# Functional connectivity (FC) of the fast signal, the matrix of its dynamics (FCD) in the BOLD signal, and the power of
# every region. FC of a linear network depends on the ratio of coupling and damping only; the power tells them apart.

# %%
measured = rateml.Simulator(model, network, monitors=["fc:tavg:10ms", "fcd:30s:10s:full", "stats"], **options)(
    truth, seed=77
)
fc = measured.fc.isel(point=0, variable=0)
power = measured.stats_var.isel(point=0, variable=0)
fcd = measured.fcd.isel(point=0, variable=0)

# %% [markdown]
# ## The fit
# `target_fcd` adds `fit_fcd`, the Kolmogorov-Smirnov distance to the measured FCD (and `target_fc` would add `fit_fc`,
# the correlation of the two FC). The weights of the three terms are a choice. Every generation has a seed of its own; a
# simulation that diverges has NaN statistics and so the largest loss.

# %%
simulator = rateml.Simulator(
    model, network, monitors=["fc:tavg:10ms", "fcd:30s:10s", "stats"], target_fcd=fcd.values, **options
)


def losses(results):
    of_fc = np.sqrt(((results.fc - fc) ** 2).mean("pair", skipna=False)).isel(variable=0)
    of_power = np.abs(np.log(results.stats_var / power)).mean("region", skipna=False).isel(variable=0)
    return (of_fc + 0.1 * results.fit_fcd + of_power).fillna(10.0).values


# %% [markdown]
# The search is in the logarithm of both, from values far from the truth.

# %%
search = cma.CMAEvolutionStrategy(
    np.log([0.02, 0.1]), 0.4, {"popsize": 10, "maxiter": 25, "seed": 1, "verbose": -9, "verb_log": 0}
)
path = []
while not search.stop():
    candidates = search.ask()
    results = simulator(np.exp(candidates) * [1, -1], seed=search.countiter)
    search.tell(candidates, losses(results))
    path.append(np.exp(search.mean) * [1, -1])

found = path[-1]
print(f"{10 * len(path)} simulations")
for name, wanted, got in zip(options["sweep"], truth, found, strict=True):
    print(f"{name}: true {wanted:g}, found {got:.3g}")

# %%
assert np.abs(found / truth - 1).max() < 0.15

fig, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for ax, k, name in zip(axes, (0, 1), options["sweep"], strict=True):
    ax.plot(np.array(path)[:, k], ".-")
    ax.axhline(truth[k], color="k", linestyle=":", label="truth")
    ax.set(xlabel="generation", ylabel=f"{name} (1/ms)")
    ax.legend()
plt.show()

# %% [markdown]
# ## The fitted connectivity

# %%
fitted = simulator(found, seed=1234).fc.isel(point=0, variable=0)
print(f"correlation of the measured and the fitted FC: {np.corrcoef(fc, fitted)[0, 1]:.3f}")

fig, ax = plt.subplots(figsize=(3.6, 3.4), layout="constrained")
ax.scatter(fc, fitted, s=8)
ax.axline((0, 0), slope=1, color="k", linewidth=0.5)
ax.set(xlabel="measured FC", ylabel="fitted FC", aspect="equal")
plt.show()
