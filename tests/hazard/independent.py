"""Hazard of simple sources by brute force, written from the formulas alone and unlike the app:
polar instead of square grids, continuous positions instead of meshes, erfc of the C library."""

import math

import numpy

RADIUS = 6371.0
KM_PER_DEGREE = RADIUS * math.pi / 180
erfc = numpy.vectorize(math.erfc)


def sadigh_1997(magnitude, distance):
    """Mean of ln PGA, rock, strike-slip."""
    if magnitude <= 6.5:
        return -0.624 + magnitude - 2.1 * numpy.log(distance + math.exp(1.29649 + 0.25 * magnitude))
    return -1.274 + 1.1 * magnitude - 2.1 * numpy.log(
        distance + math.exp(-0.48451 + 0.524 * magnitude))


def sigma(magnitude):
    return 1.39 - 0.14 * magnitude if magnitude < 7.21 else 0.38


def exceedance(levels, magnitude, distance, truncation):
    """Probabilities, a row each distance and a column each level."""
    mean = sadigh_1997(magnitude, distance)[:, None]
    if truncation == 0:
        return (mean > numpy.log(levels)).astype(float)
    z = (numpy.log(levels) - mean) / sigma(magnitude)
    tail = 0.5 * erfc(z / math.sqrt(2))
    if truncation is None:
        return tail
    cut = 0.5 * math.erfc(truncation / math.sqrt(2))
    return numpy.clip((tail - cut) / (1 - 2 * cut), 0, 1)


def gutenberg_richter(a, b, smallest, largest, bins):
    edges = numpy.linspace(smallest, largest, bins + 1)
    above = 10 ** (a - b * edges)
    return list(zip((edges[1:] + edges[:-1]) / 2, above[:-1] - above[1:]))


def disc(radius, offset, depth, cells=700):
    """Distances from a site, `offset` km from a disc's middle, to points at a depth below the disc,
    and the share of the disc that each point stands for."""
    r = (numpy.arange(cells) + 0.5) * radius / cells
    angle = (numpy.arange(cells) + 0.5) * math.pi / cells
    r, angle = numpy.meshgrid(r, angle)
    surface = numpy.sqrt(r**2 + offset**2 - 2 * r * offset * numpy.cos(angle))
    return numpy.hypot(surface, depth).ravel(), (r / r.sum()).ravel()


def disc_rates(levels, magnitudes, radius, offset, depth, truncation):
    """Rates of exceedance; distances are sorted into classes of 0.1 km first."""
    distance, share = disc(radius, offset, depth)
    classes = numpy.floor(distance / 0.1).astype(int)
    weight = numpy.bincount(classes, share)
    middle = (numpy.arange(len(weight)) + 0.5) * 0.1
    return sum(rate * weight @ exceedance(levels, magnitude, middle, truncation)
               for magnitude, rate in magnitudes)


def vertical_fault_distances(along, aside, length, depth, rupture_length, rupture_width,
                             positions=60):
    """Distances from a site, `along` km from a fault's start and `aside` of its line, to rectangles
    that lie anywhere on the fault with equal probability."""
    step = (numpy.arange(positions) + 0.5) / positions
    start, top = numpy.meshgrid(step * (length - rupture_length), step * (depth - rupture_width))
    before = numpy.maximum(start - along, 0)
    behind = numpy.maximum(along - start - rupture_length, 0)
    return numpy.sqrt((before + behind) ** 2 + aside**2 + top**2).ravel()
