# %% [markdown]
# # Regional epileptogenicity and the onset of seizures
# The Epileptor's `x0` says how excitable a region is. Here every region gets its own from a CSV file, joined by label,
# and a sweep over the coupling `Ks` shows when the seizure reaches which region.
#
# Needs `pip install "rateml[connectomes]"`. The values are made up for this example and mean nothing for a patient.

# %%
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import rateml
from rateml.connectome import load_connectome

warnings.filterwarnings("ignore", message="2 regions are isolated")  # of this connectome, rCC and lCC

network = "tvb:76,diag=0,scale=max"
regions = load_connectome(network).labels

epileptogenic = ["rHC", "rPHC", "rAMYG"]
propagation = ["rTCI", "rTCV", "rTCPOL", "rPFCORB"]

x0 = pd.Series(-2.4, index=pd.Index(regions, name="region"), name="x0")
x0[epileptogenic] = -1.6
x0[propagation] = -2.0
x0.sample(frac=1, random_state=0).to_csv("x0.csv")  # the order of the rows does not matter

# %% [markdown]
# `set` takes the file; a pandas Series, an array in the order of the regions or a mapping by label do as well. Every
# region starts from the same state near rest, without noise, so that the onset is due to `x0` and the network alone.

# %%
results = rateml.sweep(
    rateml.shipped_model("epileptor"),
    network,
    values={"Ks": [-0.05, -0.2, -0.4, -0.6, -0.8, -1.0]},
    set={"x0": Path("x0.csv")},
    init={"x1": -1.8, "y1": -15.0, "z": 3.6, "x2": -1.0, "y2": 0.0, "g": -0.1},
    noise="off",
    duration="8 s",
    monitors=["tavg:10ms:x1,lfp"],
)
assert (results.status == 0).all()

# %% [markdown]
# ## When does each region start?
# A region seizes when its `x1` first rises above -0.5; one that never does has no onset (NaN).

# %%
seizing = results.tavg.sel(variable="x1") > -0.5
onset = (results.time[seizing.argmax("time")] / 1000).where(seizing.any("time")).drop_vars("time")
onset.attrs = {"long_name": "onset", "units": "s"}

order = onset.min("Ks").sortby(onset.min("Ks"))
reached = order.region[np.isfinite(order)]
print(f"{reached.size} of {onset.sizes['region']} regions are reached at some Ks; the first are {reached.values[:3]}")

fig, ax = plt.subplots(figsize=(9, 3.4), layout="constrained")
picture = ax.imshow(onset.sel(region=reached), aspect="auto", cmap="plasma_r")
ax.set_xticks(range(reached.size), reached.values, rotation=90, fontsize=7)
ax.set_yticks(range(onset.sizes["Ks"]), onset.Ks.values)
ax.set(ylabel="Ks", title="onset of the seizure")
fig.colorbar(picture, label="s")
plt.show()

# %% [markdown]
# ## The onset map
# The regions where they lie in the brain, seen from above, the right hemisphere below; grey ones are
# never reached.

# %%
centres = load_connectome(network).centres
fig, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharex=True, sharey=True)
for ax, ks in zip(axes, [-0.05, -0.4, -1.0], strict=True):
    times = onset.sel(Ks=ks).values
    ax.scatter(centres[:, 0], centres[:, 1], s=25, c="lightgrey")
    points = ax.scatter(centres[:, 0], centres[:, 1], s=45, c=times, cmap="plasma_r", vmin=0, vmax=8)
    ax.set(title=f"Ks = {ks}, {np.isfinite(times).sum()} regions", aspect="equal", xticks=[], yticks=[])
fig.colorbar(points, ax=axes, label="onset (s)")
plt.show()

# %%
fig, axes = plt.subplots(3, 1, figsize=(9, 4), layout="constrained", sharex=True)
for ax, region in zip(axes, ["rHC", "rTCV", "lV1"], strict=True):
    results.tavg.sel(variable="lfp", region=region, Ks=-0.2).plot(ax=ax, linewidth=0.6)
    ax.set(title=f"{region}, x0 = {x0[region]}", xlabel="", ylabel="LFP")
axes[-1].set_xlabel("time (ms)")
plt.show()
