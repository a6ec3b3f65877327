# %% [markdown]
# # A map over two parameters
# How does a network of Montbrió-Pazó-Roxin regions answer to its coupling `G` and to the excitability `eta`? 144 points
# on the 68-region connectome of The Virtual Brain, with conduction delays and noise, in a few seconds.
#
# Needs `pip install "rateml[connectomes]"`.

# %%
import matplotlib.pyplot as plt

import rateml

results = rateml.sweep(
    rateml.shipped_model("montbrio"),
    "tvb:68,diag=0,scale=max",
    grid={"G": (0, 1, 12), "eta": (-6, -4, 12)},
    duration="500 ms",
    transient="300 ms",
    seed=1,
)
results

# %% [markdown]
# The result is an `xarray.Dataset`: an axis of the grid is a dimension, and so are `variable` and `region`. Numbers are
# in base units (ms, mm, mV, nA). `status` tells whether a simulation diverged.

# %%
assert (results.status == 0).all()

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
rate = results.stats_mean.sel(variable="r")
rate.mean("region").plot(ax=axes[0], cbar_kwargs={"label": "mean rate r (1/ms)"})
rate.std("region").plot(ax=axes[1], cbar_kwargs={"label": "spread over regions (1/ms)"})
for ax in axes:
    ax.set(xlabel="eta", ylabel="G", title="")
plt.show()

# %% [markdown]
# ## A closer look at one point
# A sweep kept statistics only. A `Simulator` is compiled once and then called with values; here with one point, to see
# the time series of the first regions.

# %%
simulator = rateml.Simulator(
    rateml.shipped_model("montbrio"),
    "tvb:68,diag=0,scale=max",
    sweep=["G", "eta"],
    monitors=["tavg:1ms:r"],
    duration="300 ms",
    seed=1,
)
point = simulator([0.4, -4.7])

fig, ax = plt.subplots(figsize=(9, 2.8), layout="constrained")
traces = point.tavg.isel(point=0, variable=0, region=slice(6))
traces.plot.line(x="time", ax=ax, linewidth=0.8, add_legend=False)
ax.set(xlabel="time (ms)", ylabel="r (1/ms)", title="G = 0.4, eta = -4.7")
plt.show()
