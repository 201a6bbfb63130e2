#!/usr/bin/env python3
"""The app hazard against published values, against brute force, and on any number of ranks:
test_curves.py hazard=PROGRAM -- LAUNCHER... FLAG"""

import math
import pathlib
import subprocess
import sys

import h5py
import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
sys.path.insert(0, str(HERE))
import calling
import independent

MODELS = HERE / "models"

# Thomas, Wong, Abrahamson (2010), PEER 2010/106, Set 1 Case 10: annual probabilities.
LEVELS_10 = [0.001, 0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]
CASE_10 = [
    [3.87e-2, 2.19e-2, 2.97e-3, 9.22e-4, 3.59e-4, 1.31e-4, 4.76e-5, 1.72e-5, 5.38e-6, 1.18e-6],
    [3.87e-2, 1.82e-2, 2.96e-3, 9.21e-4, 3.59e-4, 1.31e-4, 4.76e-5, 1.72e-5, 5.37e-6, 1.18e-6],
    [3.87e-2, 9.32e-3, 1.39e-3, 4.41e-4, 1.76e-4, 6.47e-5, 2.27e-5, 8.45e-6, 2.66e-6, 5.84e-7],
    [3.83e-2, 5.33e-3, 1.25e-4, 1.63e-6, 0, 0, 0, 0, 0, 0],
]
LEVELS = [0.01, 0.05, 0.1, 0.2, 0.4]


def imls(levels):
    return ",".join(map(str, levels))


class Hazard(calling.Calls):
    def curves(self, model, sites, *options, levels=LEVELS, ranks=None):
        """The probabilities in curves.csv, after a look at curves.h5, which must have the same."""
        ended = self.call("hazard", str(MODELS / model), "--sites", str(MODELS / sites), "--imls",
                          imls(levels), "--csv", "curves.csv", *map(str, options), ranks=ranks)
        self.assert_ends(ended, 0)
        text = (self.folder / "curves.csv").read_text(encoding="utf-8")
        header, *rows = text.splitlines()
        self.assertEqual(header, "lon,lat," + ",".join(f"poe-{level}" for level in levels))
        rows = numpy.array([[float(word) for word in row.split(",")] for row in rows])
        given = numpy.loadtxt(MODELS / sites, delimiter=",", skiprows=1)
        self.assertTrue(numpy.array_equal(rows[:, :2], given))
        with h5py.File(self.folder / "curves.h5") as file:
            self.assertTrue(numpy.array_equal(file["poe"], rows[:, 2:]))
            self.assertTrue(numpy.array_equal(file["levels"], levels))
            self.assertTrue(numpy.array_equal(file["lon"], rows[:, 0]))
            self.assertTrue(numpy.array_equal(file["lat"], rows[:, 1]))
        return rows[:, 2:]

    def rates(self, *arguments, **options):
        return -numpy.log1p(-self.curves(*arguments, **options))

    def assert_close(self, found, wanted, relative, absolute=0.0):
        off = numpy.abs(found - wanted) > relative * numpy.abs(wanted) + absolute
        self.assertFalse(off.any(), f"\n{found}\nis not\n{wanted}")


class Published(Hazard):
    def test_peer_set_1_case_10(self):
        found = self.curves("peer_case_10.xml", "area_sites.csv", "--sigma-truncation", 0,
                            "--area-spacing", 1, "--mfd-bin-width", 0.01, levels=LEVELS_10)
        table = numpy.array(CASE_10)
        compared = table >= 2e-6
        self.assertEqual(compared.sum(), 30)
        self.assert_close(found[compared], table[compared], 0.05)
        self.assertTrue((found[table == 0] == 0).all())


class Areas(Hazard):
    """Case 11, a disc with six depths, against a polar grid."""

    def check(self, truncation, relative):
        options = [] if truncation is None else ["--sigma-truncation", truncation]
        found = self.rates("peer_case_11.xml", "area_sites.csv", "--area-spacing", 1,
                           "--mfd-bin-width", 0.05, *options)
        magnitudes = independent.gutenberg_richter(3.1165, 0.9, 5, 6.5, 30)
        sites = numpy.loadtxt(MODELS / "area_sites.csv", delimiter=",", skiprows=1)
        for row, (_, lat) in zip(found, sites):
            offset = (38 - lat) * independent.KM_PER_DEGREE
            each = [independent.disc_rates(LEVELS, magnitudes, 100, offset, depth, truncation)
                    for depth in range(5, 11)]
            self.assert_close(row, numpy.mean(each, axis=0), relative, 1e-6)

    def test_three_sigmas(self):
        self.check(3, 0.01)

    def test_all_sigmas(self):
        self.check(None, 0.01)


