"""Ranks that are killed or stopped under `mpirun --enable-recovery`: the others finish the work."""

import os
import signal
import socket
import subprocess
import time
import unittest

import h5py
import numpy

from running import LAUNCHER, PROGRAM, Runs, gone_within

ITEMS = 300
OK, CRASHED = 0, 2
# mpirun returns 0 under that flag, whatever its ranks return: so a script gets the code of rank 0.
KEEP_CODE = '"$@"; code=$?; [ "$OMPI_COMM_WORLD_RANK" != 0 ] || echo $code > exit_code; exit $code'


class Lost(Runs):
    launcher = [*LAUNCHER[:-1], "--enable-recovery", LAUNCHER[-1]]

    def command(self, backend, arguments):
        return [*self.launcher, str(backend), *self.wrapper, PROGRAM, *arguments]

    def setUp(self):
        super().setUp()
        self.wrapper = []

    def begin(self, count, *arguments):
        """A job that has begun: its record is there from the moment on in which all have met."""
        process = self.start(count, *arguments)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        end = time.monotonic() + 40
        while not (self.folder / "task_info.h5").exists() and time.monotonic() < end:
            time.sleep(0.02)
        ranks = self.ranks()
        self.open_mpi = self.files()
        return process, ranks

    def finish(self, process):
        out, err = process.communicate(timeout=60)
        self.assertEqual(gone_within(self.token, 5), {}, err)
        self.assertEqual({path for path in self.open_mpi if os.path.exists(path)}, set())
        return out, err

    def rows(self):
        with h5py.File(self.folder / "task_info.h5", "r", swmr=True) as file:
            return file["task_info"][:]

    def check_answer(self, process, out, err, lost, items=ITEMS):
        self.assertEqual(process.returncode, 0, err)
        self.assertIn(f"sum {sum(range(items))}\n", out, err)
        self.assertNotIn("failed", out)
        for rank in lost:
            self.assertIn(f"Rank {rank} on {socket.gethostname()} is lost", err)
        rows = self.rows()
        self.assertEqual(rows["items"][rows["status"] == OK].sum(), items)
        self.assertTrue(numpy.all(numpy.isin(rows["rank"][rows["status"] != OK], lost)))
        self.assertTrue(numpy.all(rows["attempt"] == 1)) # what was lost with them is no retry
        return rows

    def test_killed_in_mid_task(self):
        """Two of four at once, or the only other one beside rank 0's own worker."""
        for count, lost in ((5, (2, 3)), (2, (1,))):
            with self.subTest(count=count):
                (self.folder / "task_info.h5").unlink(missing_ok=True)
                process, ranks = self.begin(count, "none", "map", "--items", str(ITEMS),
                                            "--seconds", "0.02")
                time.sleep(0.3)
                for rank in lost:
                    os.kill(ranks[rank], signal.SIGKILL)
                rows = self.check_answer(process, *self.finish(process), lost)
                self.assertEqual(set(rows["rank"][rows["status"] == CRASHED]), set(lost))

    def test_killed_while_idle(self):
        process, ranks = self.begin(4, "none", "starmap", "--items", "2", "--seconds", "1.5")
        os.kill(ranks[3], signal.SIGKILL)
        rows = self.check_answer(process, *self.finish(process), (3,), items=2)
        self.assertEqual(len(rows), 2)

    def test_stopped_is_not_dead(self):
        process, ranks = self.begin(3, "none", "map", "--items", "100", "--seconds", "0.02")
        os.kill(ranks[1], signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(ranks[1], signal.SIGCONT)
        _, err = result = self.finish(process)
        self.check_answer(process, *result, (), items=100)
        self.assertNotIn("lost", err)

    def test_all_killed(self):
        process, ranks = self.begin(4, "none", "map", "--items", "4000", "--seconds", "0.02")
        for rank in (1, 2, 3):
            os.kill(ranks[rank], signal.SIGKILL)
        _, err = self.finish(process)
        self.assertIn("All workers are lost", err)
        self.assertNotEqual(process.returncode, 0)

    def test_rank_0_killed(self):
        process, ranks = self.begin(3, "none", "map", "--items", "4000", "--seconds", "0.02")
        os.kill(ranks[0], signal.SIGKILL)
        self.finish(process)
        self.assertNotEqual(process.returncode, 0)

    def test_a_failure_is_seen_in_the_exit_code(self):
        ended = self.run_on(3, "segv", "map", "--raise")
        self.assertNotEqual(ended.code, 0)
        self.wrapper = ["sh", "-c", KEEP_CODE, "sh"]
        self.run_on(3, "segv", "map", "--raise")
        self.assertEqual((self.folder / "exit_code").read_text(encoding="ascii"), "1\n")


if __name__ == "__main__":
    VERSION = subprocess.run([LAUNCHER[0], "--version"], capture_output=True, text=True,
                             check=False).stdout
    if "(Open MPI) 4." in VERSION or "(OpenRTE) 4." in VERSION:  # as mpirun and mpiexec say
        unittest.main(argv=["test_lost"])
    print("test_lost: SKIPPED, as this is not Open MPI 4:", VERSION.partition("\n")[0])
