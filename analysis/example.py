"""Opens a results file in xarray and draws one measure: python3 analysis/example.py results.h5 [figure.png]"""
import sys

import matplotlib
matplotlib.use("Agg")
import xarray

data = xarray.open_dataset(sys.argv[1])
measure = data["value_added_mean"]  # (replicate, year)
axes = measure.mean("replicate").plot(color="#0072B2", lw=2, figsize=(7, 4.5))[0].axes
axes.fill_between(data["year"], *measure.quantile([0.05, 0.95], "replicate"), color="#0072B2", alpha=0.2)
axes.set(title="Value added: mean and range of nine in ten replicates",
         xlabel="years since the start of the reform", ylabel=f"value added ({measure.attrs['units']})")
picture = sys.argv[2] if len(sys.argv) > 2 else "value_added.png"
axes.figure.savefig(picture, dpi=150, bbox_inches="tight")
print(picture)