class Faults(Hazard):
    """Cases 2 and 5, a vertical fault of 25 by 12 km."""

    LENGTH = 0.2248 * independent.KM_PER_DEGREE
    DEPTH = 12

    def expected(self, magnitudes, truncation, max_distance=lambda magnitude: math.inf):
        sites = numpy.loadtxt(MODELS / "fault_sites.csv", delimiter=",", skiprows=1)
        for lon, lat in sites:
            along = (lat - 38) * independent.KM_PER_DEGREE
            aside = abs(lon + 122) * independent.KM_PER_DEGREE * math.cos(math.radians(lat))
            total = 0
            for magnitude, rate in magnitudes:
                area = 10 ** (magnitude - 4)
                length, width = math.sqrt(2 * area), math.sqrt(area / 2)
                if width > self.DEPTH:
                    width = self.DEPTH
                    length = area / width
                distance = independent.vertical_fault_distances(
                    along, aside, self.LENGTH, self.DEPTH, min(length, self.LENGTH), width)
                felt = independent.exceedance(LEVELS, magnitude, distance, truncation)
                felt[distance > max_distance(magnitude)] = 0
                total = total + rate * felt.mean(axis=0)
            yield total

    def test_case_2(self):
        for truncation in (0, 2):
            found = self.rates("peer_case_2.xml", "fault_sites.csv", "--sigma-truncation",
                               truncation, "--mesh-spacing", 0.1)
            wanted = numpy.array(list(self.expected([(6.0, 0.0160425)], truncation)))
            # Without scatter a rate is the part of the positions that are near enough.
            self.assert_close(found, wanted, 0.01, 0.02 * 0.0160425 if truncation == 0 else 1e-7)

    def test_case_2_beside_the_middle_of_the_fault(self):
        """The middle is within all ruptures, so the distance depends on their upper edge alone,
        which is evenly distributed."""
        found = self.rates("peer_case_2.xml", "fault_sites.csv", "--sigma-truncation", 0,
                           "--mesh-spacing", 0.06, levels=[0.15, 0.17, 0.175, 0.18])[1]
        aside = 0.114 * independent.KM_PER_DEGREE * math.cos(math.radians(38.113))
        lowest = self.DEPTH - math.sqrt(50)
        for rate, level in zip(found, [0.15, 0.17, 0.175, 0.18]):
            farthest = (math.exp((-0.624 + 6 - math.log(level)) / 2.1)
                        - math.exp(1.29649 + 0.25 * 6))
            deepest = math.sqrt(max(farthest**2 - aside**2, 0))
            self.assertAlmostEqual(rate / 0.0160425, min(deepest / lowest, 1), delta=0.015)

    def test_case_5(self):
        found = self.rates("peer_case_5.xml", "fault_sites.csv", "--sigma-truncation", 3,
                           "--mesh-spacing", 0.1, "--mfd-bin-width", 0.1, "--time", 10) / 10
        magnitudes = independent.gutenberg_richter(3.1292, 0.9, 5, 6.5, 15)
        self.assert_close(found, numpy.array(list(self.expected(magnitudes, 3))), 0.01, 1e-7)

    def test_the_distance_of_effect_grows_with_the_magnitude(self):
        found = self.rates("peer_case_5.xml", "fault_sites.csv", "--mesh-spacing", 0.1,
                           "--mfd-bin-width", 0.5, "--max-distance", "5:5,6.5:20")
        magnitudes = independent.gutenberg_richter(3.1292, 0.9, 5, 6.5, 3)
        wanted = numpy.array(list(self.expected(magnitudes, None, lambda m: 5 + 10 * (m - 5))))
        self.assertTrue((wanted[2] == 0).all() and (found[2] == 0).all())
        self.assertTrue((wanted[1] > 0).any())
        self.assert_close(found, wanted, 0.02, 1e-5)


