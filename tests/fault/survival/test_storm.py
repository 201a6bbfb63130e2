"""Many deaths at once: of every hundred tasks some die in each way, and processes are killed from
outside as well. Every task's result or failure is accounted for, and the answer is right."""

import os
import random
import signal
import unittest

from running import Ended, Runs, gone_within, of_this_run

SEED = 20261125
TASKS = 2000
WAYS = ("segv", "abort", "exit", "kill", "throw", "fpe")


class Storm(Runs):
    def killed_from_outside(self, backend, *arguments):
        """Runs to its end while processes that run tasks are killed at random; how many were."""
        process = self.start(backend, *arguments)
        kills = 0
        generator = random.Random(SEED)
        while process.poll() is None:
            try:
                process.wait(timeout=generator.uniform(0.02, 0.1))
            except Exception:  # it still runs
                pass
            victims = [pid for pid in of_this_run(self.token) if self.runs_tasks(pid)]
            if victims and process.poll() is None:
                try:
                    os.kill(generator.choice(sorted(victims)), signal.SIGKILL)
                    kills += 1
                except ProcessLookupError:
                    pass
        ended = Ended(process.returncode, *process.communicate())
        self.assertEqual(gone_within(self.token, 5), {})
        return ended, kills

    @staticmethod
    def runs_tasks(pid):
        """True for the processes that were forked from a zygote: their parent has a parent that
        runs the same program."""
        def parent(of):
            with open(f"/proc/{of}/stat", encoding="ascii") as stat:
                return int(stat.read().rsplit(")", 1)[1].split()[1])

        def program(of):
            return os.readlink(f"/proc/{of}/exe")
        try:
            zygote = parent(pid)
            return program(pid) == program(zygote) == program(parent(zygote))
        except (OSError, IndexError):
            return False

    def check(self, ended, dies_in_the_end):
        self.assertEqual(ended.code, 0, ended)
        failed = {failure.item for failure in ended.failures}
        self.assertEqual(len(failed), len(ended.failures), "a task failed twice")
        self.assertEqual(ended.sum + sum(failed), sum(range(TASKS)), "a result is lost or doubled")
        self.assertLessEqual(failed, dies_in_the_end)

    def test_many_ways_at_once(self):
        print(f"seed {SEED}")
        dead = {item for item in range(TASKS) if item % 50 == 49}
        for form in ("map", "starmap"):
            ended = self.run_on(3, ",".join(WAYS), form, "--items", str(TASKS), "--every", "50",
                                "--retries", "1")
            self.check(ended, dead)
            self.assertEqual({failure.item for failure in ended.failures}, dead)

    def test_kills_from_outside(self):
        for backend in ("processes", 3):
            ended, kills = self.killed_from_outside(
                backend, "none", "map", "--items", str(TASKS), "--seconds", "0.002",
                "--retries", "20")
            self.assertGreater(kills, 5)
            self.check(ended, set())


if __name__ == "__main__":
    unittest.main(argv=["test_storm"])
