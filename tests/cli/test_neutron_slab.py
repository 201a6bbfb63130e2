#!/usr/bin/env python3
"""apps/neutron_slab: the same digits on any number of ranks, the right ones, and sentences about
wrong arguments. As calling.py describes."""

import re

import numpy
from calling import Calls, main

NAMES = ("transmitted", "reflected", "absorbed")
LINE = re.compile(r"^(\w+) +([\d.]+) \+- ([\d.]+)  expected ([\d.]+)$", re.MULTILINE)


def reflection_of_half_space(c):
    """1 - sqrt(1 - c) H(1), S. Chandrasekhar, "Radiative Transfer" (1960), with H in closed form:
    D. Stibbs and R. Weir, Mon. Not. R. Astron. Soc. 119 (1959), 512, at mu = 1."""
    n = 20_000
    theta = (numpy.arange(n) + 0.5) * (numpy.pi / 2 / n)
    integral = numpy.log(1 - c * theta / numpy.tan(theta)).mean() * numpy.pi / 2
    return 1 - numpy.sqrt(1 - c) * numpy.exp(-integral / numpy.pi)


class NeutronSlab(Calls):
    def balance(self, *arguments, ranks=None):
        """Name -> (estimate, standard error, expected value), and what was printed."""
        ended = self.call("neutron_slab", *arguments, ranks=ranks, env={"STARMAP_LOG": "warning"})
        self.assert_ends(ended, 0)
        self.assertEqual(ended.err, "")
        found = {name: tuple(map(float, rest)) for name, *rest in LINE.findall(ended.out)}
        self.assertEqual(tuple(found), NAMES, str(ended))
        return found, ended.out

    def test_the_same_digits_alone_and_on_1_2_and_5_ranks(self):
        few = ("--histories", "100001", "--batch", "130")  # the last batch is a smaller one
        for arguments in ((), few):
            _, alone = self.balance(*arguments)
            for ranks in (1, 2, 5):
                self.assertEqual(self.balance(*arguments, ranks=ranks)[1], alone)
        self.assertNotEqual(self.balance("--starmap-seed=43")[1], self.balance()[1])

    def test_estimates_are_where_they_are_expected(self):
        for arguments in ((), ("--scattering", "1", "--thickness", "5"),
                          ("--scattering", "0.3", "--thickness", "0.5"),
                          ("--starmap-seed=7",)):
            found, _ = self.balance(*arguments)
            for name, (estimate, error, expected) in found.items():
                with self.subTest(name, arguments=arguments):
                    self.assertLess(error, 1e-3)
                    self.assertLessEqual(abs(estimate - expected), 4 * error + 1e-5)
            self.assertAlmostEqual(sum(value[0] for value in found.values()), 1, delta=2e-3)
            self.assertAlmostEqual(sum(value[2] for value in found.values()), 1, delta=2e-5)

    def test_expected_values_are_those_that_are_known(self):
        few = ("--histories", "1000")
        for thickness in (0.1, 1, 4):
            found, _ = self.balance("--scattering", "0", "--thickness", str(thickness), *few)
            self.assertAlmostEqual(found["transmitted"][2], numpy.exp(-thickness), delta=6e-6)
            self.assertEqual(found["reflected"][2], 0)
        for c in (0.2, 0.5, 0.8):
            found, _ = self.balance("--scattering", str(c), "--thickness", "20", *few)
            self.assertAlmostEqual(found["reflected"][2], reflection_of_half_space(c), delta=5e-5)

    def test_wrong_arguments(self):
        for words, why in [(("--thickness", "0"), "0.01"), (("--scattering", "1.5"), "1.5"),
                           (("--histories", "1"), "range"), (("--histories", "many"), "many"),
                           (("--batch", "0"), "range"), (("--thicknes", "1"), "thicknes"),
                           (("--batch", "1", "--histories", "999999999"), "10 million tasks")]:
            with self.subTest(words):
                self.assert_ends(self.call("neutron_slab", *words), 2, why)
        self.assert_ends(self.call("neutron_slab", "--batch", "0", ranks=2), 2, "range")
        self.assert_ends(self.call("neutron_slab", "--help", ranks=2), 0)


if __name__ == "__main__":
    main()
