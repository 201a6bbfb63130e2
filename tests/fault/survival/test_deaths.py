"""One task in twenty dies, in every way that there is: all others count, and what died is told."""

import collections
import unittest

import h5py

from running import Runs

# The way, and what is told of the task: status, exit code, and words of the cause.
WAYS = {
    "segv": ("crashed", -11, "SIGSEGV"),
    "bus": ("crashed", -7, "SIGBUS"),
    "fpe": ("crashed", -8, "SIGFPE"),
    "ill": ("crashed", -4, "SIGILL"),
    "abort": ("crashed", -6, "SIGABRT"),
    "exit": ("crashed", 7, "with code 7"),
    "_exit": ("crashed", 0, "with code 0"),
    "terminate": ("crashed", -6, "SIGABRT"),
    "overflow": ("crashed", -11, "SIGSEGV"),
    "kill": ("crashed", -9, "SIGKILL"),
    "loop": ("timeout", -9, "timeout of 0.3 s"),
    "eat": ("memory", -9, "max_rss of 300 MB"),
    "forge": ("crashed", -9, "made no sense"),
    "throw": ("failed", 0, "not derived from std::exception"),
    "bad_alloc": ("memory", 0, "out of memory"),
}
ITEMS = 40
DEAD = (19, 39)
SUM = sum(range(ITEMS)) - sum(DEAD)


class Deaths(Runs):
    def check(self, way, backend, *arguments, dead=DEAD, total=SUM):
        with self.subTest(way=way, backend=backend, arguments=arguments):
            ended = self.run_on(backend, way, *arguments)
            self.assertEqual((ended.code, ended.sum), (0, total), ended)
            self.assertEqual(sorted(f.item for f in ended.failures), sorted(dead), ended)
            status, code, words = WAYS[way]
            for failure in ended.failures:
                self.assertEqual((failure.status, failure.code, failure.attempt),
                                 (status, code, 1), ended)
                self.assertIn(words, failure.text)
            with h5py.File(self.folder / "task_info.h5") as record:
                rows = record["task_info"][:]
                names = {value: name for name, value in
                         h5py.check_enum_dtype(rows.dtype["status"]).items()}
                bad = [row for row in rows if names[row["status"]] != "ok"]
                self.assertEqual(len(record["failures"]), len(dead))
            for path in self.folder.glob("task_info*"):
                path.unlink()
            if "map" not in arguments or status != "failed":
                self.assertEqual({names[row["status"]] for row in bad}, {status}, ended)
                self.assertEqual({row["exit_code"] for row in bad}, {code})

    def test_every_way_in_processes(self):
        for way in WAYS:
            self.check(way, "processes", "map")

    def test_every_way_under_mpi(self):
        for way in WAYS:
            if way not in ("bus", "ill", "terminate", "eat"):
                self.check(way, 3, "map")

    def test_every_form_on_every_number_of_ranks(self):
        for backend in (1, 2, 5, "processes"):
            for form in ("map", "starmap"):
                self.check("segv", backend, form)

    def test_a_block_is_lost_as_a_whole(self):
        lost = sum(range(15, 20)) + sum(range(35, 40))
        for backend in (2, "processes"):
            self.check("segv", backend, "apply", dead=(15, 35), total=sum(range(ITEMS)) - lost)

    def test_items_of_a_chunk_before_the_one_that_dies_are_run_once(self):
        for backend in (2, "processes"):
            with self.subTest(backend=backend):
                ended = self.run_on(backend, "segv", "runs", "--items", "400", "--retries", "1")
                dead = range(19, 400, 20)
                self.assertEqual((ended.code, ended.sum), (0, sum(range(400)) - sum(dead)), ended)
                self.assertEqual(sorted(f.item for f in ended.failures), list(dead), ended)
                runs = collections.Counter(map(int, (self.folder / "runs").read_text().split()))
                self.assertEqual(runs, {item: 2 if item in dead else 1 for item in range(400)})
                (self.folder / "runs").unlink()
                with h5py.File(self.folder / "task_info.h5") as record:
                    self.assertEqual(record["task_info"]["items"].sum(), 400 + len(dead))
                for path in self.folder.glob("task_info*"):
                    path.unlink()

    def test_a_task_that_closes_all_files_costs_at_most_itself(self):
        for backend in (3, "processes"):
            ended = self.run_on(backend, "fds", "map")
            self.assertEqual(ended.code, 0, ended)
            self.assertEqual(ended.sum, SUM, ended)
            self.assertEqual(sorted(f.item for f in ended.failures), sorted(DEAD), ended)

    def test_what_tasks_write_to_stdout_comes_out_once(self):
        """Whether written at once, or kept in a buffer until the process ends."""
        for backend in (1, 3, "processes", "threads"):
            for form in ("map", "starmap"):
                ended = self.run_on(backend, "print", form)
                self.assertEqual((ended.code, ended.sum), (0, sum(range(ITEMS))), ended)
                self.assertEqual(ended.out.count("a task says this\n"), len(DEAD), ended)

    def test_a_result_that_does_not_travel_is_a_failure(self):
        for backend in (3, "processes"):
            ended = self.run_on(backend, "serialize", "starmap")
            self.assertEqual((ended.code, ended.sum), (0, SUM), ended)
            self.assertEqual({f.status for f in ended.failures}, {"failed"})

    def test_retries_are_used_up(self):
        for backend in (3, "processes"):
            ended = self.run_on(backend, "segv", "map", "--retries", "2")
            self.assertEqual((ended.code, ended.sum), (0, SUM), ended)
            self.assertEqual([f.attempt for f in ended.failures], [3, 3], ended)

    def test_a_death_ends_a_starmap_that_raises(self):
        for backend in (1, 2, "processes"):
            ended = self.run_on(backend, "segv", "map", "--raise")
            self.assertEqual(ended.code, 1, ended)
            self.assertIn("TaskError", ended.err)
            self.assertIn("SIGSEGV", ended.err)
            self.assertIn("item", ended.err)


if __name__ == "__main__":
    unittest.main(argv=["test_deaths"])
