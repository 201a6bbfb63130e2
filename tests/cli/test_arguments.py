#!/usr/bin/env python3
"""Settings from arguments and environment, right and wrong, as calling.py describes."""

import os

from calling import Calls, main


class Arguments(Calls):
    def both_ways(self, *arguments, **options):
        return [self.call("case", *arguments, ranks=ranks, **options) for ranks in (None, 2)]

    def test_a_good_run_says_nothing_on_stderr(self):
        for ended in self.both_ways("answer", env={"STARMAP_LOG": "warning"}):
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out, "answer 5050\n")
            self.assertEqual(ended.err, "")

    def test_openmp_threads_of_tasks(self):
        cores = len(os.sched_getaffinity(0))
        crowd = f"--starmap-workers={cores + 1}"
        for changes, arguments, ranks, shown in (
                ({}, [crowd], None, "1/1"),
                ({}, [crowd, "--starmap-distribute=threads"], None, "1/1"),
                ({"SLURM_CPUS_PER_TASK": "1"}, ["--starmap-workers=1"], None, "1/1"),
                ({"OMP_NUM_THREADS": "7"}, [crowd], None, "7/7"),
                ({"OMP_NUM_THREADS": "7"}, [], 3, "7/7"),
                ({"OMP_NUM_THREADS": "7"}, ["--starmap-isolate=off"], 3, "7/7"),
                ({"OMP_NUM_THREADS": "5,2"}, [crowd], None, "5,2/0")):
            with self.subTest(changes=changes, arguments=arguments, ranks=ranks):
                ended = self.call("case", "task_threads", *arguments, ranks=ranks,
                                  env={"OMP_NUM_THREADS": None, "SLURM_CPUS_PER_TASK": None, **changes})
                number = shown.split("/")[0]
                self.assert_ends(ended, 0, f"INFO.* OpenMP threads of each worker's tasks: {number} ")
                self.assertEqual(ended.out, f"{shown}\n{shown}\n", ended)

    def test_help_once(self):
        for ended in self.both_ways("--starmap-help"):
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out.count("--starmap-task-info"), 1, ended)
            self.assertIn("STARMAP_SEED", ended.out)

    def test_version_once(self):
        for ended in self.both_ways("--starmap-version"):
            self.assert_ends(ended, 0)
            self.assertRegex(ended.out, r"^\d+\.\d+\.\d+\n$")

    def test_unknown_setting(self):
        for ended in self.both_ways("answer", "--starmap-retrys=3"):
            self.assert_ends(ended, 2, "error", "retrys", "retries")
            self.assertEqual(ended.out, "")

    def test_bad_values(self):
        for argument, name in [("--starmap-retries=many", "many"), ("--starmap-retries=-1", "-1"),
                               ("--starmap-distribute=cloud", "cloud"),
                               ("--starmap-log=loud", "loud"), ("--starmap-seed=1.5", "1.5"),
                               ("--starmap-soft-mem=101", "101"),
                               ("--starmap-concurrent-tasks=0", "0")]:
            with self.subTest(argument):
                setting = argument.split("=")[0].removeprefix("--starmap-").replace("-", "[-_]")
                self.assert_ends(self.call("case", "answer", argument), 2, "error", setting, name)
        self.assert_ends(self.call("case", "answer", "--starmap-log=loud", ranks=3), 2, "loud")

    def test_bad_values_in_the_environment(self):
        for ended in self.both_ways("answer", env={"STARMAP_RETRIES": "x"}):
            self.assert_ends(ended, 2, "error", "RETRIES|retries", "x")

    def test_unknown_name_in_the_environment_is_a_warning(self):
        for ended in self.both_ways("answer", env={"STARMAP_RETRYS": "1"}):
            self.assert_ends(ended, 0, "STARMAP_RETRYS", "STARMAP_RETRIES")
            self.assertEqual(ended.out, "answer 5050\n")

    def test_arguments_beat_the_environment(self):
        ended = self.call("case", "answer", "--starmap-retries=2", env={"STARMAP_RETRIES": "x"})
        self.assertIn(ended.code, (0, 2), ended)
        ended = self.call("case", "task_throws", "--starmap-on-failure=collect",
                          env={"STARMAP_ON_FAILURE": "raise"})
        self.assert_ends(ended, 0, "seven is refused")

    def test_everything_in_rank_0(self):
        for ended in self.both_ways("answer", "--starmap-distribute=no"):
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out, "answer 5050\n")

    def test_own_arguments_stay(self):
        ended = self.call("case", "--starmap-seed=1", "return_seven", ranks=2)
        self.assert_ends(ended, 7)
        self.assertEqual(ended.out, "answer 5050\n")

    def test_mandelbrot(self):
        self.assert_ends(self.call("mandelbrot", "--width", "none"), 2)
        self.assert_ends(self.call("mandelbrot", "--heigth", "3"), 2)
        self.assert_ends(self.call("mandelbrot", "--help", ranks=2), 0)
        sizes = ("--width", "40", "--height", "30", "--max-iter", "50")
        alone = self.call("mandelbrot", *sizes)
        self.assert_ends(alone, 0)
        self.assertEqual(self.call("mandelbrot", *sizes, ranks=3).out, alone.out)
        ended = self.call("mandelbrot", *sizes, "--image", "no/such/folder/picture.png", ranks=2)
        self.assert_ends(ended, 1, "no/such/folder/picture.png")

    def test_bench(self):
        ended = self.call("bench", "reduction", "1", ranks=2)
        self.assert_ends(ended, 0)
        self.assertIn("medians of 1 rounds", ended.out)
        self.assertIn("sum of 8 powers", ended.out)
        self.assertNotIn("tasks/s", ended.out)
        self.assert_ends(self.call("bench", "reduktion", ranks=2), 2, "reduktion", "waiting")
        self.assert_ends(self.call("bench", "tasks", "--rounds", "0", ranks=2), 2, "0 rounds")
        self.assert_ends(self.call("bench", "tasks", ranks=1), 2, "mpirun -n 2")


if __name__ == "__main__":
    main()