class Ranks(Hazard):
    def test_the_bits_are_equal_on_any_number_of_ranks(self):
        texts = {}
        for ranks in (1, 2, 3, 5):
            self.curves("all_kinds.xml", "area_sites.csv", "--mesh-spacing", 0.2, "--max-distance",
                        "5:100,7:300", "--mfd-bin-width", 0.02, ranks=ranks)
            texts[ranks] = (self.folder / "curves.csv").read_bytes()
        self.assertEqual(set(texts.values()), {texts[1]})

    def test_the_bits_are_equal_after_a_kill(self):
        """The whole job is killed, at a moment that differs, and resumes on other ranks."""
        arguments = ("peer_case_11.xml", "area_sites.csv", "--area-spacing", 1,
                     "--mfd-bin-width", 0.05)
        expected = self.curves(*arguments, ranks=2)
        options = [str(MODELS / arguments[0]), "--sites", str(MODELS / arguments[1]), "--imls",
                   imls(LEVELS), *map(str, arguments[2:]), "--starmap-distribute=no"]
        for seconds in (0.2, 0.5):
            checkpoint = f"--starmap-checkpoint=after_{seconds}"
            killed = subprocess.Popen(calling.words_of("hazard", [*options, checkpoint]),
                                      cwd=self.folder, env=self.environment({}),
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                killed.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                killed.kill()
                killed.wait()
            for ranks in (2, 3):
                found = self.curves(*arguments, checkpoint, ranks=ranks)
                self.assertTrue(numpy.array_equal(found, expected))

    def test_a_job_file_gives_what_its_options_give(self):
        ended = self.call("hazard", str(MODELS / "job.ini"), "--csv", "job.csv", ranks=2)
        self.assert_ends(ended, 0, "job.ini:18: poes is not used")
        self.curves("all_kinds.xml", "area_sites.csv", "--mesh-spacing", 1, "--max-distance",
                    "5:100,7:300", "--time", 50, "--sigma-truncation", 3,
                    levels=[0.001, 0.01, 0.05, 0.1, 0.5])
        self.assertEqual((self.folder / "job.csv").read_bytes(),
                         (self.folder / "curves.csv").read_bytes())


class Refusals(Hazard):
    def refused(self, code, words, *parts, ranks=None):
        ended = self.call("hazard", *map(str, words), ranks=ranks)
        self.assert_ends(ended, code, "hazard: ", *parts)
        self.assertEqual([path for path in self.folder.iterdir() if "curves" in path.name], [])

    def test_wrong_arguments(self):
        model = MODELS / "peer_case_2.xml"
        sites = ["--sites", MODELS / "fault_sites.csv"]
        self.refused(2, [], "INPUT")
        self.refused(2, [model, *sites, "--imls", "0.1", "--imsl", "2"], "--imsl")
        self.refused(2, [model, *sites], "no levels", ranks=3)
        self.refused(2, [model, *sites, "--imls", "0.2,0.1"], "0.1 comes after 0.2")
        self.refused(2, [model, *sites, "--imls", "0.1", "--sigma-truncation", "-1"], "-1")
        self.refused(2, [model, *sites, "--imls", "0.1", "--max-distance", "far"], "far")
        self.refused(2, [model, "--imls", "0.1"], "no sites")

    def test_wrong_files(self):
        model = (MODELS / "all_kinds.xml").read_text(encoding="utf-8")
        broken = self.folder / "broken.xml"
        broken.write_text(model.replace("</sourceGroup>", "</group>", 1), encoding="utf-8")
        crossing = self.folder / "crossing.xml"
        crossing.write_text(model.replace("-122.5 37.5  -121.5 37.5", "-121.5 37.5  -122.5 37.5"),
                            encoding="utf-8")
        rest = ["--sites", MODELS / "area_sites.csv", "--imls", "0.1"]
        self.refused(1, [broken, *rest], "broken.xml:22: ", ranks=3)
        self.refused(1, [crossing, *rest], "crossing.xml:26: ", "cross")
        job = self.folder / "job.ini"
        text = (MODELS / "job.ini").read_text(encoding="utf-8")
        job.write_text(text.replace("time = 50", "time = 0"), encoding="utf-8")
        self.refused(1, [job], "job.ini: the time is 0 years")
        self.refused(1, ["absent.xml", *rest], "absent.xml", "No such file")
        self.refused(1, [broken, "--sites", broken, "--imls", "0.1"], "broken.xml:1: ", "lon,lat")
        self.refused(1, [MODELS / "peer_case_2.xml", *rest, "-o", "no/where/c.h5"], "no/where")
        self.refused(1, [MODELS / "peer_case_2.xml", *rest, "--mesh-spacing", "0.0001"],
                     "source .fault.", "1e-04 km")

    def test_sites_that_nothing_reaches_are_told(self):
        ended = self.call("hazard", str(MODELS / "peer_case_2.xml"), "--sites",
                          str(MODELS / "fault_sites.csv"), "--imls", "0.1", "--max-distance", "1",
                          "--csv", "curves.csv")
        self.assert_ends(ended, 0, r"[1-6] of 7 sites are farther")

    def test_help(self):
        ended = self.call("hazard", "--help")
        self.assert_ends(ended, 0)
        self.assertIn("--sigma-truncation", ended.out)


if __name__ == "__main__":
    calling.main()
