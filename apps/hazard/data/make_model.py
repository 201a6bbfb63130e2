#!/usr/bin/env python3
"""Makes a source model of 2,000 point, area and fault sources and 500 sites, of made-up places and
rates but of real size: make_model.py FOLDER [SOURCES]

Writes FOLDER/model.xml (NRML 0.5) and FOLDER/sites.csv, always the same for a number of sources.
What the sources cost spans more than four decades: areas are from one to a hundred thousand square
kilometres large, faults from 10 to 500 km long."""

import pathlib
import sys

import numpy

SEED = 20261125
WEST, EAST, SOUTH, NORTH = 20.0, 31.0, 34.0, 42.0
SITES = 500
SHARES = {"point": 0.70, "area": 0.20, "fault": 0.10}

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<nrml xmlns="http://openquake.org/xmlns/nrml/0.5" xmlns:gml="http://www.opengis.net/gml">
  <sourceModel name="made up">
"""
GROUP = """    <sourceGroup name="{name}" tectonicRegion="Active Shallow Crust">
"""
POINT = """      <pointSource id="{id}" name="{id}">
        <pointGeometry>
          <gml:Point><gml:pos>{place}</gml:pos></gml:Point>
{layer}        </pointGeometry>
{seismicity}      </pointSource>
"""
AREA = """      <areaSource id="{id}" name="{id}">
        <areaGeometry>
          <gml:Polygon><gml:exterior><gml:LinearRing>
            <gml:posList>{corners}</gml:posList>
          </gml:LinearRing></gml:exterior></gml:Polygon>
{layer}        </areaGeometry>
{seismicity}      </areaSource>
"""
FAULT = """      <simpleFaultSource id="{id}" name="{id}">
        <simpleFaultGeometry>
          <gml:LineString><gml:posList>{trace}</gml:posList></gml:LineString>
          <dip>{dip:.0f}</dip>
{layer}        </simpleFaultGeometry>
        <magScaleRel>WC1994</magScaleRel>
        <ruptAspectRatio>1.5</ruptAspectRatio>
        {rates}
        <rake>{rake:.0f}</rake>
      </simpleFaultSource>
"""
LAYER = """          <upperSeismoDepth>0</upperSeismoDepth>
          <lowerSeismoDepth>{lower:.0f}</lowerSeismoDepth>
"""


def pairs(lons, lats):
    return "  ".join(f"{lon:.4f} {lat:.4f}" for lon, lat in zip(lons, lats))


def moved(lon, lat, east, north):
    """Kilometres added to a place, near enough."""
    return lon + east / 111.2 / numpy.cos(numpy.radians(lat)), lat + north / 111.2


class Maker:
    def __init__(self):
        self.random = numpy.random.default_rng(SEED)

    def place(self, margin=0.0):
        return (self.random.uniform(WEST + margin, EAST - margin),
                self.random.uniform(SOUTH + margin, NORTH - margin))

    def log_uniform(self, low, high):
        return float(numpy.exp(self.random.uniform(numpy.log(low), numpy.log(high))))

    def gutenberg_richter(self, largest, rate_of_5):
        b = self.random.uniform(0.8, 1.1)
        a = numpy.log10(rate_of_5) + 5 * b
        return (f'<truncGutenbergRichterMFD aValue="{a:.4f}" bValue="{b:.3f}" minMag="4.5" '
                f'maxMag="{largest:.1f}"/>')

    def seismicity(self, scaling, planes, depths, largest, rate_of_5):
        text = (f"        <magScaleRel>{scaling}</magScaleRel>\n"
                "        <ruptAspectRatio>1.5</ruptAspectRatio>\n"
                f"        {self.gutenberg_richter(largest, rate_of_5)}\n"
                "        <nodalPlaneDist>\n")
        for strike in numpy.linspace(0, 180, planes, endpoint=False):
            rake = self.random.choice([-90, 0, 90])
            text += (f'          <nodalPlane probability="{1 / planes:.17g}" '
                     f'strike="{strike:.0f}" dip="60" rake="{rake}"/>\n')
        text += "        </nodalPlaneDist>\n        <hypoDepthDist>\n"
        for depth in numpy.linspace(5, 15, depths):
            text += (f'          <hypoDepth probability="{1 / depths:.17g}" '
                     f'depth="{depth:.1f}"/>\n')
        return text + "        </hypoDepthDist>\n"

    def point(self, name):
        scaling = self.random.choice(["PointMSR", "WC1994"])
        return POINT.format(id=name, place=pairs(*[[x] for x in self.place()]),
                            layer=LAYER.format(lower=20),
                            seismicity=self.seismicity(scaling, self.random.integers(1, 3),
                                                       self.random.integers(1, 3),
                                                       self.random.uniform(5.5, 6.5),
                                                       self.log_uniform(1e-5, 1e-3)))

    def area(self, name):
        size = self.log_uniform(6, 180)  # half of its height [km]
        angles = numpy.arange(0, 360, 30) + self.random.uniform(0, 30)
        radii = size * self.random.uniform(0.8, 1.2, len(angles))
        corners = moved(*self.place(0.5), radii * numpy.sin(numpy.radians(angles)),
                        radii * numpy.cos(numpy.radians(angles)))
        large = size > 60
        return AREA.format(id=name, corners=pairs(*corners), layer=LAYER.format(lower=20),
                           seismicity=self.seismicity("WC1994" if large else "PointMSR",
                                                      4 if large else 2, 3 if large else 2,
                                                      self.random.uniform(6, 7),
                                                      size * size * 1e-6))

    def fault(self, name):
        length = self.log_uniform(10, 500)
        strike = numpy.radians(self.random.uniform(0, 360))
        along = numpy.linspace(-length / 2, length / 2, 6)
        bend = self.random.uniform(-0.05, 0.05, 6) * length
        trace = moved(*self.place(1), along * numpy.sin(strike) + bend * numpy.cos(strike),
                      along * numpy.cos(strike) - bend * numpy.sin(strike))
        largest = min(7.8, 5.6 + 0.8 * numpy.log10(length))
        if self.random.uniform() < 0.3:
            rate = self.log_uniform(1e-4, 1e-2)
            rates = (f'<incrementalMFD minMag="{largest:.1f}" binWidth="0.1"><occurRates>'
                     f'{rate:.3g} {rate / 2:.3g} {rate / 4:.3g}</occurRates></incrementalMFD>')
        else:
            rates = self.gutenberg_richter(largest, length * 1e-5)
        return FAULT.format(id=name, trace=pairs(*trace), dip=self.random.uniform(30, 90),
                            layer=LAYER.format(lower=self.random.uniform(12, 20)), rates=rates,
                            rake=self.random.choice([-90, 0, 90]))

    def model(self, sources):
        yield HEAD
        for kind, share in SHARES.items():
            yield GROUP.format(name=kind)
            for number in range(1, round(sources * share) + 1):
                yield getattr(self, kind)(f"{kind}-{number}")
            yield "    </sourceGroup>\n"
        yield "  </sourceModel>\n</nrml>\n"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    maker = Maker()
    sites = [maker.place() for _ in range(SITES)]
    (folder / "sites.csv").write_text(
        "lon,lat\n" + "".join(f"{lon:.4f},{lat:.4f}\n" for lon, lat in sites), encoding="utf-8")
    sources = int(sys.argv[2]) if len(sys.argv) == 3 else 2000
    (folder / "model.xml").write_text("".join(maker.model(sources)), encoding="utf-8")


if __name__ == "__main__":
    main()
