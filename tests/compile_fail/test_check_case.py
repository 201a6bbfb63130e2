#!/usr/bin/env python3
"""Proves that check_case.py finds each way in which a case can be wrong:
test_check_case.py COMPILER FLAGS..."""

import pathlib
import sys
import tempfile
import unittest

import check_case

COMPILER = sys.argv[1:]
REFUSED = '#ifndef CONTROL\nstatic_assert(false, "write it so");\n#endif\n'


class CheckCase(unittest.TestCase):
    def problem(self, text):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "case.cpp"
            source.write_text(text, encoding="utf-8")
            return check_case.check(str(source), COMPILER)

    def test_a_refused_case_passes(self):
        self.assertEqual(self.problem("// expect: write it so\n" + REFUSED), "")

    def test_a_case_that_compiles_fails(self):
        self.assertIn("must not", self.problem("// expect: write it so\nint x;\n"))

    def test_another_first_error_fails(self):
        other = "#ifndef CONTROL\nint x = unknown;\n#endif\n"
        self.assertIn("must contain", self.problem("// expect: write it so\n" + other + REFUSED))

    def test_a_control_that_fails_fails(self):
        self.assertIn("-DCONTROL", self.problem("// expect: unknown\nint x = unknown;\n"))

    def test_a_case_without_expectation_fails(self):
        self.assertIn("no line", self.problem(REFUSED))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
