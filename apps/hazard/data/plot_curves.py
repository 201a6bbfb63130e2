#!/usr/bin/env python3
"""Draws what apps/hazard has computed: plot_curves.py CURVES.h5 PICTURE.png [PROBABILITY]

On the left the map of the acceleration that is exceeded with this probability (default 0.1), on the
right the curves of the sites where it is highest, lowest and in the middle. Needs matplotlib."""

import sys

import h5py
import matplotlib
import numpy

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot


def level_at(probability, levels, poe):
    """By linear interpolation of the logarithms; nan where the curve does not reach it."""
    found = numpy.full(len(poe), numpy.nan)
    for i, curve in enumerate(poe):
        if curve[0] >= probability > curve[-1]:
            used = curve > 0
            found[i] = numpy.exp(numpy.interp(-numpy.log(probability), -numpy.log(curve[used]),
                                              numpy.log(levels[used])))
    return found


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    probability = float(sys.argv[3]) if len(sys.argv) == 4 else 0.1
    with h5py.File(sys.argv[1]) as file:
        lon, lat, levels, poe = (file[name][:] for name in ("lon", "lat", "levels", "poe"))
        years = file["poe"].attrs["years"]
    shaking = level_at(probability, levels, poe)
    if numpy.isnan(shaking).all():
        sys.exit(f"no curve passes {probability}: give another probability")

    figure, (chart, curves) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    points = chart.scatter(lon, lat, c=shaking, s=16, marker="s", cmap="inferno_r", linewidths=0)
    figure.colorbar(points, ax=chart, label="PGA [g]")
    chart.set(title=f"exceeded with {probability:g} in {years:g} years", xlabel="longitude",
              ylabel="latitude", aspect=1 / numpy.cos(numpy.radians(lat.mean())))
    order = numpy.argsort(shaking)[:numpy.isfinite(shaking).sum()]
    for name, site in (("highest", order[-1]), ("middle", order[len(order) // 2]),
                       ("lowest", order[0])):
        chart.plot(lon[site], lat[site], "k+")
        curves.loglog(levels, poe[site], label=f"{name}: {lon[site]:.2f}, {lat[site]:.2f}")
    curves.axhline(probability, color="grey", linewidth=0.8)
    curves.set(title="hazard curves", xlabel="PGA [g]", ylabel=f"probability in {years:g} years",
               ylim=(1e-5, 1.2))
    curves.legend()
    figure.savefig(sys.argv[2], dpi=80)


if __name__ == "__main__":
    main()
