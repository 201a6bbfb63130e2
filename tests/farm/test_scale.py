#!/usr/bin/env python3
"""Long lists: memory of rank 0, and what is learned of an earlier farm. With FARM_MILLION set in the
environment a million commands are really run."""

import os
import re

import h5py

from farming import Farms, main


class Scale(Farms):
    def peak_mb(self, *arguments, timeout=110):
        """Peak memory of rank 0, which is this process, as it has no launcher."""
        script = ("import resource, subprocess, sys\n"
                  "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
                  "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)\n")
        from calling import words_of
        words = ["/usr/bin/python3", "-c", script, *words_of("starmap", ["run", *arguments])]
        ended = self.call_words(words, {"STARMAP_WORKERS": "2"}, timeout)
        code, peak = ended.out.split()
        self.assertEqual(int(code), 0, str(ended))
        return float(peak)

    def long_list(self, count):
        path = self.folder / f"list-{count}"
        with open(path, "w", encoding="utf-8") as file:
            for i in range(count):
                file.write(f"true --alpha=0.{i} --output=results/of/the/run-{i}.dat\n")
        return path.name

    def test_a_million_lines_are_read_in_little_memory(self):
        self.assertLess(self.peak_mb("--dry-run", self.long_list(1_000_000)), 200)

    def test_memory_does_not_grow_with_what_was_run(self):
        few = self.peak_mb("--output=none", self.long_list(500))
        more = self.peak_mb("--output=none", self.long_list(3000), timeout=250)
        self.assertLess(more, few + 20, (few, more))

    def test_a_million_commands(self):
        if "FARM_MILLION" not in os.environ:
            self.skipTest("it takes a quarter of an hour; FARM_MILLION=1 runs it")
        peak = self.peak_mb("--output=none", self.long_list(1_000_000), timeout=7200)
        print(f"rank 0: {peak:.0f} MB")
        self.assertLess(peak, 200)


class Learning(Farms):
    def test_costs_are_learned_by_pattern(self):
        self.script("long", "sleep 0.3")
        self.script("short", "sleep 0.01")
        self.write("list", *(f"./short {i}" for i in range(10)), *(f"./long {i}" for i in range(2)))
        self.assert_ends(self.farm("list", "--record=first.h5"), 0)
        ended = self.farm("list", "--fresh", "--record=second.h5", "--learn=first.h5")
        self.assert_ends(ended, 0)
        with h5py.File(self.folder / "second.h5") as record:
            rows = record["task_info"][:]
        names = [row["taskname"].decode() for row in sorted(rows, key=lambda row: row["start"])]
        self.assertEqual(sorted(names[:2]), ["long #", "long #"], names)

    def test_the_record_has_every_command(self):
        self.write("list", "sh -c 'exit 5'  #STARMAP name=mine", "sh -c 'kill -15 $$'", "true")
        self.assert_ends(self.farm("list", "--record=task_info.h5", ranks=3), 3)
        with h5py.File(self.folder / "task_info.h5") as record:
            rows = {row["task_no"]: row for row in record["task_info"][:]}
            texts = [row["error"].decode() for row in record["failures"][:]]
        self.assertEqual(rows[1]["taskname"], b"mine")
        self.assertEqual((rows[1]["status"], rows[1]["exit_code"]), (1, 5))
        self.assertEqual((rows[2]["status"], rows[2]["exit_code"]), (2, -15))
        self.assertEqual((rows[3]["status"], rows[3]["exit_code"]), (0, 0))
        self.assertTrue(any(re.search("exit code 5", text) for text in texts), texts)


if __name__ == "__main__":
    main()
