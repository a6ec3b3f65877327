# %% [markdown]
# # Simulation-based inference with sbi
# The same question as in `fit.ipynb`, but for a distribution: which couplings `a` and dampings `gamma` could have made
# the data? A neural network learns it from simulations at values drawn from the prior.
#
# Needs `pip install "rateml[sbi]"`, which brings PyTorch (some gigabytes).

# %%
import warnings
from contextlib import redirect_stdout
from io import StringIO

import matplotlib.pyplot as plt
import numpy as np

import rateml

with warnings.catch_warnings(action="ignore"):  # of packages that sbi would like to have
    import torch
    from sbi.inference import NPE
    from sbi.utils import BoxUniform

simulator = rateml.Simulator(
    rateml.shipped_model("linear"),
    "synthetic:10:1,diag=0,scale=in-strength",
    sweep=["a", "gamma"],
    set={"D": 1e-6},
    dt="1 ms",
    duration="30 s",
    transient="2 s",
    monitors=["fc:tavg:10ms", "stats"],
    precision="float32",
)


def summaries(results):
    """Correlations of all pairs, and the logarithm of the power of every region: (point, summary)."""
    power = np.log(results.stats_var.isel(variable=0).values)
    return torch.as_tensor(np.hstack([results.fc.isel(variable=0).values, power]), dtype=torch.float32)


# %% [markdown]
# ## Simulations
# All in one call: a row's random numbers belong to its number, so that no two are alike. The prior is uniform over the
# coupling relative to the damping, which keeps the network stable, and over the damping.

# %%
torch.manual_seed(0)
prior = BoxUniform(torch.tensor([0.2, 0.02]), torch.tensor([0.9, 0.15]))


def to_theta(drawn):
    ratio, damping = np.asarray(drawn, np.float64).T
    return np.stack([ratio * damping, -damping], axis=1)


drawn = prior.sample((400,))
results = simulator(to_theta(drawn), seed=1)
x = summaries(results)
valid = torch.as_tensor(results.status.values == 0)
print(f"{int(valid.sum())} of {len(drawn)} simulations stayed finite")

# %% [markdown]
# ## The posterior

# %%
inference = NPE(prior)
inference.append_simulations(drawn[valid], x[valid])
with redirect_stdout(StringIO()):  # a line for every epoch
    inference.train(training_batch_size=50, stop_after_epochs=10)
posterior = inference.build_posterior()

truth = np.array([0.035, -0.05])
observed = summaries(simulator(truth, seed=77))
samples = to_theta(posterior.sample((2000,), x=observed, show_progress_bars=False))

low, high = np.quantile(samples, [0.025, 0.975], axis=0)
for k, name in enumerate(simulator.sweep):
    print(f"{name}: true {truth[k]:g}, 95 % between {low[k]:.3g} and {high[k]:.3g}")

# %%
assert ((low < truth) & (truth < high)).all()

fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
axes[0].scatter(*to_theta(drawn).T, s=4, c="lightgrey", label="prior")
axes[0].scatter(*samples.T, s=2, alpha=0.3, label="posterior")
axes[0].plot(*truth, "k+", markersize=12, label="truth")
axes[0].set(xlabel="a (1/ms)", ylabel="gamma (1/ms)")
axes[0].legend()
axes[1].hist(samples[:, 0], bins=50)
axes[1].axvline(truth[0], color="k", linestyle=":")
axes[1].set(xlabel="a (1/ms)", ylabel="samples", yticks=[])
plt.show()

# %% [markdown]
# With `sbi.inference.simulate_for_sbi`, which calls in batches, give each batch seeds or row numbers of its own
# (`simulator(theta, seed=...)` or `point=...`): equal calls give equal numbers.
