#!/usr/bin/env python3
"""Proves on made-up trees that check_layers.py finds each breach: test_check_layers.py SCRIPTS"""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, sys.argv[1])
import check_layers

GOOD = {
    "include/starmap/task.hpp": "#pragma once\n#include <starmap/error.hpp>\n#include <vector>\n",
    "src/base/clock.hpp": "#pragma once\n",
    "src/roles/manager.hpp": "#pragma once\n",
    "src/roles/manager.cpp": '#include "roles/manager.hpp"\n#include "report/observer.hpp"\n',
    "src/session.cpp": '#include "roles/manager.hpp"\n#include <base/clock.hpp>\n',
    "apps/starmap/plan.cpp": '#include "scheduling/simulator.hpp"\n',
    "apps/mandelbrot/main.cpp": '#include "palette.hpp"\n#include <starmap/starmap.hpp>\n',
}


class CheckLayers(unittest.TestCase):
    def problems(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**GOOD, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return check_layers.check_tree(root)[0]

    def assert_breach(self, name, text, place, words):
        problems = self.problems({name: text})
        self.assertEqual(len(problems), 1, problems)
        self.assertTrue(problems[0].startswith(place + ": "), problems)
        self.assertIn(words, problems[0])

    def test_a_good_tree_has_no_problems(self):
        self.assertEqual(self.problems({}), [])

    def test_an_include_upward(self):
        self.assert_breach("src/wire/frame.cpp", '\n#include "transport/mpi.hpp"\n',
                           "src/wire/frame.cpp:2", "higher layer 5")

    def test_an_include_upward_in_angle_brackets(self):
        self.assert_breach("src/base/log.cpp", "#  include <wire/frame.hpp>\n",
                           "src/base/log.cpp:1", "higher layer 4")

    def test_a_header_that_is_not_the_first_of_its_own_cpp(self):
        for text in ('#include "base/clock.hpp"\n#include "roles/manager.hpp"\n', ""):
            self.assert_breach("src/roles/manager.cpp", text, "src/roles/manager.cpp:1",
                               '"roles/manager.hpp", which must compile alone')

    def test_a_folder_in_no_layer(self):
        self.assert_breach("src/misc/a.cpp", "", "src/misc/a.cpp:1", "in no layer")

    def test_an_include_without_its_layer(self):
        self.assert_breach("src/base/log.cpp", '#include "clock.hpp"\n', "src/base/log.cpp:1",
                           "names no layer")

    def test_a_public_header_that_reaches_inside(self):
        name = "include/starmap/session.hpp"
        for target in ('"roles/manager.hpp"', "<roles/manager.hpp>", '"error.hpp"'):
            self.assert_breach(name, f"#pragma once\n#include {target}\n", f"{name}:2",
                               "a public header includes")

    def test_an_example_that_reaches_inside(self):
        self.assert_breach("apps/mandelbrot/main.cpp", '#include "wire/frame.hpp"\n',
                           "apps/mandelbrot/main.cpp:1", "an app includes")

    def test_a_long_file(self):
        self.assert_breach("src/base/log.cpp", "\n" * 301, "src/base/log.cpp:301", "301 lines")

    def test_a_file_of_the_greatest_length(self):
        self.assertEqual(self.problems({"src/base/log.cpp": "\n" * 300}), [])

    def test_names_that_say_nothing(self):
        for name in ("utils", "string_util", "common", "test_helpers"):
            self.assert_breach(f"src/base/{name}.cpp", "", f"src/base/{name}.cpp:1", "does not say")

    def test_a_name_that_only_contains_such_a_word(self):
        self.assertEqual(self.problems({"src/base/commonality.cpp": ""}), [])

    def test_a_header_without_guard(self):
        self.assert_breach("src/base/log.hpp", "// #pragma once\n", "src/base/log.hpp:1", "pragma")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
